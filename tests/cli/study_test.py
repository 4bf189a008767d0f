"""eddy study: the product of its axes, resumed, on any number of threads, and each point the bits of eddy run."""

import csv
import json
import os
import signal
import unittest

import h5py
import numpy as np

from workspace import CONFIG, Workspace, artefacts, events, write

BASE = CONFIG + """
[inject]
file = "truth.h5:signal"
[benchmarks]
signal = "truth.h5:signal"
"""

STUDY = """
[study]
base = "search.toml"
metrics = ["evaluation.sic.max", "working_points[0.1].z", "setup.n_injected"]
[[axis]]
key = "inject.count"
values = [0, 50, 100]
[[axis]]
key = "inject.seed"
count = 2
repeat = true
"""

FILES = {"config.toml", "figures.json", "log.txt", "models", "points", "report.html", "run.json", "study.json", "study.toml", "table.csv", "table.h5"}


class Study(Workspace):
    def setUp(self):
        super().setUp()
        signal_events = events(4, 1000)
        signal_events["m"] = 4 + signal_events["m"] / 10
        write(self.folder / "truth.h5", {"signal": signal_events})
        self.write_config(BASE)
        self.write_config(STUDY, "study.toml")

    def run_study(self, out="out", *arguments, study="study.toml"):
        """A study that must succeed; returns its folder."""
        done = self.eddy("study", study, "--out", out, "--quiet", *arguments)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        return self.folder / out

    def table(self, folder):
        with open(folder / "table.csv", newline="") as file:
            return list(csv.DictReader(file))

    def written(self, folder):
        """When each result was written."""
        return {path.name: path.stat().st_mtime_ns for path in (folder / "points").glob("*.json")}

    def same_study(self, first, second):
        for name in ("table.csv", "table.h5", "study.json", "figures.json"):
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes(), name)
        results = [{path.name: path.read_bytes() for path in (folder / "points").iterdir()} for folder in (first, second)]
        self.assertEqual(*results)


