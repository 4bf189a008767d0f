"""Weighted samples: what a weight column does to a run, and what eddy says to weights that mean nothing."""

import json
import unittest

import extrapolation_test
import h5py
import jsonschema
import numpy as np
from workspace import BUMP, N_EVENTS, REPOSITORY, Workspace, write

SCHEMA = json.loads((REPOSITORY / "docs/result.schema.json").read_text(encoding="utf-8"))


class WeightedTemplate(Workspace):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(7)
        self.tables["template"]["one"] = np.ones(N_EVENTS)
        self.tables["template"]["w"] = rng.uniform(0.5, 1.5, N_EVENTS)
        write(self.folder / "events.h5", self.tables)

    def result(self, out, weight=""):
        return json.loads((self.run_search(out, "--set", f"template.weight={weight}") / "result.json").read_text())

    def test_ones_are_none_and_others_are_recorded(self):
        plain, ones, weighted = self.result("plain"), self.result("ones", "one"), self.result("weighted", "w")
        record = ones["inputs"][1]
        self.assertEqual((record.pop("weight"), record.pop("sum_of_weights"), record.pop("n_effective")),
                         ("one", record["n_selected"], record["n_selected"]))
        self.assertEqual(record.pop("n_negative_weights"), 0)
        self.assertNotEqual(ones.pop("config_sha256"), plain.pop("config_sha256"))
        self.assertEqual(ones, plain)
        self.assertNotEqual(weighted["working_points"], plain["working_points"])
        used = self.tables["template"]["w"].astype("f4")[self.tables["template"]["met"].astype("f4") > 510].astype("f8")
        record = weighted["inputs"][1]
        self.assertAlmostEqual(record["sum_of_weights"] / used.sum(), 1, 6)
        self.assertAlmostEqual(record["n_effective"] / (used.sum() ** 2 / (used ** 2).sum()), 1, 6)
        self.assertIn("effective", (self.folder / "weighted/report.html").read_text())
        jsonschema.Draft202012Validator(SCHEMA).validate(weighted)

    def test_a_derived_column(self):
        self.write_config((self.folder / "search.toml").read_text().replace("[columns]", '[columns]\ntwice = "2 * w"'))
        self.assertEqual(self.result("derived", "twice")["working_points"], self.result("own", "w")["working_points"])

    def test_a_few_events_that_count_for_most(self):
        self.tables["template"]["w"][::100] = 1000
        write(self.folder / "events.h5", self.tables)
        warnings = [w for w in self.result("few", "w")["warnings"] if "effective events" in w]
        self.assertIn("the weights (column 'w') of the template", warnings[0])

    def test_what_means_nothing(self):
        self.run_fails("has no column 'v'", "template", settings=["template.weight=v"])
        self.run_fails("[data] has no weight", "count once each", settings=["data.weight=w"])
        self.run_fails("[benchmarks] signal_weight", "column of no file", settings=["benchmarks.signal_weight=w"])
        self.run_fails("[simulation] has no meaning", settings=["simulation.weight=w"])
        first = int(np.flatnonzero(self.tables["template"]["met"] > 510)[3])
        for value, words in ((np.nan, ["weight column 'w' of the template", f"for 1 selected events, the first in row {first}"]),
                             (-1, ['[template] weight = "w" is negative for 1 of', "cannot be trained", "arXiv:2005.09375"])):
            with self.subTest(value=value):
                self.tables["template"]["w"][first] = value
                write(self.folder / "events.h5", self.tables)
                self.run_fails(*words, settings=["template.weight=w"])


class WeightedSimulation(Workspace):
    def setUp(self):
        super().setUp()
        simulation = extrapolation_test.events(5, 4000, 0.3)
        self.tables = {"data": extrapolation_test.events(3, 4000, 0) | {"label": np.zeros(4000)},
                       "simulation": simulation | {"w": np.where(np.arange(4000) % 8 == 0, -1, 1), "half": np.full(4000, 0.5)}}
        write(self.folder / "events.h5", self.tables)
        self.write_config(extrapolation_test.CONFIG)

    def test_the_yield_is_that_of_the_control_region(self):
        """Half of every weight: a power of two, so that not one bit of what is predicted depends on it."""
        points = [json.loads((self.run_search(out, "--stage", "sr", *arguments) / "result.json").read_text())["working_points"]
                  for out, arguments in (("plain", []), ("half", ["--set", "simulation.weight=half"]))]
        self.assertEqual(points[0], points[1])

    def test_negative_weights(self):
        self.run_fails('[simulation] weight = "w" is negative for 500 of 4000 selected events of the simulation',
                       settings=["simulation.weight=w"])


class WeightedSignal(Workspace):
    """A bump hunt with simulated signal that has negative weights."""

    def setUp(self):
        super().setUp()
        self.write_masses()
        self.write_config(BUMP)
        rng = np.random.default_rng(8)
        with h5py.File(self.folder / "signal.h5", "w") as file:
            file["mjj"] = rng.normal(3500, 60, 1000).astype("f4")
            file["mjj"].attrs["units"] = "GeV"
            for name in ("x1", "x2"):
                file[name] = rng.normal(3, 0.5, 1000).astype("f4")
            file["w"] = np.where(rng.random(1000) < 0.1, -1, 1).astype("f4")
            file["positive"] = rng.uniform(0, 1, 1000).astype("f4")

    def test_negative_weights_where_nothing_is_trained_on_them(self):
        settings = ["inject.file=signal.h5", "inject.count=60", "inject.weight=positive", "benchmarks.signal=signal.h5",
                    "benchmarks.signal_weight=w", "bump_hunt.template=signal.h5", "bump_hunt.template_weight=w"]
        overrides = [part for setting in settings for part in ("--set", setting)]
        result = json.loads((self.run_search("run", *overrides) / "result.json").read_text())
        records = {record["role"]: record for record in result["inputs"]}
        self.assertGreater(records["benchmark signal"]["n_negative_weights"], 50)
        self.assertEqual(records["signal template"]["weight"], "w")
        self.assertEqual(result["setup"]["n_injected"], 60)
        self.assertGreater(result["evaluation"][0]["auc"], 0.5)

    def test_negative_weights_of_what_is_injected(self):
        self.run_fails('[inject] weight = "w" is negative', "count once each",
                       settings=["inject.file=signal.h5", "inject.count=60", "inject.weight=w"])


if __name__ == "__main__":
    unittest.main()
