"""A folder of finished tasks that several searches share never changes a result: what a task depends on names it."""

import os
import unittest

from workspace import CONFIG, Workspace, events, write

BENCHMARKS = """
[inject]
file = "truth.h5:signal"
count = 30
[benchmarks]
background = "truth.h5:background"
signal = "truth.h5:signal"
members = 2
"""

# One setting each; all runs share one store, so each must not take over what another left there.
CHANGES = ["regions.signal=met > 750", "regions.selection=met > 520", "features.x=[\"ratio\", \"m\"]", "search.seed=2", "flow.epochs=2",
           "flow.members=1", "classifier.space=z", "classifier.reference=normal", "classifier.reference=template", "classifier.reference_ratio=2",
           "classifier.context_quantile=0.9", "classifier.members=4", "classifier.kind=mlp", "trees.max_iterations=6", "folds.k=3", "inject.count=31",
           "inject.seed=2", "benchmarks.members=3", "working_points.efficiency=[0.2]", "columns.ratio=m / t + 1",
           # Equal features, other events in the signal region.
           "regions.signal=met > 700 && label < 2 && t > 1.1"]


class SharedStore(Workspace):
    def setUp(self):
        super().setUp()
        signal = events(4, 1000)
        signal["m"] = 4 + signal["m"] / 10
        write(self.folder / "truth.h5", {"background": events(3, 3000), "signal": signal})
        self.write_config(CONFIG + BENCHMARKS)

    def test_never_changes_a_result(self):
        self.run_search("first", "--store", "store")
        for i, change in enumerate(CHANGES):
            with self.subTest(change=change):
                settings = ["--set", change, "--set", "mlp.epochs=1", "--set", "mlp.hidden=8"]
                own = self.run_search(f"own{i}", *settings)
                shared = self.run_search(f"shared{i}", "--store", "store", *settings)
                self.same_result(own, shared)
                self.assertEqual(set(os.listdir(shared / "models")), {"scorer.eddy"})
        # The first search again, now that the store is full of others' tasks.
        self.same_result(self.folder / "first", self.run_search("last", "--store", "store"))


if __name__ == "__main__":
    unittest.main()