class Product(Study):
    def test_table_has_the_product_in_order(self):
        out = self.run_study()
        self.assertEqual({path.name for path in out.iterdir()}, FILES)
        rows = self.table(out)
        self.assertEqual([(row["inject.count"], row["inject.seed"]) for row in rows],
                         [("0", "1"), ("0", "2"), ("50", "1"), ("50", "2"), ("100", "1"), ("100", "2")])
        self.assertEqual({row["status"] for row in rows}, {"finished"})
        self.assertEqual([row["setup.n_injected"] for row in rows], ["0", "0", "50", "50", "100", "100"])
        self.assertNotEqual(rows[2]["evaluation[CONRAD].sic.max"], rows[3]["evaluation[CONRAD].sic.max"])
        with h5py.File(out / "table.h5") as file:
            self.assertEqual(file["inject.seed"][:].tolist(), [1, 2, 1, 2, 1, 2])
            np.testing.assert_allclose(file["working_points[0.1].z"][:], [float(row["working_points[0.1].z"]) for row in rows], rtol=1e-6)

    def test_medians_are_those_of_the_table(self):
        out = self.run_study()
        rows = self.table(out)
        study = json.loads((out / "study.json").read_text())
        column = [c["path"] for c in study["columns"]].index("working_points[0.1].z")
        (curve,) = [c for c in study["curves"] if c["column"] == column]
        for point, count in zip(curve["points"], ("0", "50", "100")):
            values = [float(row["working_points[0.1].z"]) for row in rows if row["inject.count"] == count]
            low, median, high = np.quantile(values, [0.15865525, 0.5, 0.84134475])
            self.assertAlmostEqual(point["median"], median)
            self.assertAlmostEqual(point["low"], low, delta=1e-7)  # digits of the quantile above
            self.assertAlmostEqual(point["high"], high, delta=1e-7)
            # Without signal its seed changes nothing: one search, not two.
            self.assertEqual((point["n"], point["n_repeated"]), (1, 1) if count == "0" else (2, 0))

    def test_each_point_is_the_run_of_its_configuration(self):
        out = self.run_study()
        points = [json.loads(path.read_text()) for path in (out / "points").iterdir()]
        for count, seed in ((0, 1), (50, 2), (100, 1)):
            run = self.run_search(f"run{count}", "--set", f"inject.count={count}", "--set", f"inject.seed={seed}")
            result = json.loads((run / "result.json").read_text())
            del result["config_sha256"], result["scorer_sha256"]  # they bind the files of a run folder
            self.assertTrue(result in points, f"count = {count}")

    def test_number_of_threads_changes_nothing(self):
        self.same_study(self.run_study("one", "--threads", "1"), self.run_study("four", "--threads", "4"))

    def test_what_points_share_is_computed_once(self):
        out = self.run_study()
        flows = [name for name in artefacts(out) if name.startswith("flow")]
        self.assertEqual(len(flows), 2)  # the template has no signal: [flow] members, for all six points

    def test_the_folder_holds_the_whole_study(self):
        out = self.run_study("out", "--set", "flow.epochs=2", "--set", "classifier.members=4")
        again = self.run_study("again", study=out / "study.toml")
        self.same_study(out, again)

    def test_settings_of_the_study_come_before_those_of_the_command_line(self):
        self.write_config(STUDY.replace("[study]", '[study]\nset = ["flow.epochs=2", "trees.max_iterations=3"]'), "study.toml")
        out = self.run_study("out", "--set", "flow.epochs=3")
        config = (out / "config.toml").read_text()
        self.assertIn("\nepochs = 3\n", config)
        self.assertIn("\nmax_iterations = 3\n", config)

    def test_texts_and_curves(self):
        self.write_config(STUDY + '[[axis]]\nkey = "classifier.reference"\nvalues = ["normal", "template"]\n', "study.toml")
        out = self.run_study()
        study = json.loads((out / "study.json").read_text())
        self.assertEqual([axis["role"] for axis in study["axes"]], ["x", "repeat", "curve"])
        with h5py.File(out / "table.h5") as file:
            self.assertEqual(file["classifier.reference"][:].tolist(), [0, 1] * 6)
            self.assertEqual(file["classifier.reference"].attrs["units"].decode(), "0 = normal, 1 = template")
        names = {trace["name"] for figure in json.loads((out / "figures.json").read_text())["figures"] for panel in figure["panels"]
                 for trace in panel["traces"] if trace["kind"] == "line"}
        self.assertEqual(names, {"normal", "template"})

    def test_default_metrics(self):
        self.write_config("\n".join(line for line in STUDY.splitlines() if not line.startswith("metrics")), "study.toml")
        row = self.table(self.run_study())[2]
        for column in ("evaluation[CONRAD].sic.max", "evaluation[CONRAD].auc", "working_points[0.1].z", "working_points[0.05].predicted"):
            self.assertNotEqual(row[column], "")


