"""A bump hunt from the command line: what a run leaves, and that it comes out the same however it is made."""

import json
import unittest

import h5py
import numpy as np

from workspace import Workspace, artefacts

N_BACKGROUND = 12000
N_SIGNAL = 150
CONFIG = """
[search]
method = "lacathode"
name = "bump"
[data]
file = "events.h5:data"
label = "label"
[units]
mjj = "TeV"
[features]
context = ["mjj"]
x = ["a", "b"]
[regions]
signal = "mjj > 3.3 && mjj < 3.7"
[flow]
members = 2
epochs = 3
layers = 2
hidden = 16
learning_rate = 3e-3
[classifier]
members = 4
[trees]
max_iterations = 10
[folds]
k = 3
[validation]
experiments = 0
[working_points]
efficiency = [0.2, 0.1]
[bump_hunt]
sqrt_s = 13
toys = 50
scan_points = 10
[sculpting]
bins = 40
subsets = 20
"""


def sample(seed, n_background, n_signal):
    """Masses that fall as m^-5 from 2.5 TeV, features that follow them, and a narrow signal at 3.5 TeV."""
    rng = np.random.default_rng(seed)
    mass = np.concatenate([2.5 * (1 - rng.random(n_background)) ** -0.25, rng.normal(3.5, 0.1, n_signal)])
    label = np.repeat([0, 1], [n_background, n_signal])
    a = np.where(label, rng.normal(3.2, 0.3, mass.size), rng.normal(0.2 * mass, 1))
    b = np.where(label, rng.normal(-2.2, 0.3, mass.size), rng.normal(0, 1, mass.size))
    order = rng.permutation(mass.size)
    return {"mjj": mass[order], "a": a[order], "b": b[order], "label": label[order].astype("f4")}


