"""What earlier versions wrote (tests/compat/VERSION, made by make.py) is read, or refused in a sentence that is written here."""

import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

EDDY = os.environ["EDDY"]
FOLDER = Path(__file__).resolve().parent
VERSIONS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0].isdigit())
RUNS = ("conrad", "cwola", "generate", "lacathode", "quak")
SCORED = {"conrad": "data", "cwola": "bump", "generate": "data", "lacathode": "bump"}
# What is no longer read: (version, command) -> words of the one sentence that says so.
REFUSED = {}
# Scores are float32 of networks and trees; other instruction sets round other sums. A model read wrongly is off by 0.1.
SCORE_TOLERANCE = 1e-3
# Thresholds of trees are latents of training events, as the search found them in single precision; eddy score computes latents in
# double, and such an event may go the other way at its own threshold: by what one tree says. Measured: 3 % of events.
AT_THRESHOLDS = 0.05


class Compatibility(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="eddy-compat-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def unpack(self, version, name):
        with tarfile.open(FOLDER / version / f"{name}.tar.xz") as archive:
            archive.extractall(self.folder)
        return self.folder / name

    def accepted(self, version, command, *arguments):
        """True when the command succeeded; false when it refused this version as it should; anything else fails."""
        done = subprocess.run([EDDY, command, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=300)
        if words := REFUSED.get((version, command)):
            self.assertIn(done.returncode, (1, 2), done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn(words, done.stderr)
            return False
        self.assertEqual(done.returncode, 0, f"eddy {command} on what {version} wrote: {done.stderr}")
        return True

    def for_all(self, names):
        for version in VERSIONS:
            for name in names:
                with self.subTest(version=version, name=name):
                    yield version, name, self.unpack(version, name)

    def test_there_is_something_to_read(self):
        now = subprocess.run([EDDY, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
        self.assertIn(now, VERSIONS, "store what this version writes: tests/compat/make.py")

    def test_results_and_figures_make_a_report(self):
        for version, _, run in self.for_all(RUNS):
            if self.accepted(version, "report", run):
                self.assertGreater((run / "report.html").stat().st_size, 100_000)

    def test_models_score_as_they_did(self):
        for version, name, run in self.for_all(SCORED):
            events = f"{FOLDER / version / 'events.h5'}:{SCORED[name]}"
            if not self.accepted(version, "score", run, events, "-o", "again.h5"):
                continue
            with h5py.File(run / "scored-again.h5") as before, h5py.File(self.folder / "again.h5") as now:
                np.testing.assert_array_equal(now["row"][()].astype("i8"), before["row"][()].astype("i8"))
                difference = np.abs(now["score"][()] - before["score"][()])
                self.assertLess(np.median(difference), 1e-3 * SCORE_TOLERANCE)
                self.assertLess(np.mean(difference > SCORE_TOLERANCE), AT_THRESHOLDS)
                self.assertGreater(np.std(before["score"][()]), 10 * SCORE_TOLERANCE, "scores that cannot tell a wrong model")

    def test_runs_are_compared(self):
        for version in VERSIONS:
            runs = [self.unpack(version, name) for name in ("lacathode", "cwola")]
            self.accepted(version, "compare", *runs, "-o", "comparison")

    def test_a_comparison_is_known_as_one(self):
        """It may be written again in its folder, where a foreign compare.json is refused."""
        for version, _, comparison in self.for_all(["comparison"]):
            runs = [self.unpack(version, name) for name in ("lacathode", "cwola")]
            self.accepted(version, "compare", *runs, "-o", comparison)

    def test_stores_serve_new_runs(self):
        """Tasks of other versions or instruction sets are computed again; those that are taken must be readable."""
        for version, name, run in self.for_all(RUNS):
            arguments = (FOLDER / version / f"{name}.toml", "--out", f"{name}-again", "--store", run / "models", "--quiet")
            if self.accepted(version, "run", *arguments):
                self.assertTrue((self.folder / f"{name}-again/result.json").exists())

    def test_a_study_goes_on_from_its_file(self):
        for version, _, study in self.for_all(["study"]):
            arguments = (FOLDER / version / "study.toml", "--out", "again", "--store", study / "models", "--quiet")
            if self.accepted(version, "study", *arguments):
                self.assertTrue((self.folder / "again/table.csv").exists())


if __name__ == "__main__":
    sys.exit(unittest.main())
