"""What eddy says to event files it cannot use, and that asked-for remedies work."""

import json
import unittest

import h5py
import numpy as np
from workspace import CONFIG, N_EVENTS, Workspace, write


class BadFile(Workspace):
    def test_missing(self):
        self.run_fails("there is no file", "nothing.h5", "check the path", settings=["data.file=nothing.h5"], code=1)
        self.run_fails("is a folder", "name the file in it", settings=["template.file=."], code=1)

    def test_garbage(self):
        (self.folder / "garbage.h5").write_bytes(b"\x01\x02garbage" * 100)
        self.run_fails("garbage.h5' begins with the bytes 01 02", "convert it to HDF5", settings=["data.file=garbage.h5"])
        (self.folder / "empty.h5").write_bytes(b"")
        self.run_fails("empty.h5' is empty", "copy it again", settings=["data.file=empty.h5"], code=1)

    def test_truncated(self):
        whole = (self.folder / "events.h5").read_bytes()
        for size in (4, 600, len(whole) // 2, len(whole) - 1):
            with self.subTest(size=size):
                (self.folder / "cut.h5").write_bytes(whole[:size])
                self.run_fails("cut.h5", "copy", settings=["data.file=cut.h5:data"], code=1)

    def test_group(self):
        self.run_fails("holds 2 tables", "choose one", "data, template", settings=["data.file=events.h5"])
        self.run_fails("nogroup", "data", "template", settings=["data.file=events.h5:nogroup"])

    def test_missing_column(self):
        self.run_fails("has no column 'tt'", "did you mean 't'?", "label, m, met, t", settings=['features.x=["m", "tt"]'])
        self.run_fails("has no column 'truth'", "label, m, met, t", settings=["data.label=truth"])
        self.run_fails("has no column 'pt'", settings=["regions.signal=met > 700 && pt > 1"])


class BadValues(Workspace):
    def with_values(self, table, column, rows, value):
        self.tables[table][column][rows] = value
        write(self.folder / "events.h5", self.tables)

    def test_nan_in_a_used_column(self):
        first = int(np.flatnonzero(self.tables["data"]["met"] > 510)[3])
        self.with_values("data", "m", [first, first + 1000], np.nan)
        n = 1 + int(self.tables["data"]["met"][first + 1000] > 510)
        self.run_fails("column 'm' of the data", f"has {n} selected events that are NaN or infinite", f"the first in row {first}",
                       "[regions] selection", 'nonfinite = "drop" in [data]')

    def test_infinity_in_the_template(self):
        self.with_values("template", "m", slice(0, N_EVENTS, 100), np.inf)
        self.run_fails("column 'm' of the template", "the first in row", 'nonfinite = "drop" in [template]')

    def test_division_by_zero_in_a_derived_column(self):
        self.with_values("data", "t", slice(0, 300), 0)
        self.run_fails("column 'ratio' of the data", 'nonfinite = "drop"')

    def test_outside_the_selection_is_no_matter(self):
        rows = np.flatnonzero(self.tables["data"]["met"] <= 510)
        self.assertGreater(len(rows), 0)
        self.with_values("data", "m", rows, np.nan)
        self.run_search()

    def test_drop_works_and_is_counted(self):
        rows = np.flatnonzero(self.tables["data"]["met"] > 510)[:7]
        self.with_values("data", "m", rows, np.nan)
        run = self.run_search("run", "--set", "data.nonfinite=drop")
        records = json.loads((run / "result.json").read_text())["inputs"]
        self.assertEqual([record["n_dropped_nonfinite"] for record in records], [7, 0])
        self.assertEqual(records[0]["n_selected"], int(np.sum(self.tables["data"]["met"] > 510)) - 7)
        with h5py.File(run / "scores.h5") as file:
            self.assertFalse(np.any(np.isin(rows, file["row"][:])))

    def test_labels(self):
        self.with_values("data", "label", [5], 2)
        self.run_fails("label column 'label'", "holds 2 in row 5", "must be 0 or 1")


class TooFewEvents(Workspace):
    def test_empty_signal_region(self):
        self.run_fails("signal region of the data", "has 0 of", '"met > 1e9"', "loosen [regions] signal", settings=["regions.signal=met > 1e9"])

    def test_empty_control_region(self):
        self.run_fails("control region of the data", "has 0 of", 'tighten [regions] signal = "met > 0"', "or loosen selection", settings=["regions.signal=met > 0"])

    def test_empty_selection(self):
        self.run_fails("signal region of the data", "has 0 of 0 selected events", settings=["regions.selection=met < 0"])

    def test_fewer_than_the_folds_need(self):
        self.run_fails("at least 4000 are needed (200 folds)", "lower [folds] k", settings=["folds.k=200"])

    def test_template_without_tail(self):
        write(self.folder / "low.h5", {"template": {name: values[self.tables["template"]["met"] < 650]
                                                    for name, values in self.tables["template"].items()}})
        self.run_fails("signal region of the template", "has 0 of", settings=["template.file=low.h5"])

    def test_injection(self):
        inject = ["inject.file=events.h5:data"]
        self.run_fails("[inject] asks for 5000 events", "pass the selection", "inject fewer", settings=[*inject, "inject.count=5000"])
        self.write_config(CONFIG)
        low = {name: values[self.tables["data"]["met"] < 650] for name, values in self.tables["data"].items()}
        write(self.folder / "low.h5", {"signal": low})
        self.run_fails("no event of [inject]", "low.h5", "s_over_sqrt_b = 2", settings=["inject.file=low.h5", "inject.s_over_sqrt_b=2"])


if __name__ == "__main__":
    unittest.main()