class ResonantSearch(Workspace):
    def setUp(self):
        super().setUp()
        self.tables = {"data": sample(1, N_BACKGROUND, N_SIGNAL), "other": sample(2, N_BACKGROUND, 0)}
        with h5py.File(self.folder / "events.h5", "w") as file:
            for group, columns in self.tables.items():
                for name, values in columns.items():
                    file[f"{group}/{name}"] = values.astype("f4")
        self.write_config(CONFIG)

    def result(self, run):
        return json.loads((run / "result.json").read_text())

    def test_a_study_learns_the_sidebands_once(self):
        self.write_config("""
[study]
base = "search.toml"
set = ["data.file=events.h5:other", "inject.file=events.h5:signal", "inject.region=signal"]
[[axis]]
key = "inject.count"
values = [0, 50, 100]
""", "study.toml")
        with h5py.File(self.folder / "events.h5", "a") as file:
            for name, values in sample(3, 0, 500).items():
                file[f"signal/{name}"] = values.astype("f4")
        done = self.eddy("study", "study.toml", "--out", "study", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        flows = [name for name in artefacts(self.folder / "study") if name.startswith("flow")]
        self.assertEqual(len(flows), 6)  # 3 folds, 2 retrainings: not again for each injection
        rows = (self.folder / "study/table.csv").read_text().splitlines()
        self.assertEqual(len(rows), 4)
        self.assertIn("evaluation[LaCATHODE].sic.max", rows[0])

    def test_a_bump_is_found_and_everything_is_written(self):
        run = self.run_search()
        result = self.result(run)
        self.assertEqual(result["setup"]["signal_window"], [3.3, 3.7])
        points = {point["efficiency"]: point for point in result["working_points"]}
        self.assertEqual(set(points), {1, 0.2, 0.1})
        self.assertGreater(points[0.1]["z"], points[1]["z"])
        self.assertIn("LaCATHODE", (run / "report.html").read_text())
        for efficiency, point in points.items():
            with h5py.File(run / f"masses/efficiency-{efficiency:g}.h5") as file:
                self.assertEqual(list(file), ["mjj"])  # what fit tools of CMS read: GeV
                mass = file["mjj"][:]
                inside = (mass > 3300) & (mass < 3700)
                self.assertEqual(inside.sum(), point["observed"])
        with h5py.File(run / "scores.h5") as file:
            self.assertEqual(len(file["score"]), N_BACKGROUND + N_SIGNAL)
            kept = (file["background_efficiency"][:] <= 0.1) & (file["in_signal_region"][:] == 1)
            self.assertEqual(kept.sum(), points[0.1]["observed"])
            np.testing.assert_array_equal(file["mjj"][:], self.tables["data"]["mjj"][file["row"][:].astype(int)].astype("f4"))

    def test_threads_and_a_shared_store_change_nothing(self):
        first = self.run_search("first", "--threads", "1")
        self.same_result(first, self.run_search("second", "--threads", "2"))
        self.same_result(first, self.run_search("third", "--store", self.folder / "first/models"))

    def test_other_methods_use_the_same_flows(self):
        self.run_search("lacathode", "--store", "store")
        before = {path.name for path in (self.folder / "store").glob("flow*")}
        for method in ("cathode", "cathode_lacathode", "anode", "r_anode", "cwola", "transport"):
            result = self.result(self.run_search(method, "--store", "store", "--set", f"search.method={method}"))
            self.assertEqual(result["method"], method)
            self.assertGreater(max(point["z"] or 0 for point in result["working_points"]), 3, method)
        after = {path.name for path in (self.folder / "store").glob("flow*")}
        self.assertTrue(before <= after)
        self.assertEqual(len(after), 3 * len(before), "ANODE and R-ANODE have flows of their own, in the signal region")

    def inside(self):
        return (self.tables["data"]["mjj"] > 3.3) & (self.tables["data"]["mjj"] < 3.7)

    def test_r_anode_says_how_much_is_signal(self):
        run = self.run_search("run", "--set", "search.method=r_anode")
        result = self.result(run)
        self.assertAlmostEqual(
            result["signal_fraction"]["truth"], self.tables["data"]["label"][self.inside()].mean(), places=6
        )
        found = result["signal_fraction"]["signal_region"]
        truth = result["signal_fraction"]["truth"]
        self.assertEqual(found["n_events"], self.inside().sum())
        self.assertLess(result["signal_fraction"]["beside"]["fraction"], found["fraction"])
        self.assertLess(found["low"], found["fraction"])
        self.assertGreater(found["low"], 0)  # 10 % are signal
        # Flows of three epochs miss some of the signal, and take some background for it.
        self.assertLess(abs(found["fraction"] - truth), 0.6 * truth)
        report = (run / "report.html").read_text()
        self.assertIn("The method&#39;s own estimate", report.replace("'", "&#39;"))
        self.assertIn("It is no evidence", report)
        done = self.eddy("score", run, "events.h5:other", "-o", "scores.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.folder / "scores.h5") as file:
            self.assertLess(np.median(file["score"][:]), found["fraction"])  # a probability to be signal
        half = self.result(self.run_search("half", "--set", "search.method=r_anode", "--set", "signal_flow.fraction=0.5"))
        self.assertNotEqual(half["signal_fraction"]["signal_region"]["fraction"], found["fraction"])
        self.assertNotIn("signal_fraction", self.result(self.run_search("anode", "--set", "search.method=anode")))
        self.run_fails("fraction", "0.9", settings=["search.method=r_anode", "signal_flow.fraction=1"])
        self.run_fails("keep_epochs", "[flow] members", settings=["search.method=r_anode", "signal_flow.keep_epochs=2"])

    def test_scores_of_other_events(self):
        run = self.run_search()
        done = self.eddy("score", run, "events.h5:other", "-o", "scores.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.folder / "scores.h5") as file:
            self.assertEqual(len(file["score"]), N_BACKGROUND)
            inside = file["in_signal_region"][:] == 1
            kept = (file["background_efficiency"][:][inside] <= 0.2).mean()
        # A mean over folds is less extreme than one fold: fewer background events than a fifth pass, but not none.
        self.assertGreater(kept, 0.02)
        self.assertLess(kept, 0.25)

    def test_one_fold_alone(self):
        run = self.run_search("run", "--set", "folds.score=one")
        with h5py.File(run / "scores.h5") as file:
            n = len(file["score"])
        self.assertAlmostEqual(n, (N_BACKGROUND + N_SIGNAL) / 3, delta=4 * np.sqrt(N_BACKGROUND * 2 / 9))

    def test_mistakes(self):
        with self.subTest("section of another family"):
            self.write_config(CONFIG + '[template]\nfile = "events.h5:other"\n', "bad.toml")
            self.run_fails("[template]", "lacathode", config="bad.toml")
        self.run_fails("z", "x_prime", settings=["classifier.space=x"])
        self.run_fails("background", settings=["search.method=idealized"])
        self.run_fails("one window", settings=["regions.signal=mjj < 3.3 || mjj > 3.7"])
        self.run_fails("range", settings=["bump_hunt.range=[3.4, 3.6]"])
        self.run_fails("rows", settings=["data.rows=[10, 5]"])
        self.run_fails("judged", settings=["search.method=idealized", "benchmarks.background=events.h5:data"])
        self.run_fails("sqrt(s) = 3", settings=["bump_hunt.sqrt_s=3"])


if __name__ == "__main__":
    unittest.main()
