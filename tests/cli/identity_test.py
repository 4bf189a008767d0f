"""No event is judged by a model that saw it: not where files were skimmed, cut or reordered under a store that is full, not where events stand twice, not where
labels changed or an artefact stands in another's place."""

import json
import shutil
import unittest

import h5py
import numpy as np
from workspace import CONFIG, Workspace, artefacts, events, write

BENCHMARKS = """
[benchmarks]
background = "truth.h5:background"
signal = "truth.h5:signal"
members = 2
"""


def take(columns, rows):
    return {name: values[rows] for name, values in columns.items()}


class SkimmedFiles(Workspace):
    """Folds are a function of the row, so the same events in other rows are in other folds."""

    def test_give_what_an_empty_store_gives(self):
        rng = np.random.default_rng(5)
        n = len(self.tables["data"]["met"])
        shorter = self.tables["data"]["met"] > 511  # keeps nearly all that the selection keeps
        samples = {"skimmed": np.flatnonzero(shorter), "cut off": np.arange(1, n), "reordered": rng.permutation(n)}
        self.run_search("all", "--store", "store")
        for name, rows in samples.items():
            with self.subTest(sample=name):
                write(self.folder / "events.h5", {role: take(table, rows) for role, table in self.tables.items()})
                own = self.run_search(f"own {name}")
                self.same_result(own, self.run_search(f"shared {name}", "--store", "store"))

    def test_train_again_in_the_folder_of_the_whole(self):
        self.run_search("run")
        write(self.folder / "events.h5", {role: take(table, np.arange(1, len(table["met"]))) for role, table in self.tables.items()})
        self.same_result(self.run_search("own"), self.run_search("run"))


class Labels(Workspace):
    def test_that_changed_train_their_own_supervised_classifiers(self):
        signal = events(4, 1000)
        signal["m"] = 4 + signal["m"] / 10
        truth = {"background": events(3, 3000), "signal": signal}
        write(self.folder / "truth.h5", truth)
        self.write_config(CONFIG + BENCHMARKS)
        self.run_search("first", "--store", "store")
        self.tables["data"]["label"] = 1 - self.tables["data"]["label"]
        write(self.folder / "events.h5", self.tables)
        self.same_result(self.run_search("own"), self.run_search("shared", "--store", "store"))


class Artefacts(Workspace):
    def test_in_the_place_of_another_are_computed_again(self):
        good = self.run_search("good")
        names = sorted(artefacts(good))
        for kind in ("flow", "classifier"):
            with self.subTest(kind=kind):
                first, *_, last = [name for name in names if name.startswith(kind)]
                shutil.rmtree(self.folder / "bad", ignore_errors=True)
                shutil.copytree(good, self.folder / "bad")
                shutil.copy(good / "models" / first, self.folder / "bad/models" / last)
                done = self.eddy("run", "search.toml", "--out", "bad")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("another task", done.stderr)
                self.same_result(good, self.folder / "bad")


class Scorer(Workspace):
    def test_of_another_run_scores_nothing(self):
        for name, seed in (("first", 1), ("second", 2)):
            self.run_search(name, "--set", f"search.seed={seed}")
        self.assertEqual(self.eddy("score", "first", "events.h5:data", "-o", "scored.h5").returncode, 0)
        shutil.copy(self.folder / "second/models/scorer.eddy", self.folder / "first/models/scorer.eddy")
        self.fails(["score", "first", "events.h5:data", "-o", "x.h5", "--quiet"], "models/scorer.eddy", "another run", "first/result.json", "again", code=1)
        self.assertFalse((self.folder / "x.h5").exists())


class Copies(Workspace):
    def copies_in(self, run):
        result = json.loads((self.folder / run / "result.json").read_text())
        return {record["role"]: (record["n_copies"], record["n_also_in_data"]) for record in result["inputs"]}, result["warnings"]

    def test_share_a_fold_and_are_said(self):
        once = self.tables["data"]
        self.run_search("once")
        records, warnings = self.copies_in("once")
        self.assertEqual(records, {"data": (0, 0), "template": (0, 0)})
        self.assertFalse([w for w in warnings if "copies" in w], warnings)

        twice = {name: np.concatenate([values, values]) for name, values in once.items()}
        write(self.folder / "events.h5", {**self.tables, "data": twice})
        done = self.eddy("run", "search.toml", "--out", "twice")
        self.assertEqual(done.returncode, 0, done.stderr)
        n = int(np.sum(np.asarray(once["met"], "f4") > 510))
        self.assertIn(f"{n} of {2 * n} selected events of the data", done.stderr)
        records, warnings = self.copies_in("twice")
        self.assertEqual(records["data"], (n, 0))
        self.assertTrue([w for w in warnings if "copies" in w], warnings)
        with h5py.File(self.folder / "twice/scores.h5") as scores:
            row, score = scores["row"][...].astype(int), scores["score"][...]
        by_row = dict(zip(row, score))
        self.assertEqual([by_row[r] for r in row[row < len(once["met"])]], [by_row[r + len(once["met"])] for r in row[row < len(once["met"])]],
                         "copies have different scores: they were in different folds")

    def test_in_two_roles_are_said(self):
        template = self.tables["template"]
        mixed = {name: np.concatenate([values, self.tables["data"][name][:200]]) for name, values in template.items()}
        write(self.folder / "events.h5", {**self.tables, "template": mixed})
        n = int(np.sum(np.asarray(self.tables["data"]["met"][:200], "f4") > 510))
        for reference in ("control_region", "template"):
            with self.subTest(reference=reference):
                self.run_search(reference, "--set", f"classifier.reference={reference}")
                records, warnings = self.copies_in(reference)
                self.assertEqual(records["template"], (0, n))
                self.assertTrue([w for w in warnings if "in the data too" in w], warnings)


if __name__ == "__main__":
    unittest.main()
