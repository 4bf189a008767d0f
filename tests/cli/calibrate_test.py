"""Null experiments from the command line: they come on top of a finished run and change nothing of what it found."""

import json
import time
import unittest

import h5py
import numpy as np

from workspace import BUMP, Workspace, artefacts, write


def found(run):
    """result.json without what null experiments add."""
    result = json.loads((run / "result.json").read_text())
    calibration = result.pop("calibration")
    calibrated = [point.pop("calibrated", None) for point in result["working_points"]]
    result.pop("verdict")
    return result, calibration, calibrated


class Calibrate(Workspace):
    def calibrate(self, experiments, run="run"):
        done = self.eddy("calibrate", run, "--experiments", experiments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_experiments_are_added_to_a_run(self):
        run = self.run_search()
        before, calibration, _ = found(run)
        self.assertIsNone(calibration)
        scores = (run / "scores.h5").read_bytes()
        self.calibrate(3)
        after, calibration, calibrated = found(run)
        self.assertEqual(after, before)
        self.assertEqual((run / "scores.h5").read_bytes(), scores)
        self.assertEqual(calibration["experiments"], 3)
        self.assertEqual(calibration["failed"], 0)
        for point, of_search in zip(calibration["points"], calibrated, strict=True):
            self.assertEqual(len(point["null_z"]), 3)
            self.assertEqual(len(set(point["null_z"])), 3)
            self.assertEqual(of_search["experiments"], 3)
            self.assertTrue(0 < of_search["p_value"] <= 1)
        report = (run / "report.html").read_text()
        self.assertIn("What the search finds where there is nothing", report)
        self.assertIn("3 whole searches without signal", report)

        kept = artefacts(run)
        self.calibrate(4)
        _, more, _ = found(run)
        self.assertEqual(len(artefacts(run)), len(kept) + 1, "three experiments are there")
        for point, earlier in zip(more["points"], calibration["points"], strict=True):
            self.assertEqual(point["null_z"][:3], earlier["null_z"])
        done = self.eddy("score", run, "events.h5:data", "-o", "scores.h5", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_of_a_bump_hunt_within_the_run_and_for_any_number_of_threads(self):
        self.write_masses()
        self.write_config(BUMP)
        experiments = ("--set", "calibration.experiments=3")
        one = self.run_search("one", "--threads", "1", *experiments)
        two = self.run_search("two", "--threads", "2", *experiments)
        self.same_result(one, two)
        _, calibration, calibrated = found(one)
        self.assertEqual(calibration["failed"], 0, calibration)
        self.assertTrue(all(calibrated))
        self.assertIsNotNone(calibration["global"]["p_value"])

    def test_of_a_run_that_an_earlier_version_or_other_settings_described(self):
        self.write_masses()
        self.write_config(BUMP)
        run = self.run_search("run")
        result = json.loads((run / "result.json").read_text())
        del result["anomaly"]
        (run / "result.json").write_text(json.dumps(result))
        done = self.eddy("calibrate", run, "--experiments", "1", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("anomaly", json.loads((run / "result.json").read_text()))
        more = self.run_search("run", "--set", "anomaly.events=3", "--set", "calibration.experiments=1")
        self.assertEqual(len(json.loads((more / "result.json").read_text())["anomaly"]["events"]), 3)

    def test_of_a_study_that_begins_with_the_flows_of_its_searches(self):
        self.write_masses()
        config = BUMP.replace('"cwola"', '"cathode"').replace("[flow]\n", "[flow]\nepochs = 2\nhidden = 8\n")
        self.write_config(config + "[calibration]\nexperiments = 2\nwarm_epochs = 1\n")
        self.write_config('[study]\nbase = "search.toml"\n[[axis]]\nkey = "search.seed"\nvalues = [1]\n', "study.toml")
        self.run_search("run", "--store", "tasks")
        tasks = set((self.folder / "tasks").iterdir())
        self.assertEqual(sum(path.name.startswith("null-") for path in tasks), 2)
        done = self.eddy("study", "study.toml", "--out", "study", "--store", "tasks", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set((self.folder / "tasks").iterdir()), tasks, "other experiments than those of the run")

    def test_a_stopped_calibration_loses_nothing(self):
        run = self.run_search()
        before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file() and path.name != "log.txt"}
        for moment in range(6):
            process = self.start("calibrate", "run", "--experiments", 1 + moment)
            time.sleep(0.15 * moment)
            process.kill()
            process.wait()
            for name in ("result.json", "scores.h5", "report.html", "figures.json"):
                self.assertTrue((run / name).exists(), f"{name} after {moment}")
            self.assertEqual((run / "scores.h5").read_bytes(), before["scores.h5"])
        self.calibrate(3)
        self.assertEqual(found(run)[1]["experiments"], 3)

    def test_other_events_than_those_of_the_run_are_refused(self):
        run = self.run_search()
        before = (run / "result.json").read_bytes()
        self.tables["data"]["m"] += 0.01
        write(self.folder / "events.h5", self.tables)
        self.fails(["calibrate", "run", "--experiments", 3, "--quiet"], "the data", "events.h5", "other events now", "--fresh")
        self.assertEqual((run / "result.json").read_bytes(), before)

    def test_a_calibration_that_was_edited_is_refused(self):
        run = self.run_search()
        self.calibrate(3)
        whole = json.loads((run / "result.json").read_text())
        for edit in (lambda r: r["working_points"][0]["calibrated"].update(p_value=2.9e-7, z=5.0),
                     lambda r: r["calibration"]["points"][0]["null_z"].append(-3.0),
                     lambda r: r["calibration"].update(points=[]),
                     lambda r: r.update(calibration=None)):
            result = json.loads(json.dumps(whole))
            edit(result)
            (run / "result.json").write_text(json.dumps(result))
            for command in (["report", "run"], ["calibrate", "run", "--experiments", 3, "--quiet"]):
                self.fails(command, "'run'", "calibrat", code=1)

    def test_a_search_that_is_repeated_says_what_it_takes_away(self):
        run = self.run_search()
        self.calibrate(3)
        done = self.eddy("run", "search.toml", "--out", "run", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("calibrated with 3 null experiments", done.stderr)
        self.assertIn("eddy calibrate run --experiments 3", done.stderr)
        self.assertIsNone(found(run)[1])

    def test_a_benchmark_that_is_told_the_truth_has_none(self):
        self.write_masses()
        self.write_config(BUMP.replace('"cwola"', '"idealized"') + '[benchmarks]\nbackground = "other.h5"\n')
        (self.folder / "masses.h5").rename(self.folder / "other.h5")
        self.write_masses()
        with h5py.File(self.folder / "other.h5", "r+") as file:
            file["x1"][...] = np.random.default_rng(9).normal(size=len(file["x1"]))
        run = self.run_search()
        before = (run / "result.json").read_bytes()
        self.fails(["calibrate", "run", "--quiet"], "idealized", "no null experiments")
        self.assertEqual((run / "result.json").read_bytes(), before)

    def test_what_cannot_be_calibrated_says_so(self):
        self.fails(["calibrate", "nowhere"], "'nowhere' is not a finished run")
        self.fails(["calibrate", "run", "--experiments", "many"], "'many'", "whole number")
        self.fails(["calibrate", "run", "--experiments", 100001], "--experiments 100001", "100000")
        self.fails(["calibrate", "run", "--store", ""], "--store")


if __name__ == "__main__":
    unittest.main()
