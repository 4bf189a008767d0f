"""JSON files of a run that were edited by hand: one clear sentence, never a crash, never a report that leaves things out without a word."""

import copy
import json
import random
import unittest

from workspace import BUMP, CONFIG, Workspace

DEEP = 100_000
WHOLE = {"missing": None, "text": "abc", "list": [], "object": {}, "null": None, "number": -1e300, "huge": 2**63, "texts": ["a", "b"], "false": False}
# For a text of a JSON file rather than a value.
RAW = {"empty": "", "half": '{"eddy": ', "deep list": "[" * DEEP + "]" * DEEP, "deep object": '{"a":' * DEEP + "1" + "}" * DEEP, "a number": "7", "null": "null",
       "a list": "[]", "an object": "{}", "NaN": '{"seed": NaN}', "a huge number": '{"seed": 1e999}', "no text": b'{"name": "\xff\xfe"}'.decode("latin-1"),
       "bytes": "\x00\x01\x02"}
N_MUTATIONS = 150


def places(node, path=()):
    """Every place in a document; of lists only the first two elements, which stand for the others."""
    items = node.items() if isinstance(node, dict) else enumerate(node[:2]) if isinstance(node, list) else ()
    for key, child in items:
        yield (*path, key)
        yield from places(child, (*path, key))


def edited(document, path, how):
    document = copy.deepcopy(document)
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    if how == "missing":
        del parent[path[-1]]
    else:
        parent[path[-1]] = WHOLE[how]
    return document


