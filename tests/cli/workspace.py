"""A folder with small samples and a configuration, and the eddy program to run in it."""

import os
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import h5py
import numpy as np

EDDY = os.environ["EDDY"]
REPOSITORY = Path(__file__).resolve().parent.parent.parent
N_EVENTS = 3000
RUN_FILES = {"config.toml", "figures.json", "log.txt", "models", "report.html", "result.json", "run.json", "scores.h5"}

# Small enough that a run takes about half a second; every option that is not named keeps its default.
CONFIG = """
[search]
name = "small"
[data]
file = "events.h5:data"
label = "label"
[template]
file = "events.h5:template"
[columns]
ratio = "m / t"
[features]
context = ["met"]
x = ["m", "ratio"]
[regions]
selection = "met > 510"
signal = "met > 700"
[flow]
members = 2
epochs = 1
hidden = 16
[classifier]
members = 2
[trees]
max_iterations = 5
[folds]
k = 2
[working_points]
efficiency = [0.1, 0.05]
[validation]
experiments = 0
"""

# A bump hunt in masses.h5, of about a second.
BUMP = """
[search]
method = "cwola"
name = "bump"
[data]
file = "masses.h5"
[features]
context = ["mjj"]
x = ["x1", "x2"]
[regions]
selection = "mjj > 2500"
signal = "mjj > 3300 && mjj < 3700"
[folds]
k = 2
[classifier]
members = 2
[flow]
members = 2
[trees]
max_iterations = 10
[working_points]
efficiency = [0.1]
[bump_hunt]
toys = 20
scan_points = 3
[sculpting]
subsets = 3
[validation]
experiments = 0
"""


def events(seed, n):
    """Background whose mean depends on the context met."""
    rng = np.random.default_rng(seed)
    met = 500 + rng.exponential(200, n)
    return {"met": met, "m": rng.normal(1 + met / 1000, 0.5), "t": 1 + rng.exponential(met / 1000), "label": (rng.random(n) < 0.01).astype("f4")}


def write(path, tables):
    """An HDF5 file of groups of columns."""
    with h5py.File(path, "w") as file:
        for group, columns in tables.items():
            for name, values in columns.items():
                file[f"{group}/{name}"] = np.asarray(values, dtype="f4")
            file[f"{group}/met"].attrs["units"] = "GeV"


class Workspace(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="eddy-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.tables = {"data": events(1, N_EVENTS), "template": events(2, N_EVENTS)}
        write(self.folder / "events.h5", self.tables)
        self.write_config(CONFIG)

    def write_masses(self):
        """masses.h5: a falling spectrum with two features of no use."""
        rng = np.random.default_rng(5)
        mjj = (rng.pareto(8, 20000) + 1) * 2500
        with h5py.File(self.folder / "masses.h5", "w") as file:
            file["mjj"] = mjj[mjj < 7000][:5000].astype("f4")
            file["mjj"].attrs["units"] = "GeV"
            for name in ("x1", "x2"):
                file[name] = rng.normal(size=len(file["mjj"])).astype("f4")

    def write_config(self, text, name="search.toml"):
        (self.folder / name).write_text(text, encoding="utf-8")

    def start(self, *arguments):
        """A process whose output goes to files of the folder, so that no pipe can fill up."""
        self.output = [self.folder / "stdout", self.folder / "stderr"]
        with open(self.output[0], "w") as out, open(self.output[1], "w") as err:
            return subprocess.Popen([EDDY, *map(str, arguments)], cwd=self.folder, stdout=out, stderr=err)

    def eddy(self, *arguments, cwd=None):
        return subprocess.run([EDDY, *map(str, arguments)], cwd=cwd or self.folder, capture_output=True, text=True, timeout=300)

    def run_search(self, out="run", *arguments, config="search.toml"):
        """A run that must succeed; returns its folder."""
        done = self.eddy("run", config, "--out", out, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.folder / out

    def fails(self, arguments, *words, code=2):
        """eddy must end with `code` and one line on the terminal that has all `words`; returns the line."""
        done = self.eddy(*arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("eddy: "), lines[0])
        for word in words:
            self.assertIn(word, lines[0])
        return lines[0]

    def run_fails(self, *words, settings=(), code=2, config="search.toml"):
        """The same for a run with overrides; it leaves nothing that a corrected configuration would trip over."""
        before = set(os.listdir(self.folder))
        overrides = [part for setting in settings for part in ("--set", setting)]
        line = self.fails(["run", config, "--out", "run", "--quiet", *overrides], *words, code=code)
        self.assertEqual(set(os.listdir(self.folder)) - before, set(), "something was left behind")
        return line

    def same_result(self, first, second):
        """Two run folders hold the same bits."""
        for name in ("result.json", "figures.json", "scores.h5"):
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes(), name)

    def wait_for(self, condition, process):
        """Until `condition` holds or the process ended."""
        while not condition() and process.poll() is None:
            time.sleep(0.002)


def artefacts(folder):
    """Finished tasks of a run and when they were written."""
    models = Path(folder) / "models"
    return {path.name: path.stat().st_mtime_ns for path in models.glob("*.eddy") if path.name != "scorer.eddy"} if models.exists() else {}
