"""Null experiments from the command line: they come on top of a finished run and change nothing of what it found."""

import json
import unittest

from workspace import BUMP, Workspace, artefacts


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

    def test_what_cannot_be_calibrated_says_so(self):
        self.fails(["calibrate", "nowhere"], "'nowhere' is not a finished run")
        self.fails(["calibrate", "run", "--experiments", "many"], "'many'", "whole number")


if __name__ == "__main__":
    unittest.main()