class Resumed(Study):
    def test_after_kill_and_interrupt(self):
        reference = self.run_study("reference")
        for how, n in ((signal.SIGKILL, 1), (signal.SIGINT, 2), (signal.SIGKILL, 4)):
            with self.subTest(signal=how.name, finished=n):
                out = self.folder / f"{how.name}{n}"
                process = self.start("study", "study.toml", "--out", out, "--quiet")
                self.wait_for(lambda: (out / "points").exists() and len(self.written(out)) >= n, process)
                process.send_signal(how)
                code = process.wait(timeout=60)
                before = self.written(out)
                if how == signal.SIGINT:
                    self.assertEqual(code, 1)
                    self.assertEqual(self.output[1].read_text(), "eddy: stopped on request; finished tasks are kept, run the same command again to resume\n")
                self.assertLess(len(before), 6, "the study ended before it could be stopped")
                self.run_study(out)
                self.assertEqual({name: self.written(out)[name] for name in before}, before, "a finished search was done again")
                self.same_study(reference, out)

    def test_a_damaged_result_is_searched_again(self):
        out = self.run_study()
        table = (out / "table.csv").read_bytes()
        path = sorted((out / "points").iterdir())[0]
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        done = self.eddy("study", "study.toml", "--out", "out", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, rf"^warning: 'out/points/{path.name}' is damaged; searching inject.count = .* again\n$")
        self.assertEqual(path.read_bytes(), content)
        self.assertEqual((out / "table.csv").read_bytes(), table)

    def test_another_value_is_added_to_what_is_there(self):
        out = self.run_study()
        before = self.written(out)
        self.write_config(STUDY.replace("count = 2", "count = 3"), "study.toml")
        self.run_study()
        after = self.written(out)
        self.assertEqual(len(after), 9)
        self.assertEqual({name: after[name] for name in before}, before)
        self.assertEqual(len(self.table(out)), 9)

    def test_another_metric_costs_no_search(self):
        out = self.run_study()
        before = self.written(out)
        self.write_config(STUDY.replace("working_points[0.1].z", "working_points[0.05].s_over_sqrt_b"), "study.toml")
        self.run_study()
        self.assertEqual(self.written(out), before)
        self.assertIn("working_points[0.05].s_over_sqrt_b", self.table(out)[0])

    def test_other_events_are_searched_again(self):
        out = self.run_study()
        before = self.written(out)
        write(self.folder / "events.h5", {"data": events(9, 3000), "template": self.tables["template"]})
        self.run_study()
        self.assertEqual(len(self.written(out)), 2 * len(before))
        write(self.folder / "events.h5", self.tables)

    def test_another_instruction_set_searches_again(self):
        """Its last bits are others; with those of two sets, medians would depend on what was there."""
        self.run_study()
        before = self.written(self.folder / "out")
        os.environ["EDDY_INSTRUCTIONS"] = "baseline"
        self.addCleanup(os.environ.pop, "EDDY_INSTRUCTIONS")
        if json.loads((self.folder / "out/run.json").read_text())["instructions"] == "baseline":
            self.skipTest("this machine has one instruction set")
        self.run_study()
        self.assertEqual(len(self.written(self.folder / "out")), 2 * len(before))

    def test_in_a_folder_whose_name_is_no_text(self):
        folder = self.folder / os.fsdecode(b"\xff")
        folder.mkdir()
        for name in ("events.h5", "truth.h5", "search.toml", "study.toml"):
            (self.folder / name).rename(folder / name)
        done = self.eddy("study", folder / "study.toml", "--out", folder / "out", "--quiet", cwd="/")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual({path.name for path in (folder / "out").iterdir()}, FILES)

    def test_another_base_is_refused(self):
        self.run_study()
        self.fails(["study", "study.toml", "--out", "out", "--set", "flow.epochs=2"], "'out'", "[flow] epochs = 1 there, [flow] epochs = 2 now", "--fresh")
        self.run_study("out", "--set", "flow.epochs=2", "--fresh")
        self.same_study(self.folder / "out", self.run_study("other", "--set", "flow.epochs=2"))

    def test_runs_and_studies_keep_apart(self):
        self.run_study()
        self.fails(["run", "search.toml", "--out", "out", "--set", "inject.count=0"], "'out' holds a study", "choose another --out")
        self.run_search("run", "--set", "inject.count=0")
        self.fails(["study", "study.toml", "--out", "run"], "'run' holds a run", "choose another --out")


