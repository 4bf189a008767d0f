"""[validation]: predictions are corrected by default, the numbers before stay, and everything is found again."""

import json
import unittest

import h5py

from workspace import BUMP, CONFIG, Workspace

OFF = "[validation]\nexperiments = 0\n"
TWO = "[validation]\nexperiments = 2\n"


def result_of(run):
    return json.loads((run / "result.json").read_text())


class Validation(Workspace):
    def test_is_on_by_default_and_keeps_what_was_before(self):
        raw_run = self.run_search("raw")
        self.write_config(CONFIG.replace(OFF, ""))
        run = self.run_search()
        raw, result = result_of(raw_run), result_of(run)
        self.assertIsNone(raw["validation"])
        self.assertEqual(result["validation"]["experiments"], 8)
        self.assertEqual(result["validation"]["failed"], 0)
        log = (run / "log.txt").read_text()
        for before, point, cut in zip(raw["working_points"], result["working_points"], result["validation"]["cuts"], strict=True):
            self.assertEqual(point["raw"], {key: before[key] for key in ("predicted", "predicted_error", "p_value", "z")})
            self.assertEqual(point["correction"], cut["correction"])
            self.assertAlmostEqual(point["predicted"] / before["predicted"], point["correction"]["factor"])
            self.assertEqual(point["observed"], before["observed"])
            self.assertEqual(len(cut["observed"]), 8)
            self.assertGreater(len(set(cut["observed"])), 1, "every experiment has events of its own")
            self.assertIn(f"to {point['predicted']:.1f} ± {point['predicted_error']:.1f}", log)
        self.assertIn("What the chain predicts where there is nothing", (run / "report.html").read_text())
        with h5py.File(raw_run / "scores.h5") as before, h5py.File(run / "scores.h5") as after:
            self.assertEqual(before["score"][:].tolist(), after["score"][:].tolist(), "scores are not touched")

    def test_gives_the_same_bits_with_any_number_of_threads(self):
        self.write_masses()
        self.write_config(BUMP.replace(OFF, TWO))
        self.same_result(self.run_search("one", "--threads", 1), self.run_search("two", "--threads", 2))

    def test_null_experiments_calibrate_the_corrected_search(self):
        self.write_config(CONFIG.replace(OFF, TWO))
        run = self.run_search()
        before = result_of(run)
        done = self.eddy("calibrate", run, "--experiments", 3)
        self.assertEqual(done.returncode, 0, done.stderr)
        after = result_of(run)
        self.assertEqual(after["calibration"]["experiments"], 3)
        self.assertEqual(after["validation"], before["validation"])
        for a, b in zip(before["working_points"], after["working_points"], strict=True):
            self.assertEqual((a["z"], a["raw"]), (b["z"], b["raw"]))

    def test_its_number_belongs_to_the_result(self):
        self.write_config(CONFIG.replace(OFF, TWO))
        run = self.run_search("run", "--store", "tasks")
        first = result_of(run)["validation"]["cuts"][0]["observed"]
        self.fails(["run", "search.toml", "--out", "run", "--set", "validation.experiments=3"], "[validation] experiments = 2 there")
        result = result_of(self.run_search("more", "--store", "tasks", "--set", "validation.experiments=3"))
        self.assertEqual(result["validation"]["cuts"][0]["observed"][:2], first, "it goes on from those that are there")
        self.assertEqual(len(result["validation"]["cuts"][0]["observed"]), 3)

    def test_refuses_numbers_that_are_none(self):
        self.run_fails("experiments", "-1", settings=["validation.experiments=-1"])


if __name__ == "__main__":
    unittest.main()
