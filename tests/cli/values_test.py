"""Numbers and conditions as a user means them: chains of comparisons, decimals, event numbers, NaN, names that are numbers."""

import json
import unittest

import h5py
import numpy as np
from workspace import N_EVENTS, Workspace


def write(path, tables):
    """Each column in its type: quantities are float32, event numbers int64."""
    with h5py.File(path, "w") as file:
        for group, columns in tables.items():
            for name, values in columns.items():
                file[f"{group}/{name}"] = values if values.dtype == np.int64 else values.astype("f4")


class Values(Workspace):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(8)
        self.tenths = rng.integers(0, 11, N_EVENTS)
        for table in self.tables.values():
            n = len(table["met"])
            table["wp"] = (np.resize(self.tenths, n) / 10).astype("f4")
            table["event"] = np.arange(n) + 2**60
            table["flag"] = np.where(np.arange(n) % 10 == 3, np.nan, 1.0)
        write(self.folder / "events.h5", self.tables)
        self.met = self.tables["data"]["met"]

    def n_selected(self, selection, *arguments):
        run = self.run_search("run", "--fresh", "--set", f"regions.selection={selection}", *arguments)
        return json.loads((run / "result.json").read_text())["inputs"][0]

    def test_chains_and_negated_comparisons_show_the_right_form(self):
        for key in ("regions.selection", "regions.signal", "data.selection", "columns.ratio"):
            with self.subTest(key=key):
                self.run_fails("510 < met < 900", "write '510 < met && met < 900'", settings=[f"{key}=510 < met < 900"])
                self.run_fails("write '!(met > 510)'", settings=[f"{key}=!met > 510"])

    def test_decimals_and_event_numbers_select_what_they_say(self):
        high = self.met > 510
        tenths = np.resize(self.tenths, len(self.met))
        self.assertEqual(self.n_selected("met > 510 && wp >= 0.3")["n_selected"], int(np.sum(high & (tenths >= 3))))
        odd = np.arange(len(self.met)) % 2 == 1
        selection = f"met > 510 && event % 2 == 1 && event != {2**60 + 1}"
        self.assertEqual(self.n_selected(selection)["n_selected"], int(np.sum(high & odd)) - int(high[1]))

    def test_undefined_selections_and_regions(self):
        high = self.met > 510
        nan = np.arange(len(self.met)) % 10 == 3
        first = int(np.flatnonzero(high & nan)[0])
        for setting in ("regions.selection=met > 510 && flag == 1", "data.selection=flag", "regions.signal=met > 700 == flag > 0"):
            with self.subTest(setting=setting):
                self.run_fails("is undefined for", "of the data", f"the first in row {first}", "column 'flag' is NaN", "isfinite(flag)",
                               'nonfinite = "drop" in [data]', settings=[setting])
        record = self.n_selected("met > 510 && flag == 1", "--set", "data.nonfinite=drop", "--set", "template.nonfinite=drop")
        self.assertEqual([record["n_selected"], record["n_dropped_nonfinite"]], [int(np.sum(high & ~nan)), int(np.sum(high & nan))])
        record = self.n_selected("met > 510 && isfinite(flag)")
        self.assertEqual([record["n_selected"], record["n_dropped_nonfinite"]], [int(np.sum(high & ~nan)), 0])

    def test_score_follows_the_same_rule(self):
        self.n_selected("met > 510 && isfinite(flag)", "--set", "regions.signal=met > 700 && flag")
        done = self.eddy("score", "run", "events.h5:data", "-o", "scores.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.tables["data"]["met"][:] = np.nan
        write(self.folder / "nan.h5", {"data": self.tables["data"]})
        self.fails(["score", "run", "nan.h5:data", "-o", "x.h5"], "is undefined for", "of the events", "column 'met' is NaN", "remove them from the file")
        self.assertFalse((self.folder / "x.h5").exists())

    def test_rows_are_integers(self):
        run = self.run_search()
        done = self.eddy("score", "run", "events.h5:data", "-o", "scores.h5")
        self.assertEqual(done.returncode, 0, done.stderr)
        for path in (run / "scores.h5", self.folder / "scores.h5"):
            with h5py.File(path) as file:
                self.assertEqual(file["row"].dtype, np.int64)
                np.testing.assert_array_equal(file["row"][:], np.flatnonzero(self.met > 510))

    def test_a_derived_column_does_not_hide_one_of_the_file(self):
        self.run_fails("has a column 'wp'", "'wp' = 'm / 2' would hide", "rename it in [columns]",
                       settings=["columns.wp=m / 2", "regions.selection=met > 510 && wp > 0"])

    def test_a_derived_column_is_not_taken_for_a_constant(self):
        self.run_fails("does not read _pi as the derived column 'met / 700'", "`_pi`", settings=["columns._pi=met / 700", "columns.ratio=_pi * m / t"])

    def test_names_that_are_numbers_are_asked_about(self):
        for table in self.tables.values():
            table["1"] = table["wp"]
        write(self.folder / "events.h5", self.tables)
        self.run_fails("has a column '1'", "does not read 1 as a column", "`1`", settings=["regions.selection=met > 510 && 1 > 0.25"])
        n = self.n_selected("met > 510 && `1` > 0.25")["n_selected"]
        self.assertEqual(n, int(np.sum((self.met > 510) & (self.tables["data"]["wp"] > 0.25))))

    def test_inspect_shows_all_digits(self):
        done = self.eddy("inspect", "events.h5:data")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f" {2**60} ", done.stdout)
        self.assertIn(f" {2**60 + len(self.met) - 1}\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
