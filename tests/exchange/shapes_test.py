"""Cards with shapes, which the Python package makes of counting cards: they keep combine's rules, and say the same to the last digits.

usage: shapes_test.py FOLDER     (of make_runs.py; the Python environment of tools/requirements/exchange.txt, with eddy on PYTHONPATH)
"""

import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import uproot
from card import Card

import eddy

FOLDER = Path(sys.argv.pop())


class Shapes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_every_card_says_the_same_with_shapes(self):
        n_cards = 0
        rng = np.random.default_rng(3)
        for source in sorted(FOLDER.glob("*/export/combine")):
            written = eddy.combine_shapes(source, self.folder / source.parts[-3])
            self.assertEqual([path.name for path in written], sorted(path.name for path in source.glob("*.txt")))
            for path in written:
                counting, shapes = Card((source / path.name).read_text()), Card(path.read_text(), path.parent)
                self.assertEqual(shapes.errors, [], path)
                self.assertEqual(shapes.observed, counting.observed)
                self.assertEqual((shapes.free, shapes.pulls), (counting.free, counting.pulls))
                for step in range(3):
                    values = {name: start * (1 + step * rng.uniform(-0.1, 0.1)) + (step > 0 and low < 0) * rng.uniform(-0.5, 0.5)
                              for name, (start, low, _) in counting.free.items()}
                    values |= {name: step * rng.normal() for name in [*counting.pulls, *counting.sizes]}
                    ours, theirs = shapes.means(1.7, values), counting.means(1.7, values)
                    self.assertEqual(set(ours), set(theirs))
                    np.testing.assert_allclose([ours[name] for name in theirs], list(theirs.values()), rtol=1e-12, atol=1e-12)
                n_cards += 1
        self.assertGreaterEqual(n_cards, 15)

    def test_spectra_are_histograms_of_their_masses(self):
        for run, at_least in (("dijet", 2), ("bernstein", 5)):
            eddy.combine_shapes(FOLDER / run / "export/combine/cut_0.3.txt", self.folder)
            with uproot.open(self.folder / "cut_0.3.root") as file:
                counts, edges = file["spectrum/data_obs"].to_numpy()
                self.assertGreaterEqual(len([key for key in file.keys() if "/background" in key]), at_least)
            self.assertGreater(edges[0], 2000)  # GeV, as in the events
            self.assertGreater(len(counts), 10)

    def test_what_is_no_card_says_so(self):
        with self.assertRaisesRegex(eddy.FileError, "there is no card in .*eddy export RUN --format combine"):
            eddy.combine_shapes(self.folder, self.folder / "out")
        (self.folder / "mine.txt").write_text("bin one\nobservation 3 4\n")
        with self.assertRaisesRegex(eddy.DataError, "mine.txt' is no counting card as eddy exports it"):
            eddy.combine_shapes(self.folder / "mine.txt", self.folder / "out")
        with self.assertRaisesRegex(eddy.ConfigError, "which would be replaced"):
            eddy.combine_shapes(FOLDER / "dijet/export/combine", FOLDER / "dijet/export/combine")


if __name__ == "__main__":
    unittest.main()
