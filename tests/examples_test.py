"""The examples hold together: every file, group and column that a configuration names is there, and the samples are disjoint."""

import re
import tomllib
import unittest
from pathlib import Path

import h5py
import numpy as np

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SMALL = EXAMPLES / "data/monojet-small.h5"


def locations(value):
    """All texts of a configuration that name an event file."""
    if isinstance(value, dict):
        for item in value.values():
            yield from locations(item)
    elif isinstance(value, str) and ".h5" in value:
        yield value


def names_in(expression):
    return set(re.findall(r"[a-z]\w*", expression))


def columns_used(config):
    """What the events must provide: all names in features and expressions but those defined by expressions."""
    derived = config["columns"]
    used = {*config["features"]["context"], *config["features"]["x"]} - set(derived)
    return used.union(*map(names_in, derived.values()), *map(names_in, config["regions"].values()))


def rows(group):
    """The events of a group as a set, to see whether two groups share some."""
    with h5py.File(SMALL) as file:
        return set(zip(*(file[group][name][:] for name in ("met", "pt_j1", "m_j1", "tau1_j1", "tau2_j1", "tau3_j1"))))


class Examples(unittest.TestCase):
    def test_name_existing_files_and_columns(self):
        configs = sorted(EXAMPLES.glob("*.toml"))
        self.assertGreaterEqual(len(configs), 4)
        for path in configs:
            config = tomllib.loads(path.read_text(encoding="utf-8"))
            for location in locations(config):
                if location.startswith("${EDDY_DATA}/"):
                    continue  # the full samples are not part of the repository
                with self.subTest(config=path.name, location=location), h5py.File(EXAMPLES / location.split(":")[0]) as file:
                    self.assertLessEqual(columns_used(config), set(file[location.split(":")[1]]))

    def test_only_the_full_studies_need_other_data(self):
        for path in EXAMPLES.glob("*.toml"):
            with self.subTest(config=path.name):
                self.assertEqual("EDDY_DATA" in path.read_text(encoding="utf-8"), path.name.startswith("monojet-full"))

    def test_small_sample_is_small(self):
        self.assertLess(SMALL.stat().st_size, 5_000_000)

    def test_samples_share_no_events(self):
        for first, second in [("data", "null"), ("data", "background"), ("null", "background"), ("data", "signal")]:
            with self.subTest(first=first, second=second):
                self.assertEqual(rows(first) & rows(second), set())

    def test_labels_are_where_they_belong(self):
        with h5py.File(SMALL) as file:
            self.assertNotIn("label", file["template"])
            labels = {name: np.unique(file[name]["label"][:]).tolist() for name in ("data", "null", "background", "signal")}
            self.assertEqual(labels, {"data": [0, 1], "null": [0], "background": [0], "signal": [1]})
            self.assertEqual(file["data"]["met"].attrs["units"], "GeV")


if __name__ == "__main__":
    unittest.main()
