"""The examples hold together: every file, group and column that a configuration names is there, and the samples are what they
are said to be."""

import re
import subprocess
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

import h5py
import numpy as np

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SMALL = EXAMPLES / "data/monojet-small.h5"
DIJET = EXAMPLES / "data/dijet-small.h5"
DARKQCD = EXAMPLES / "data/darkqcd-small.h5"
QUAK = EXAMPLES / "data/quak-small.h5"
FULL_STUDIES = ("monojet-full", "dijet-full", "darkqcd-full", "darkqcd-study", "lhco", "quak-")  # the full samples are not part of the repository

# What the LHC Olympics features file, as published, has.
QUANTITIES = ("px", "py", "pz", "m", "tau1", "tau2", "tau3")
OFFICIAL = [f"{quantity}{jet}" for jet in ("j1", "j2") for quantity in QUANTITIES] + ["label"]

# The functions of eddy's expressions that the examples use, in NumPy's words.
FUNCTIONS = {"sqrt": np.sqrt, "abs": np.abs, "min": np.minimum, "asinh": np.arcsinh, "atan2": np.arctan2, "rint": np.rint,
             "where": np.where, "_pi": np.pi}


def load(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def is_study(path):
    return "study" in load(path)


def study_settings(study):
    """What a study sets: section, key, values."""
    for text in study["study"].get("set", []):
        name, value = text.split("=", 1)
        yield *name.split(".", 1), [value]
    for axis in study["axis"]:
        yield *axis["key"].split(".", 1), axis.get("values", [1])


def locations(value):
    """All texts of a configuration that name an event file."""
    if isinstance(value, dict):
        for item in value.values():
            yield from locations(item)
    elif isinstance(value, list):  # sections that may stand several times
        for item in value:
            yield from locations(item)
    elif isinstance(value, str) and any(part in value for part in (".h5", ".npy", "-ubyte")):
        yield value


def names_in(expression):
    return set(re.findall(r"\b[A-Za-z_]\w*", expression)) - set(FUNCTIONS)


def columns_used(config):
    """What the events must provide: all names in features and expressions but those defined by expressions."""
    derived = config.get("columns", {})
    used = {*config["features"]["context"], *config["features"]["x"]}
    return used.union(*map(names_in, derived.values()), *map(names_in, config.get("regions", {}).values())) - set(derived)


def columns_in(path, group):
    """Names of the columns of a table: datasets of a group, or what pandas lists for its key."""
    with h5py.File(path) as file:
        table = file[group] if group else file["df"]
        return {name.decode() for name in table["axis0"][:]} if "axis0" in table else set(table)


def columns_available(location, config):
    """None where the events are not part of the repository."""
    path, _, group = location.partition(":")
    if path == "../runs/toy.h5":
        return {"m", "x1", "x2"}  # test_toy_is_that_of_the_paper makes one and looks
    if path == "${EDDY_DATA}/events_anomalydetection_v2.features.h5":
        return set(OFFICIAL)
    if path.startswith("${EDDY_DATA}/lhco/"):
        return set(config["data"]["columns"])
    return None if path.startswith("${EDDY_DATA}/") else columns_in(EXAMPLES / path, group)


def rows(group):
    """The events of a group as a set, to see whether two groups share some."""
    with h5py.File(SMALL) as file:
        return set(zip(*(file[group][name][:] for name in ("met", "pt_j1", "m_j1", "tau1_j1", "tau2_j1", "tau3_j1"))))


def dijet_events():
    with h5py.File(DIJET) as file:
        names = [name.decode() for name in file["df/block0_items"][:]]
        return dict(zip(names, file["df/block0_values"][:].astype(float).T))


def evaluate(expression, columns):
    python = re.sub(r"^(.+) \? (.+) : (.+)$", r"where(\1, \2, \3)", expression.replace("^", "**"))
    return eval(python, {"__builtins__": {}} | FUNCTIONS, columns)  # texts of our own repository


def with_derived(config, events):
    """The columns of `events` and those of the configuration, which stand in the order in which they are needed."""
    columns = dict(events)
    for name, expression in config["columns"].items():
        columns[name] = evaluate(expression, columns)
    return columns


def make_toy(path, *options):
    return subprocess.run([sys.executable, EXAMPLES / "make_toy.py", path, *options], capture_output=True, text=True, check=False)


class Examples(unittest.TestCase):
    def test_name_existing_files_and_columns(self):
        configs = [path for path in sorted(EXAMPLES.glob("*.toml")) if not is_study(path)]
        self.assertGreaterEqual(len(configs), 9)
        for path in configs:
            config = load(path)
            self.assertGreater(len(list(locations(config))), 0, path.name)
            for location in locations(config):
                with self.subTest(config=path.name, location=location):
                    available = columns_available(location, config)
                    if available is not None:
                        self.assertLessEqual(columns_used(config), available)

    def test_studies_change_existing_configurations(self):
        studies = [path for path in sorted(EXAMPLES.glob("*.toml")) if is_study(path)]
        self.assertGreaterEqual(len(studies), 2)
        for path in studies:
            study = load(path)
            base = load(EXAMPLES / study["study"]["base"])
            for section, key, values in study_settings(study):
                for value in values:
                    base.setdefault(section, {})[key] = value
                    for location in locations(value if isinstance(value, str) else ""):
                        with self.subTest(study=path.name, location=location):
                            self.assertLessEqual(columns_used(base), columns_available(location, base))

    def test_only_the_full_studies_need_other_data(self):
        for path in EXAMPLES.glob("*.toml"):
            with self.subTest(config=path.name):
                self.assertEqual("EDDY_DATA" in path.read_text(encoding="utf-8"), path.name.startswith(FULL_STUDIES))

    def test_small_samples_are_small(self):
        self.assertLess(SMALL.stat().st_size, 5_000_000)
        self.assertLess(DIJET.stat().st_size, 4_000_000)
        self.assertLess(DARKQCD.stat().st_size, 3_000_000)
        self.assertLess(QUAK.stat().st_size, 2_500_000)


class SmallMonojetSample(unittest.TestCase):
    def test_groups_share_no_events(self):
        for first, second in [("data", "null"), ("data", "background"), ("null", "background"), ("data", "signal")]:
            with self.subTest(first=first, second=second):
                self.assertEqual(rows(first) & rows(second), set())

    def test_labels_are_where_they_belong(self):
        with h5py.File(SMALL) as file:
            self.assertNotIn("label", file["template"])
            labels = {name: np.unique(file[name]["label"][:]).tolist() for name in ("data", "null", "background", "signal")}
            self.assertEqual(labels, {"data": [0, 1], "null": [0], "background": [0], "signal": [1]})
            self.assertEqual(file["data"]["met"].attrs["units"], "GeV")


class SmallDarkQcdSample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with h5py.File(DARKQCD) as file:
            cls.groups = {name: {column: file[name][column][:].astype(float) for column in file[name]} for name in file}
        cls.in_region = {name: (g["ht"] > 600) & (g["met"] > 50) for name, g in cls.groups.items()}

    def test_groups_share_no_events(self):
        events = {name: set(zip(g["ht"], g["met"], g["mjj"])) for name, g in self.groups.items()}
        self.assertEqual(events["data"] & events["background"], set())
        self.assertEqual(events["data"] & events["signal"], set())

    def test_holds_the_signal_that_is_documented(self):
        signal = self.groups["data"]["label"] == 1
        region = self.in_region["data"]
        self.assertAlmostEqual((region & signal).sum() / np.sqrt((region & ~signal).sum()), 2.5, delta=0.02)

    def test_data_and_true_background_were_thinned_alike(self):
        background = self.groups["data"]["label"] == 0
        parts = [self.in_region["data"][background], self.in_region["background"]]
        fractions = [part.mean() for part in parts]
        # A fraction p of n events scatters by sqrt(p (1 - p) / n); five of the difference of two.
        delta = 5 * np.sqrt(sum(f * (1 - f) / len(part) for f, part in zip(fractions, parts)))
        self.assertAlmostEqual(fractions[0], fractions[1], delta=delta)


class SmallDijetSample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.events = dijet_events()
        cls.signal = cls.events["label"] == 1
        cls.columns = with_derived(load(EXAMPLES / "dijet.toml"), cls.events)

    def test_has_the_columns_of_the_official_file(self):
        self.assertEqual(list(self.events), OFFICIAL)
        self.assertTrue(all(np.isfinite(values).all() for values in self.events.values()))
        self.assertEqual(np.unique(self.events["label"]).tolist(), [0, 1])

    def test_holds_the_signal_that_is_documented(self):
        mass = self.columns["mjj"]
        in_region = (mass > 3300) & (mass < 3700)
        s_over_sqrt_b = (in_region & self.signal).sum() / np.sqrt((in_region & ~self.signal).sum())
        self.assertAlmostEqual(s_over_sqrt_b, 2.3, delta=0.02)  # one event is 0.011

    def test_signal_is_mixed_in(self):
        # Mean position of n of N events in random order: N/2 within N/sqrt(12 n); five of these.
        n_events, n_signal = len(self.signal), self.signal.sum()
        self.assertAlmostEqual(np.flatnonzero(self.signal).mean() / n_events, 0.5, delta=5 / np.sqrt(12 * n_signal))

    def test_no_event_is_there_twice(self):
        self.assertEqual(len(np.unique(np.column_stack(list(self.events.values())), axis=0)), len(self.signal))


class DijetColumns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.events = dijet_events()
        cls.config = load(EXAMPLES / "dijet.toml")
        cls.columns = with_derived(cls.config, cls.events)

    def assert_close(self, actual, desired):
        np.testing.assert_allclose(actual, desired, rtol=1e-9, atol=1e-9)  # doubles; cancellation costs some digits

    def test_mass_is_that_of_the_sum_of_both_jets(self):
        c = self.columns
        dot = c["e1"] * c["e2"] - c["pxj1"] * c["pxj2"] - c["pyj1"] * c["pyj2"] - c["pzj1"] * c["pzj2"]
        self.assert_close(c["mjj"], np.sqrt(c["mj1"] ** 2 + c["mj2"] ** 2 + 2 * dot))

    def test_features_do_not_depend_on_the_order_of_the_jets(self):
        other = {"j1": "j2", "j2": "j1"}
        swapped = {name[:-2] + other.get(name[-2:], name[-2:]): values for name, values in self.events.items()}
        mirrored = with_derived(self.config, swapped)
        # Jets of equal mass have no lighter one.
        different = self.events["mj1"] != self.events["mj2"]
        for name in ("mjj", "m1", "dm", "tau21_1", "tau21_2", "dr"):
            with self.subTest(column=name):
                self.assert_close(mirrored[name][different], self.columns[name][different])

    def test_azimuth_is_wrapped(self):
        # Both 0.1 away from the negative x axis, on either side of it: 0.2 apart, though their angles differ by 2 pi - 0.2.
        angles = {"j1": np.array([np.pi - 0.1]), "j2": np.array([-np.pi + 0.1])}
        events = {name: np.array([1.0]) for name in OFFICIAL}
        for jet, phi in angles.items():
            events |= {f"px{jet}": np.cos(phi), f"py{jet}": np.sin(phi)}
        self.assert_close(with_derived(self.config, events)["dr"], [0.2])

    def test_all_configurations_mean_the_same(self):
        for name, unit in [("dijet-full.toml", 1.0), ("lhco.toml", 1e-3)]:
            config = load(EXAMPLES / name)
            columns = with_derived(config, self.events)
            mass = "mjj" if unit == 1 else "mjj_tev"  # files of eddy features have an mjj of their own, in GeV
            for column, same in ((mass, "mjj"), ("m1", "m1"), ("dm", "dm")):
                with self.subTest(config=name, column=column):
                    self.assert_close(columns[column], unit * self.columns[same])
                    self.assertEqual(config["units"][column], "GeV" if unit == 1 else "TeV")
            for column in ("tau21_1", "tau21_2", "dr"):
                with self.subTest(config=name, column=column):
                    self.assert_close(columns[column], self.columns[column])

    def test_lot_of_the_lhco_example_has_nothing_to_do_with_physics(self):
        config = load(EXAMPLES / "lhco.toml")
        columns = with_derived(config, self.events)
        # Uniform: the mean of 60258 events scatters by 0.0012, the share below 0.01 by 0.0004; five of these.
        self.assertAlmostEqual(columns["lot"].mean(), 0.5, delta=0.006)
        self.assertAlmostEqual((columns["lot"] < 0.01).mean(), 0.01, delta=0.002)
        for name in ("mjj_tev", "m1", "dm", "tau21_1", "tau21_2"):
            with self.subTest(column=name):  # independent: the coefficient scatters by 1 / sqrt(n); five of these
                coefficient = np.corrcoef(columns["lot"], columns[name])[0, 1]
                self.assertAlmostEqual(coefficient, 0, delta=5 / np.sqrt(len(columns["lot"])))


class SmallQuakSample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with h5py.File(QUAK) as file:
            cls.groups = {group: {name: file[group][name][:] for name in file[group]} for group in file}
            cls.units = {name: dataset.attrs.get("units", "") for name, dataset in file["data"].items()}

    def test_has_the_inputs_of_the_paper_and_the_mass(self):
        config = load(EXAMPLES / "quak.toml")
        inputs = {*config["features"]["x"], *config["features"]["context"]}
        self.assertEqual(len(config["features"]["x"]), 12)
        self.assertEqual(set(self.groups["data"]), inputs | {"label"})
        for group in ("background", "prior"):
            self.assertEqual(set(self.groups[group]), inputs)
        self.assertEqual({name for name, unit in self.units.items() if unit == "GeV"}, {"mjj", "m_j1", "m_j2", "tau1_j1", "tau1_j2"})
        for columns in self.groups.values():
            self.assertTrue(all(np.isfinite(values).all() for values in columns.values()))

    def test_data_and_background_share_no_events(self):
        names = sorted(self.groups["background"])
        data, background = (set(zip(*(self.groups[group][name] for name in names))) for group in ("data", "background"))
        self.assertEqual(data & background, set())

    def test_holds_the_signal_that_is_documented(self):
        label, mass = (self.groups["data"][name] for name in ("label", "mjj"))
        self.assertEqual(label.sum(), 120)
        self.assertAlmostEqual(np.median(mass[label == 1]), 3500, delta=100)
        self.assertAlmostEqual(np.median(self.groups["prior"]["mjj"]), 4500, delta=100)


class Toy(unittest.TestCase):
    N_EVENTS = 20_000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "new/toy.h5"

    def read(self):
        with h5py.File(self.path) as file:
            return {group: {name: file[group][name][:] for name in file[group]} for group in file}

    def made(self, *options):
        run = make_toy(self.path, "--events", str(self.N_EVENTS), *options)
        self.assertEqual(run.returncode, 0, run.stderr)
        return self.read()

    def test_toy_is_that_of_the_paper(self):
        for correlation in (0.1, 0.001):
            toy = self.made("--correlation", str(correlation))
            self.assertEqual(set(toy), {"data", "sample"})
            for group, columns in toy.items():
                with self.subTest(correlation=correlation, group=group):
                    self.assertEqual(set(columns), {"m", "x1", "x2"})
                    self.assertTrue(all(values.dtype == np.float32 for values in columns.values()))
                    mass = columns["m"].astype(float)
                    self.assertLessEqual(np.abs(mass).max(), 10)
                    # Standard deviation 20 / sqrt(12); that of its estimate is 0.45 / sqrt(n) of it; five of these.
                    self.assertAlmostEqual(mass.std() / (20 / np.sqrt(12)), 1, delta=5 * 0.45 / np.sqrt(self.N_EVENTS))
                    for name in ("x1", "x2"):
                        # Unit width around the line: its slope scatters by 1 / (std(m) sqrt(n)) = 0.0012; five of these.
                        slope = np.polyfit(mass, columns[name].astype(float), 1)[0]
                        self.assertAlmostEqual(slope, correlation, delta=0.0062)
                        rest = columns[name] - correlation * mass
                        self.assertAlmostEqual(rest.std(), 1, delta=5 / np.sqrt(2 * self.N_EVENTS))

    def test_groups_are_independent_and_seeded(self):
        first, again, other = self.made(), self.made("--seed", "1"), self.made("--seed", "2")
        self.assertFalse(np.array_equal(first["data"]["m"], first["sample"]["m"]))
        self.assertTrue(np.array_equal(first["data"]["x1"], again["data"]["x1"]))
        self.assertFalse(np.array_equal(first["data"]["x1"], other["data"]["x1"]))

    def test_no_events_are_refused(self):
        run = make_toy(self.path, "--events", "0")
        self.assertEqual(run.returncode, 1)
        self.assertIn("--events 0 leaves the groups empty; give at least 1", run.stderr)

    def test_latent_columns_undo_the_correlation(self):
        config = load(EXAMPLES / "toy-sculpting.toml")
        toy = self.made("--correlation", "0.1")["data"]
        columns = with_derived(config, {name: values.astype(float) for name, values in toy.items()})
        for name in ("z1", "z2"):
            # Independent: the coefficient scatters by 1 / sqrt(n); five of these.
            self.assertAlmostEqual(np.corrcoef(columns["m"], columns[name])[0, 1], 0, delta=5 / np.sqrt(self.N_EVENTS))


if __name__ == "__main__":
    unittest.main()