class EditedResult(Workspace):
    @classmethod
    def setUpClass(cls):
        cls.random = random.Random(1)

    def make_runs(self):
        self.write_masses()
        self.write_config(CONFIG, "tail.toml")
        self.write_config(BUMP, "bump.toml")
        for name in ("tail", "bump"):
            self.run_search(name, config=f"{name}.toml")
        self.run_search("other", "--seed", "2", config="tail.toml")

    def says_one_line(self, arguments, what):
        """Exit code 0 without a word, or 1 or 2 with one line; returns the code."""
        done = self.eddy(*arguments)
        self.assertIn(done.returncode, (0, 1, 2), (what, done.stderr))
        if done.returncode:
            lines = done.stderr.splitlines()
            self.assertEqual(len(lines), 1, (what, done.stderr))
            self.assertTrue(lines[0].startswith("eddy: "), (what, lines[0]))
            self.assertNotIn("internal error", lines[0], what)
            self.assertNotIn("json.exception", lines[0], what)
        return done.returncode

    def commands_for(self, run):
        return (["report", run], ["compare", "other", run, "-o", "both", "--quiet"])

    def test_values(self):
        self.make_runs()
        for run in ("tail", "bump"):
            for name in ("result.json", "figures.json", "run.json"):
                path = self.folder / run / name
                good = json.loads(path.read_text())
                all_places = [place for place in places(good) if name != "figures.json" or len(place) < 4]
                chosen = [place for place in all_places if len(place) == 1]
                chosen += self.random.sample(all_places, min(len(all_places), N_MUTATIONS // 5))
                for place in chosen:
                    how = self.random.choice(list(WHOLE))
                    path.write_text(json.dumps(edited(good, place, how)))
                    for command in self.commands_for(run):
                        code = self.says_one_line(command, (command[0], name, place, how))
                        if place == ("working_points",):
                            self.assertNotEqual(code, 0, (command[0], how))
                path.write_text(json.dumps(good))

    def test_needs_its_working_points(self):
        self.run_search("tail")
        path = self.folder / "tail/result.json"
        good = json.loads(path.read_text())
        for how in WHOLE:
            path.write_text(json.dumps(edited(good, ("working_points",), how)))
            self.fails(["report", "tail"], "the JSON files in 'tail' are not those of one run", "'working_points' of result.json", "run 'eddy run' again", code=1)
        for key in ("eddy", "method", "name", "seed", "setup", "inputs", "warnings"):
            path.write_text(json.dumps(edited(good, (key,), "missing")))
            self.fails(["report", "tail"], f"'{key}' of result.json is missing", code=1)

    def test_values_that_cannot_be(self):
        """Each was taken over by report, compare and score without a word."""
        self.run_search("tail")
        self.run_search("other", "--seed", "2")
        path = self.folder / "tail/result.json"
        good = json.loads(path.read_text())
        point = ("working_points", 0)
        for place, value, words in (((*point, "p_value"), 2, ["'working_points[0].", " is 2"]),
                                    ((*point, "observed"), -5, ["'working_points[0].observed' of result.json is -5", "0 or more"]),
                                    ((*point, "efficiency"), 1.5, ["'working_points[0].efficiency' of result.json is 1.5", "from 0 to 1"]),
                                    ((*point, "z"), 9.5, ["'working_points[0].z' of result.json is 9.5", "the Z of p_value ="]),
                                    ((*point, "judgement", "caveats"), ["haunted"], ["'working_points[0].judgement.caveats'", '"haunted"']),
                                    (("verdict", "kind"), "haunted", ["'verdict.kind' of result.json is \"haunted\""]),
                                    (("inputs", 0, "n_selected"), -1, ["'inputs[0].n_selected' of result.json is -1"])):
            document = copy.deepcopy(good)
            parent = document
            for key in place[:-1]:
                parent = parent[key]
            parent[place[-1]] = value
            path.write_text(json.dumps(document))
            for command in (*self.commands_for("tail"), ["score", "tail", "events.h5:data", "-o", "scores.h5", "--quiet"]):
                with self.subTest(place=place, command=command[0]):
                    self.fails(command, "'tail'", *words, "run 'eddy run' again", code=1)
        self.assertFalse((self.folder / "scores.h5").exists())

    def test_of_a_later_schema_or_an_unknown_method_names_the_file(self):
        self.run_search("tail")
        self.run_search("other", "--seed", "2")
        path = self.folder / "tail/result.json"
        good = json.loads(path.read_text())
        for change, words in (({"schema": 99}, "schema 99"), ({"schema": 1, "method": "dowsing"}, "method 'dowsing'")):
            path.write_text(json.dumps(good | change))
            for command in self.commands_for("tail"):
                with self.subTest(change=change, command=command[0]):
                    self.fails(command, "'tail/result.json': ", words)

    def test_names_the_run(self):
        for name in ("a", "b", "c"):
            self.run_search(name, "--seed", str(ord(name)))
        path = self.folder / "b/result.json"
        path.write_text(json.dumps(edited(json.loads(path.read_text()), ("evaluation", 0, "sic", "curve"), "text")))
        self.fails(["compare", "a", "b", "c", "-o", "all"], "'b'", "run 'eddy run' again", code=1)

    def test_whole_files(self):
        self.run_search("tail")
        self.run_search("other", "--seed", "2")
        for name in ("result.json", "figures.json", "run.json"):
            path = self.folder / "tail" / name
            good = path.read_bytes()
            for what, text in RAW.items():
                path.write_bytes(text.encode("latin-1"))
                for command in (*self.commands_for("tail"), ["score", "tail", "events.h5:data", "-o", "scores.h5", "--quiet"]):
                    code = self.says_one_line(command, (command[0], name, what))
                    if name == "result.json" and command[0] != "score":
                        self.assertNotEqual(code, 0, (command[0], what))
            path.write_bytes(good)

    def test_points_of_a_study_are_searched_again(self):
        (self.folder / "study.toml").write_text('[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1, 2]\n')
        study = ["study", "study.toml", "--out", "all", "--quiet"]
        self.assertEqual(self.eddy(*study).returncode, 0)
        table = (self.folder / "all/table.csv").read_bytes()
        point = min((self.folder / "all/points").iterdir())
        good = point.read_bytes()
        for what, text in RAW.items():
            point.write_bytes(text.encode("latin-1"))
            done = self.eddy(*study)
            self.assertEqual(done.returncode, 0, (what, done.stderr))
            if text not in ("{}",):
                self.assertIn("is damaged; searching", done.stderr, what)
                self.assertEqual(point.read_bytes(), good, what)
                self.assertEqual((self.folder / "all/table.csv").read_bytes(), table)
        document = json.loads(good)
        for place in list(places(document))[:60]:
            point.write_text(json.dumps(edited(document, place, self.random.choice(list(WHOLE)))))
            self.says_one_line(study, place)


if __name__ == "__main__":
    unittest.main()
