"""eddy tune: a choice among settings without labels, which shows nothing of a closed signal region and knows what it costs."""

import csv
import json
import signal
import time
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
        self.assertAlmostEqual(medians[best], 0)
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

    def test_what_was_stopped_goes_on(self):
        self.write_config(STUDY.replace("[1, 20]", "[1, 2, 3, 4, 5, 20]"), "study.toml")
        process = self.start("tune", "study.toml", "--out", "tuned", "--quiet")
        while not list((self.folder / "tuned/points").glob("*.json")) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 1, self.output[1].read_text())
        self.assertIn("finished tasks are kept, run the same command again", self.output[1].read_text())
        self.assertEqual(len(self.table(self.tune())), 12)

    def test_metrics_of_a_study_choose_nothing(self):
        self.write_config(STUDY.replace('base = "search.toml"', 'base = "search.toml"\nmetrics = ["working_points.0.1.z"]'), "study.toml")
        self.tune()
        self.assertIn("[study] metrics are for eddy study", (self.folder / "tuned/log.txt").read_text(encoding="utf-8"))

    def test_budget_is_kept_to(self):
        self.write_config(STUDY.replace("[1, 20]", "[1, 2, 3, 4, 5, 20]"), "study.toml")
        rows = self.table(self.tune("tuned", "--budget", "5"))
        self.assertEqual(len(rows), 4)  # two settings, twice each
        self.assertEqual(json.loads((self.folder / "tuned" / "choice.json").read_text())["settings"], 6)

    def test_all_that_was_ever_tried_is_paid_for(self):
        self.tune()
        self.write_config(STUDY.replace("[1, 20]", "[1, 5]"), "study.toml")
        out = self.tune()
        self.assertEqual(self.chosen(out)["search"]["chosen_among"], 3)
        self.assertEqual(json.loads((out / "choice.json").read_text())["tried"],
                         ["trees.max_iterations=1", "trees.max_iterations=20", "trees.max_iterations=5"])

    def test_a_score_in_few_steps_is_not_better_for_them(self):
        # One tree of two leaves: most events have one score, which passes every cut together.
        self.write_config(STUDY.replace("[1, 20]", "[1, 30]"), "study.toml")
        out = self.tune("tuned", "--set", "trees.max_leaves=2", "--set", "classifier.members=2")
        self.assertEqual(self.chosen(out)["trees"]["max_iterations"], 30)

    def test_failures_tell_nothing_of_the_closed_region(self):
        done = self.eddy("tune", "study.toml", "--out", "tuned", "--set", 'regions.signal="met > 1400"')
        self.assertEqual(done.returncode, 1)
        for text in (done.stderr, (self.folder / "tuned" / "log.txt").read_text()):
            self.assertNotRegex(text, "[0-9]+ of [0-9]+ selected|[0-9]+ events|signal region of the data")
        self.assertIn("not shown", done.stderr)
        self.assertFalse((self.folder / "tuned" / "chosen.toml").exists())

    def test_an_opened_region_is_recorded(self):
        self.tune()
        self.tune("tuned", "--set", "search.blind=false")
        self.assertTrue((self.folder / "tuned" / "unblinding.json").exists())

    def test_choices_and_studies_do_not_share_a_folder(self):
        self.tune()
        done = self.eddy("study", "study.toml", "--out", "tuned")
        self.assertEqual(done.returncode, 2)
        self.assertIn("holds a choice of eddy tune", done.stderr)
        self.assertEqual(self.eddy("study", "study.toml", "--out", "studied").returncode, 0)
        done = self.eddy("tune", "study.toml", "--out", "studied")
        self.assertEqual(done.returncode, 2)
        self.assertIn("holds a study", done.stderr)

    def test_a_damaged_point_is_searched_again(self):
        out = self.tune()
        before = (out / "choice.json").read_bytes()
        next((out / "points").iterdir()).write_text('{"argos": {"best": {"value": "0.3"}}}')
        done = self.eddy("tune", "study.toml", "--out", "tuned", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("is damaged", done.stderr)
        self.assertEqual((out / "choice.json").read_bytes(), before)

    def test_other_data_are_no_settings(self):
        for key, values in (("search.blind", "[true, false]"), ("regions.signal", '["met > 700", "met > 800"]'), ("data.rows", "[[0, 500], [0, 3000]]"),
                            ("inject.count", "[0, 50]"), ("search.chosen_among", "[1, 5]"), ("extrapolation.stage", '["cr", "sr"]')):
            self.write_config(f'[study]\nbase = "search.toml"\n[[axis]]\nkey = "{key}"\nvalues = {values}\n', "study.toml")
            self.refused(key, "the same data")
        self.write_config('[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\ncount = 3\n', "study.toml")
        self.refused("search.seed", "repeat = true")

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
