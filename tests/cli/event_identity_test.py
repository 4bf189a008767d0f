"""[data] identity: columns that name events come out of a search exactly as they went in."""

import json
import unittest

import h5py
import numpy as np

from workspace import N_EVENTS, Workspace, events, write

FIRST = 2**63 - N_EVENTS  # no float holds it, int64 just does


class EventIdentity(Workspace):
    def setUp(self):
        super().setUp()
        text = (self.folder / "search.toml").read_text()
        self.write_config(text.replace('label = "label"', 'label = "label"\nidentity = ["run", "event"]'))
        self.number(np.full(N_EVENTS, 362104, "i4"), np.arange(N_EVENTS, dtype="u8") + np.uint64(FIRST))

    def number(self, run, event):
        """Gives the data these columns."""
        with h5py.File(self.folder / "events.h5", "a") as file:
            for name, values in (("run", run), ("event", event)):
                if f"data/{name}" in file:
                    del file[f"data/{name}"]
                if values is not None:
                    file[f"data/{name}"] = values

    def copies(self):
        return json.loads((self.run_search("run", "--fresh") / "result.json").read_text())["inputs"][0]["n_copies"]

    def test_comes_out_of_a_search_and_of_score(self):
        run = self.run_search()
        done = self.eddy("score", "run", "events.h5:data", "-o", "scored.h5", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        for path in (run / "scores.h5", self.folder / "scored.h5"):
            with h5py.File(path) as file:
                row = file["row"][()]
                self.assertEqual(file["event"].dtype, np.dtype("i8"))
                np.testing.assert_array_equal(file["event"][()], FIRST + row)
                np.testing.assert_array_equal(file["run"][()], np.full(len(row), 362104))
        anomaly = json.loads((run / "result.json").read_text())["anomaly"]
        self.assertEqual(anomaly["identity"], ["run", "event"])
        self.assertEqual(len(anomaly["events"]), 20)
        for event in anomaly["events"]:
            self.assertEqual(event["identity"], [362104, FIRST + event["row"]])

    def test_of_injected_events_is_none(self):
        write(self.folder / "signal.h5", {"data": events(3, 50)})
        run = self.run_search("run", "--set", "inject.file=signal.h5:data", "--set", "inject.count=20")
        with h5py.File(run / "scores.h5") as file:
            injected = file["row"][()] >= N_EVENTS
            self.assertEqual(injected.sum(), 20)
            self.assertTrue((file["event"][()][injected] == -1).all())
            self.assertTrue((file["event"][()][~injected] >= FIRST).all())

    def test_does_not_hide_injected_copies(self):
        with h5py.File(self.folder / "events.h5") as file:
            copied = {name: column[:50] for name, column in file["data"].items() if name not in ("run", "event")}
        write(self.folder / "signal.h5", {"data": copied})
        run = self.run_search("run", "--set", "inject.file=signal.h5:data", "--set", "inject.count=40")
        result = json.loads((run / "result.json").read_text())
        self.assertEqual(result["inputs"][0]["n_copies"], 40)

    def test_that_is_no_whole_number_is_refused(self):
        self.number(None, np.arange(N_EVENTS) + 0.5)
        self.run_fails("'run'", code=2)
        self.number(np.zeros(N_EVENTS, "i4"), np.arange(N_EVENTS) + 0.5)
        self.run_fails("[data] identity names 'event', which holds 0.5 in row 0", "whole numbers")
        self.number(np.zeros(N_EVENTS, "i4"), np.full(N_EVENTS, 2.0**60))
        self.run_fails("[data] identity names 'event'", "kept exactly")
        self.number(np.zeros(N_EVENTS, "i4"), np.full(N_EVENTS, 2.0**53))  # what 2^53 + 1 is rounded to, too
        self.run_fails("[data] identity names 'event'", "kept exactly")
        self.number(np.zeros(N_EVENTS, "f4"), np.full(N_EVENTS, 2.0**24, "f4"))
        self.run_fails("[data] identity names 'event'", "kept exactly")
        self.number(np.zeros(N_EVENTS, "i4"), np.full(N_EVENTS, 2**63, "u8"))
        self.run_fails("[data] identity names 'event'", "9223372036854775808")

    def test_cannot_have_the_name_of_another_column_of_the_scores(self):
        self.run_fails("[data] identity \"score\"", "scores.h5", settings=["data.identity=['score']"])
        self.run_fails("[data] identity \"run\"", "second column", settings=["data.identity=['run', 'run']"])

    def test_tells_copies_from_equals(self):
        table = self.tables["data"]
        doubled = {name: np.concatenate([values[: N_EVENTS // 2]] * 2) for name, values in table.items()}
        write(self.folder / "events.h5", {"data": doubled, "template": self.tables["template"]})
        half = np.arange(N_EVENTS // 2)
        self.number(np.zeros(N_EVENTS, "i4"), np.concatenate([half, half]))
        self.assertGreater(self.copies(), 500)
        self.number(np.zeros(N_EVENTS, "i4"), np.arange(N_EVENTS))
        self.assertEqual(self.copies(), 0)


if __name__ == "__main__":
    unittest.main()