class Failing(Study):
    def test_a_failing_point_does_not_lose_the_others(self):
        self.write_config(STUDY.replace("[0, 50, 100]", "[50, 5000]"), "study.toml")
        done = self.eddy("study", "study.toml", "--out", "out", "--quiet")
        self.assertEqual(done.returncode, 1)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 3, lines)
        self.assertIn("warning: inject.count = 5000, inject.seed = 1 failed: [inject] asks for 5000 events", lines[0])
        for word in ("2 of 4 searches failed", "inject.count = 5000, inject.seed = 1", "asks for 5000 events", "tries them again"):
            self.assertIn(word, lines[2])
        rows = self.table(self.folder / "out")
        self.assertEqual([row["status"] for row in rows], ["finished", "finished", "failed", "failed"])
        self.assertIn("asks for 5000 events", rows[2]["error"])
        self.assertEqual(rows[2]["setup.n_injected"], "")
        page = (self.folder / "out/report.html").read_text()
        self.assertIn("These points failed", page)
        self.assertIn("2 of 4 searches", page)

    def test_an_unknown_metric_is_said_with_what_there_is(self):
        self.write_config(STUDY.replace("working_points[0.1].z", "working_points[0.2].z"), "study.toml")
        self.fails(["study", "study.toml", "--out", "out", "--quiet"], "working_points[0.2].z", "has no [0.2]", "it has 0.1, 0.05", "finished searches are kept")
        self.assertEqual(len(self.written(self.folder / "out")), 6)

    def bad(self, text, *words):
        """Refused before anything is written."""
        self.write_config(text, "study.toml")
        before = set(os.listdir(self.folder))
        line = self.fails(["study", "study.toml", "--out", "out", "--quiet"], *words)
        self.assertEqual(set(os.listdir(self.folder)), before)
        return line

    def test_files_that_are_not_there(self):
        self.fails(["study", "none.toml"], "cannot read 'none.toml'", code=1)
        self.write_config(STUDY.replace("search.toml", "none.toml"), "study.toml")
        self.fails(["study", "study.toml"], "cannot read 'none.toml'", code=1)
        self.write_config(STUDY + '[[axis]]\nkey = "inject.file"\nvalues = ["truth.h5:signal", "none.h5"]\n', "study.toml")
        self.fails(["study", "study.toml", "--out", "out", "--quiet"], "none.h5", code=1)
        self.assertFalse((self.folder / "out").exists())

    def test_bad_studies(self):
        last = '[[axis]]\nkey = "{}"\nvalues = {}\n'
        for text, words in [
                (STUDY.replace("[study]", "[studi]"), ["study.toml:2", "[studi]", "[[axis]]"]),
                (STUDY.replace("metrics =", "metric ="), ["study.toml:4", "'metric'", "did you mean 'metrics'"]),
                (STUDY.replace('base = "search.toml"', ""), ["needs a base"]),
                (STUDY.replace("repeat", "repeated"), ["[[axis]]", "'repeated'", "did you mean 'repeat'"]),
                (STUDY.replace("repeat = true", "repeat = 1"), ["repeat must be true or false"]),
                (STUDY.replace("repeat = true", "repeat = true\nx = true"), ["both x and repeat"]),
                (STUDY.replace("count = 2", ""), ["needs values = [...], or count = 10"]),
                (STUDY.replace("count = 2", "count = 2\nvalues = [1]"), ["needs values = [...], or count = 10"]),
                (STUDY.replace("[0, 50, 100]", "[]"), ["at least one entry"]),
                (STUDY.replace("[0, 50, 100]", "[0, 50, 50]"), ["the value 50 twice"]),
                (STUDY.replace("[0, 50, 100]", "[2020-01-01]"), ["no setting takes"]),
                (STUDY.replace('"inject.seed"', '"seed"'), ['"seed" is not a setting', "inject.seed"]),
                (STUDY.replace('"inject.seed"', '"inject.count"'), ["two axes set inject.count"]),
                (STUDY.replace("count = 2", "count = 200000"), ["more than 10000 points"]),
                (STUDY.replace("count = 2", "count = 1000000000000"), ["count = 1000000000000", "more than 10000 points"]),
                (STUDY.replace("working_points[0.1].z", "working_points[0.1]z"), ["study.toml", "working_points[0.1]z", "joined by dots"]),
                (STUDY.split("[[axis]]")[0], ["no axis", "[[axis]]"]),
                ("[study", ["study.toml:1", "correct the TOML"]),
                # The last value of the last axis is looked at before anything runs.
                (STUDY + last.format("flow.epochs", "[1, 2, -1]"), ["inject.count = 0, inject.seed = 1, flow.epochs = -1", "out of range"]),
                (STUDY + last.format("flow.epoch", "[1]"), ["flow.epoch = 1", "unknown key 'epoch'", "did you mean 'epochs'"]),
                (STUDY + last.format("classifier.reference", '["normal", "nothing"]'), ["classifier.reference = nothing", "not a choice"])]:
            with self.subTest(words=words):
                self.bad(text, *words)


if __name__ == "__main__":
    unittest.main()
