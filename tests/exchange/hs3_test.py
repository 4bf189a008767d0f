"""HS3 documents: accepted by pyhs3, an implementation of the standard, whose likelihood is that of the workspace for pyhf.

usage: hs3_test.py FOLDER     (of make_runs.py; the Python environment of tools/requirements/exchange.txt)
"""

import json
import sys
import unittest
import warnings
from pathlib import Path

import numpy as np
import pyhf
import pyhs3
import pytensor

FOLDER = Path(sys.argv.pop())
PYHF_CENTRE = 3  # of alpha, for what is log-linear (src/eddy/exchange/histfactory.hpp)


def document(run, name):
    return json.loads((FOLDER / run / "export" / "hs3" / f"{name}.json").read_text())


class Likelihood:
    """ln L of a document as pyhs3 has it."""

    def __init__(self, json_document):
        pytensor.config.cxx = ""  # no compiler is needed for a few evaluations
        workspace = pyhs3.Workspace(**json_document)
        self.start = {
            one["name"]: one["value"] for one in json_document["parameter_points"][0]["parameters"] if not one.get("const")
        }
        self.bounds = {axis["name"]: (axis["min"], axis["max"]) for axis in json_document["domains"][0]["axes"]}
        model = workspace.model(workspace.analyses[json_document["analyses"][0]["name"]])
        log_prob = model.log_prob
        inputs = [one for one in pytensor.graph.traversal.explicit_graph_inputs([log_prob]) if one.name]
        self.names = [one.name for one in inputs]
        self.function = pytensor.function(inputs, log_prob, mode="FAST_COMPILE", on_unused_input="ignore")

    def __call__(self, values):
        return float(np.sum(self.function(*[np.asarray(values[name]) for name in self.names])))


class Hs3(unittest.TestCase):
    def check(self, run, name, shifted):
        """ln L changes from the start to `shifted` (a share of the way to the upper bound) as pyhf's does."""
        likelihood = Likelihood(document(run, name))
        self.assertEqual(set(likelihood.start), set(likelihood.bounds))
        self.assertLessEqual(set(likelihood.names), set(likelihood.start))
        workspace = pyhf.Workspace(json.loads((FOLDER / run / "export/pyhf" / f"{name}.json").read_text()))
        model = workspace.model()
        data = workspace.data(model)
        config = {one["name"]: one for one in workspace.get_measurement()["config"]["parameters"]}

        def of_pyhf(values):
            at = []
            for parameter in model.config.par_order:
                one = config.get(parameter, {})
                if "auxdata" in one:  # log-linear: alpha is the parameter in a wider unit, around another centre
                    width = likelihood.bounds[parameter][1] / (one["bounds"][0][1] - PYHF_CENTRE)
                    at.append(PYHF_CENTRE + values[parameter] / width)
                else:
                    at.append(values[parameter])
            return float(model.logpdf(at, data)[0])

        rng = np.random.default_rng(1)
        difference = []
        for step in range(5):
            values = dict(likelihood.start)
            for parameter in values:
                reach = min(likelihood.bounds[parameter][1], 5.0) - values[parameter]
                values[parameter] += 0.0 if step == 0 else rng.uniform(0, shifted) * reach
            difference.append(likelihood(values) - of_pyhf(values))
        # A constant apart (the wide constraints of pyhf), and what these constraints weigh.
        self.assertLess(np.ptp(difference), 0.02, f"{run} {name}: {difference}")

    def test_four_counts(self):
        self.check("conrad", "cut_0.1", 0.02)

    def test_bernstein_polynomial(self):
        self.check("bernstein", "cut_0.1", 0.05)

    def test_dijet_function(self):
        self.check("dijet", "cut_0.1", 0.1)

    def test_count(self):
        self.check("generate", "cut_0.1", 0.2)

    def test_categories(self):
        self.check("quak", "categories", 0.02)

    def test_strength(self):
        """mu is the function of the strength that the grid says."""
        json_document = document("conrad", "cut_0.1.strength")
        facts = json.loads((FOLDER / "conrad/export/hs3/export.json").read_text())["models"]
        fact = next(one for one in facts if one["name"] == "cut_0.1")
        likelihood = Likelihood(json_document)
        plain = Likelihood(document("conrad", "cut_0.1"))
        unit = fact["strengths"][0]["signal_events_at_1"]
        values = likelihood.start
        for at in fact["signal_grid"][::5]:
            in_events = {**{name: values[name] for name in plain.start if name in values}, "mu": at["passing"] / unit}
            constraint = -0.5 * np.log(2 * np.pi)  # of signal_efficiency at 0
            self.assertAlmostEqual(likelihood({**values, "strength": at["strength"]}), plain(in_events) + constraint, places=6)

    def test_what_is_no_hs3_is_refused(self):
        broken = document("conrad", "cut_0.1")
        del broken["distributions"][0]["samples"][0]["data"]
        with self.assertRaisesRegex(Exception, "data"):
            pyhs3.Workspace(**broken)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    unittest.main()
