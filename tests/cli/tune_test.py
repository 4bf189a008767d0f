"""eddy tune: a choice among settings without labels, which shows nothing of a closed signal region and knows what it costs."""

import csv
import json
import tomllib
import unittest

from workspace import BUMP, CONFIG, Workspace, artefacts, events, write

STUDY = """
[study]
base = "search.toml"
[[axis]]
key = "trees.max_iterations"
values = [1, 20]
[[axis]]
key = "search.seed"
count = 2
repeat = true
"""


class Tune(Workspace):
    def setUp(self):
        super().setUp()
        # A signal so strong that a score of one tree is worse than one of twenty.
        data = events(1, 3000)
        signal_events = events(4, 300)
        signal_events["m"] = 4 + signal_events["m"] / 10
        write(self.folder / "events.h5", {"data": {name: [*data[name], *signal_events[name]] for name in data}, "template": events(2, 6000)})
        self.write_config(CONFIG.replace('[data]\nfile = "events.h5:data"\nlabel = "label"\n', '[data]\nfile = "events.h5:data"\n')
                          .replace('name = "small"', 'name = "small"\nblind = true'))
        self.write_config(STUDY, "study.toml")

    def tune(self, out="tuned", *arguments):
        done = self.eddy("tune", "study.toml", "--out", out, "--quiet", *arguments)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        return self.folder / out

    def table(self, out):
        with open(out / "table.csv", newline="") as file:
            return list(csv.DictReader(file))

    def chosen(self, out):
        return tomllib.loads((out / "chosen.toml").read_text())

    def test_choice_is_that_of_the_larger_median(self):
        out = self.tune()
        values = {}
        for row in self.table(out):
            values.setdefault(row["trees.max_iterations"], []).append(float(row["argos.to_best"]))
        medians = {setting: sum(numbers) / 2 for setting, numbers in values.items()}
        best = max(medians, key=medians.get)
        self.assertEqual(medians[best], 0)
        self.assertEqual(json.loads((out / "choice.json").read_text())["chosen"], [f"trees.max_iterations={best}"])
        self.assertEqual(self.chosen(out)["trees"]["max_iterations"], int(best))
        self.assertEqual(self.chosen(out)["search"]["chosen_among"], 2)
        self.assertEqual(self.chosen(out)["search"]["seed"], 1)  # repeats are no settings

    def test_closed_signal_region_stays_closed(self):
        out = self.tune()
        self.assertTrue(self.chosen(out)["search"]["blind"])
        for path in (out / "points").iterdir():
            self.assertEqual(list(json.loads(path.read_text())), ["argos"])
        log = (out / "log.txt").read_text()
        self.assertNotIn("signal region", log)
        self.assertNotIn("observed", log)
        run = self.folder / "run"
        done = self.eddy("run", "tuned/chosen.toml", "--out", "run", "--store", "tuned/models", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads((run / "result.json").read_text())["working_points"], [])

    def test_verdict_of_the_chosen_search_pays_for_the_choice(self):
        out = self.tune()
        before = artefacts(out)
        done = self.eddy("run", "tuned/chosen.toml", "--out", "run", "--store", "tuned/models", "--set", "search.blind=false", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        verdict = json.loads((self.folder / "run" / "result.json").read_text())["verdict"]
        self.assertEqual(verdict["after_choice"]["settings"], 2)
        flows = [name for name in artefacts(out) if name.startswith("flow")]
        self.assertEqual(flows, [name for name in before if name.startswith("flow")], "trained once")

    def test_finished_searches_are_kept(self):
        first = self.tune()
        written = {path.name: path.stat().st_mtime_ns for path in (first / "points").iterdir()}
        self.tune()
        self.assertEqual({path.name: path.stat().st_mtime_ns for path in (first / "points").iterdir()}, written)
        again = self.tune("again", "--threads", "1")
        for name in ("table.csv", "study.json", "choice.json"):
            self.assertEqual((again / name).read_bytes(), (first / name).read_bytes(), name)

    def test_budget_is_kept_to(self):
        self.write_config(STUDY.replace("[1, 20]", "[1, 2, 3, 4, 5, 20]"), "study.toml")
        rows = self.table(self.tune("tuned", "--budget", "5"))
        self.assertEqual(len(rows), 4)  # two settings, twice each
        self.assertEqual(json.loads((self.folder / "tuned" / "choice.json").read_text())["settings"], 6)

    def refused(self, *words, arguments=()):
        done = self.eddy("tune", "study.toml", "--out", "tuned", "--quiet", *arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse((self.folder / "tuned").exists())

    def test_nothing_to_choose_from(self):
        self.refused("room for 1", "raise --budget", arguments=("--budget", "3"))
        self.write_config(STUDY.replace("[1, 20]", "[20]"), "study.toml")
        self.refused("needs two settings", "not repeated over")

    def test_methods_without_a_template(self):
        self.write_masses()
        self.write_config(BUMP + '[benchmarks]\nsignal = "masses.h5"\nbackground = "masses.h5"\n')
        self.write_config('[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.method"\nvalues = ["cwola", "supervised"]\n', "study.toml")
        self.refused("supervised", "no ARGOS")


if __name__ == "__main__":
    unittest.main()
