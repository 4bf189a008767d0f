"""Further events in the space of losses of a run."""

import json
import unittest

import h5py
import numpy as np

from quak_case import QuakCase, columns_of


class QuakScore(QuakCase):
    def test_further_events_get_the_losses_and_the_category_that_the_run_gave_its_own(self):
        run = self.run_search("run", "--set", 'data.identity=["event"]', "--set", "quak.fit_range=[3, 6.5]")
        result = json.loads((run / "result.json").read_text())
        own = columns_of(run / "scores.h5")
        with h5py.File(self.folder / "events.h5") as file:
            data = {name: np.asarray(values) for name, values in file["data"].items()}
        rows = np.random.default_rng(6).permutation(len(data["met"]))[:1001]
        with h5py.File(self.folder / "further.h5", "w") as file:
            for name in reversed(list(data)):
                file[name] = data[name][rows]
        (self.folder / "events.h5").unlink()  # nothing that was trained on is needed
        for threads in (1, 2):
            done = self.eddy("score", run, "further.h5", "-o", "further-scores.h5", "--threads", threads)
            self.assertEqual(done.returncode, 0, done.stderr)
            scores = columns_of(self.folder / "further-scores.h5")
            self.assertEqual(set(scores), {"row", "event", "loss_background", "loss_up", "loss_down", "category", "in_spectrum"})
            np.testing.assert_array_equal(scores["row"], np.arange(1001))
            np.testing.assert_array_equal(scores["event"], rows)
            at = np.searchsorted(own["row"], rows)
            for name in ("loss_background", "loss_up", "loss_down", "category", "in_spectrum"):
                np.testing.assert_array_equal(scores[name].view(f"i{scores[name].itemsize}"),
                                              own[name][at].view(f"i{own[name].itemsize}"), name)
        [point] = result["working_points"]
        for number, category in enumerate(point["categories"], 1):
            self.assertEqual(((own["category"] == number) & (own["in_spectrum"] == 1)).sum(), category["n_events"])
        np.testing.assert_array_equal(own["category"] > 0, own["loss_background"] >= point["threshold"])
        self.assertGreater((own["category"] == 0).sum(), 0)
        self.assertGreater(((own["category"] > 0) & (own["in_spectrum"] == 0)).sum(), 0)

    def test_further_events_of_a_space_without_mass_get_losses_alone(self):
        self.run_search("run", "--set", "features.context=[]", "--set", "quak.scaler=minmax")
        done = self.eddy("score", "run", "events.h5:signal", "-o", "out.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        scores = columns_of(self.folder / "out.h5")
        self.assertEqual(set(scores), {"row", "loss_background", "loss_up", "loss_down"})
        self.assertGreater(min(scores[f"loss_{name}"].min() for name in ("background", "up", "down")), 0)
        self.assertIn("and were clipped to it", done.stderr)

    def test_events_that_cannot_be_scored_are_refused(self):
        run = self.run_search("run")
        with h5py.File(self.folder / "events.h5") as file, h5py.File(self.folder / "other.h5", "w") as other:
            for name in ("a", "c", "met"):
                other[name] = np.asarray(file[f"data/{name}"])
        self.fails(["score", "run", "other.h5", "-o", "out.h5"], "other.h5", "no column 'b'")
        self.assertFalse((self.folder / "out.h5").exists())
        (run / "models/scorer.eddy").unlink()
        self.fails(["score", "run", "events.h5:data", "-o", "out.h5"], "models/scorer.eddy", "run it again")


if __name__ == "__main__":
    unittest.main()
