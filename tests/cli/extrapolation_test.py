"""Searches with extrapolated background from the command line: blind, opened, and what cannot be."""

import json
import unittest

import h5py
import numpy as np

from workspace import Workspace, artefacts, write

CONFIG = """
[search]
method = "generate"
name = "small"
[data]
file = "events.h5:data"
label = "label"
[simulation]
file = "events.h5:simulation"
[features]
context = ["ht", "met"]
x = ["m", "t"]
[regions]
signal = "ht > 300 && met > 50"
[extrapolation]
closure_runs = 2
[weights]
epochs = 2
hidden = 8
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
[validation]
experiments = 0
[working_points]
efficiency = [0.1]
"""


def events(seed, n, shift):
    """Features whose mean follows both context variables; a third of the events in the signal region."""
    rng = np.random.default_rng(seed)
    ht = 200 + rng.exponential(200, n)
    met = rng.exponential(90, n)
    return {"ht": ht, "met": met, "m": rng.normal(ht / 200 + shift, 1), "t": rng.normal(met / 90 - shift, 1)}


class Extrapolation(Workspace):
    def setUp(self):
        super().setUp()
        data = events(3, 4000, 0) | {"label": np.random.default_rng(4).random(4000) < 0.01}
        write(self.folder / "events.h5", {"data": data, "simulation": events(5, 4000, 0.3)})
        self.write_config(CONFIG)

    def result(self, run):
        return json.loads((run / "result.json").read_text())

    def test_is_blind_until_it_is_opened_in_the_same_folder(self):
        run = self.run_search()
        blind = self.result(run)
        self.assertEqual(blind["setup"]["stage"], "cr")
        self.assertEqual(blind["working_points"], [])
        self.assertEqual({test["region"] for test in blind["closure_tests"]}, {"control region"})
        self.assertEqual(blind["inputs"][0]["n_signal_region"], 0)
        self.assertFalse((run / "scores.h5").exists())
        self.assertIn("is closed", (run / "report.html").read_text(encoding="utf-8"))
        models = artefacts(run)
        self.run_search("run", "--stage", "sr")
        opened = self.result(run)
        self.assertEqual(opened["setup"]["stage"], "sr")
        self.assertEqual(len(opened["working_points"]), 1)
        self.assertEqual(opened["blinding"]["state"], "unblinded")
        self.assertIn("was opened", (run / "report.html").read_text(encoding="utf-8"))
        # What was expected while it was closed, without a cut, is what is there: Poisson and the error of the prediction, five times.
        (expected,) = blind["expected"]
        observed = opened["inputs"][0]["n_signal_region"]
        self.assertLess(abs(observed - expected["background"]), 5 * (expected["background_error"] ** 2 + observed) ** 0.5)
        self.assertEqual({name: artefacts(run)[name] for name in models}, models)  # nothing was trained again
        control = [test for test in opened["closure_tests"] if test["region"] == "control region"]
        self.assertEqual(control, blind["closure_tests"])
        with h5py.File(run / "scores.h5") as scores:
            self.assertLessEqual({"ht", "met", "score", "background_efficiency"}, set(scores))
        self.fails(["run", "search.toml", "--out", "run"], "holds a run with another configuration", "cannot be closed again")

    def test_opened_runs_give_the_same_bits(self):
        first = self.run_search("a", "--stage", "sr", "--threads", "1")
        second = self.run_search("b", "--stage", "sr", "--threads", "3")
        self.same_result(first, second)

    def test_blind_result_does_not_depend_on_the_signal_region(self):
        blind = self.result(self.run_search("a"))
        with h5py.File(self.folder / "events.h5", "r+") as file:
            inside = (file["data/ht"][:] > 300) & (file["data/met"][:] > 50)
            file["data/m"][:] = np.where(inside, 100, file["data/m"][:])
        changed = self.result(self.run_search("b"))
        for key in ("closure_tests", "weights", "working_points"):
            self.assertEqual(blind[key], changed[key], key)

    def test_scores_other_events_once_opened(self):
        self.run_search("run", "--stage", "sr")
        done = self.eddy("score", "run", "events.h5:simulation", "-o", "scores.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.folder / "scores.h5") as scores:
            self.assertEqual(len(scores["score"]), 4000)

    def test_mistakes_are_found_before_a_run_folder_is_made(self):
        self.run_fails("[simulation]", "add file", settings=["simulation.file="])
        self.run_fails("context is empty", settings=["features.context=[]"])
        self.run_fails("copies = 2", "only generate", settings=["search.method=reweight", "extrapolation.copies=2"])
        self.run_fails("keep_epochs = 3", "raise [flow] members", settings=["flow.keep_epochs=3"])
        self.run_fails("batch_norm", "morph", settings=["search.method=morph", "flow.batch_norm=true"])
        self.run_fails("[extrapolation]", "no meaning for method", settings=["search.method=conrad"])


if __name__ == "__main__":
    unittest.main()
