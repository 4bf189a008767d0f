"""pyhf and cabinetry find in the exported models what eddy found: p0, Z and CLs limits within 1 %.

usage: models_test.py FOLDER     (of make_runs.py; the Python environment of tools/requirements/exchange.txt)
"""

import functools
import json
import logging
import math
import sys
import unittest
import warnings
from pathlib import Path

import cabinetry
import numpy as np
import pyhf
from scipy import integrate, stats

FOLDER = Path(sys.argv.pop())
WITHIN = 0.01  # of Z (of 1 where Z is smaller) and of limits


def exported(run):
    folder = FOLDER / run / "export" / "pyhf"
    return folder, json.loads((folder / "export.json").read_text())["models"]


def load(folder, name):
    return pyhf.Workspace(json.loads((folder / f"{name}.json").read_text()))


def fit(model, data, lowest):
    """-2 ln L without signal and at the best strength, which may be negative, and that strength."""
    bounds = list(model.config.suggested_bounds())
    bounds[model.config.poi_index] = (lowest, bounds[model.config.poi_index][1])
    best, deviance = pyhf.infer.mle.fit(data, model, par_bounds=bounds, return_fitted_val=True)
    null = pyhf.infer.mle.fixed_poi_fit(0.0, data, model, return_fitted_val=True)[1]
    return float(null), float(deviance), float(best[model.config.poi_index])


def signed_root(model, data, lowest=-10.0):
    null, best, strength = fit(model, data, lowest)
    return math.copysign(math.sqrt(max(0.0, null - best)), strength)


def cls(strength, model, data, band=None):
    observed, expected = pyhf.infer.hypotest(strength, data, model, test_stat="qtilde", return_expected_set=True)
    return float(observed if band is None else expected[band])


class Models(unittest.TestCase):
    def same_z(self, found, z):
        self.assertLess(abs(found - z), WITHIN * max(1.0, abs(z)), f"pyhf: {found}, eddy: {z}")

    def excludes_same(self, limit, cls_at):
        """CLs falls through 5 % within 1 % of `limit`."""
        self.assertGreater(cls_at((1 - WITHIN) * limit), 0.05)
        self.assertLess(cls_at((1 + WITHIN) * limit), 0.05)

    def check_asymptotic(self, run):
        folder, facts = exported(run)
        self.assertTrue(facts)
        for fact in facts:
            with self.subTest(run=run, model=fact["name"]):
                model = load(folder, fact["name"]).model()
                data = load(folder, fact["name"]).data(model)
                eddy, unit = fact["eddy"], fact["strengths"][0]["signal_events_at_1"]
                self.same_z(signed_root(model, data), stats.norm.isf(eddy.get("p_value_asymptotic", eddy["p_value"])))
                if not eddy["from_toys"]:  # else limits are from pseudo-experiments, where asymptotic ones do not hold
                    self.excludes_same(eddy["upper_limit"] / unit, functools.partial(cls, model=model, data=data))
                    for band, key in enumerate(("minus_2_sigma", "minus_1_sigma", "median", "plus_1_sigma", "plus_2_sigma")):
                        limit = eddy["expected_upper_limit"][key] / unit
                        self.excludes_same(limit, functools.partial(cls, model=model, data=data, band=band))

    def test_four_counts(self):
        self.check_asymptotic("conrad")

    def test_dijet_function(self):
        self.check_asymptotic("dijet")

    def test_bernstein_polynomial_and_all_nuisances(self):
        self.check_asymptotic("bernstein")
        modifiers = str(load(*[FOLDER / "bernstein/export/pyhf", "cut_0.1"]).model().config.modifiers)
        self.assertIn("closure", modifiers)
        self.assertIn("signal_yield", modifiers)

    def test_p0_of_an_excess(self):
        folder, facts = exported("bernstein")
        fact = max(facts, key=lambda one: one["eddy"]["z"])
        self.assertGreater(fact["eddy"]["z"], 1)
        model = load(folder, fact["name"]).model()
        p0 = float(pyhf.infer.hypotest(0.0, load(folder, fact["name"]).data(model), model, test_stat="q0"))
        self.same_z(stats.norm.isf(p0), stats.norm.isf(fact["eddy"]["p_value"]))

    def test_categories_and_their_combination(self):
        folder, (fact,) = exported("quak")
        found = []
        for name, eddy in fact["eddy"]["categories"].items():
            model = load(folder, "categories").model(measurement_name=name)
            z = signed_root(model, load(folder, "categories").data(model))
            self.same_z(z, eddy["z"])
            found.append(z)
        self.assertEqual(len(found), len(fact["strengths"]))
        fisher = stats.chi2.sf(-2 * np.sum(stats.norm.logsf(found)), 2 * len(found))
        self.same_z(stats.norm.isf(fisher), fact["eddy"]["z"])

    def test_count_is_averaged_over_its_prediction(self):
        """The definition of eddy's p and limit, from nothing but the workspace; asymptotic formulae differ."""
        folder, facts = exported("generate")
        fact = next(one for one in facts if not one["name"].endswith("abcd"))
        workspace = load(folder, fact["name"])
        background = json.loads(json.dumps(workspace))["channels"][0]["samples"][1]
        mean = background["data"][0]
        sigma = math.sqrt(sum((one["data"]["hi_data"][0] - mean) ** 2 for one in background["modifiers"]))
        observed = workspace.observations["signal_region"][0]

        def averaged(probability):
            def weighted(b):
                return probability(b) * stats.norm.pdf(b, mean, sigma)

            low, high = max(0.0, mean - 12 * sigma), mean + 12 * sigma
            return integrate.quad(weighted, low, high, points=[mean], limit=500)[0] / stats.norm.sf(0, mean, sigma)

        p_value = averaged(lambda b: stats.poisson.sf(observed - 1, b))
        self.assertAlmostEqual(p_value / fact["eddy"]["p_value"], 1, delta=WITHIN)
        below = averaged(lambda b: stats.poisson.cdf(observed, b))
        self.excludes_same(fact["eddy"]["upper_limit"], lambda s: averaged(lambda b: stats.poisson.cdf(observed, s + b)) / below)
        model = workspace.model()
        z = signed_root(model, workspace.data(model))
        print(f"count: Z {fact['eddy']['z']:.3f} of eddy, {z:.3f} of the profile likelihood")
        self.assertLess(abs(z - fact["eddy"]["z"]), 0.15)

    def test_four_counts_beside_the_count(self):
        folder, facts = exported("generate")
        fact = next(one for one in facts if one["name"].endswith("abcd"))
        model = load(folder, fact["name"]).model()
        self.same_z(
            signed_root(model, load(folder, fact["name"]).data(model)), stats.norm.isf(fact["eddy"]["p_value_asymptotic"])
        )

    def check_strengths(self, run, name):
        """Patches hold the signal of each strength; where their CLs is 5 %, that is about the limit of eddy limit."""
        folder, facts = exported(run)
        fact = next(one for one in facts if one["name"] == name)
        workspace = load(folder, name)
        patches = pyhf.PatchSet(json.loads((folder / f"{name}.patchset.json").read_text()))
        patches.verify(workspace)
        self.assertEqual(len(patches), len(fact["signal_grid"]))
        strengths, values = [], []
        for patch, at in zip(patches.patches, fact["signal_grid"]):
            patched = patches.apply(workspace, patch.name)
            self.assertEqual(patch.values, (at["strength"],))
            model = patched.model()
            strengths.append(at["strength"])
            values.append(cls(1.0, model, patched.data(model)))
        limit = fact["eddy"]["limit_on_strength"]
        self.assertIsNotNone(limit, "the small run has a limit")
        below = max(i for i, value in enumerate(values) if value > 0.05)
        found = np.interp(-math.log(0.05), -np.log(values[below : below + 2]), strengths[below : below + 2])
        print(f"{run} {name}: limit on the strength {limit:.1f} of eddy, {found:.1f} of pyhf")
        self.assertLess(abs(found / limit - 1), 0.15)

    def test_strengths_of_the_signal(self):
        self.check_strengths("conrad", "cut_0.1")

    def test_cabinetry(self):
        folder, facts = exported("dijet")
        fact = facts[0]
        workspace = json.loads((folder / f"{fact['name']}.json").read_text())
        model, data = cabinetry.model_utils.model_and_data(workspace)
        logging.getLogger("cabinetry").setLevel(logging.ERROR)
        found = cabinetry.fit.significance(model, data)
        self.same_z(found.observed_significance, max(0.0, fact["eddy"]["z"]))

    def test_spurious_signal_makes_less_of_an_excess(self):
        folder, facts = exported("bernstein")
        fact = max(facts, key=lambda one: one["eddy"]["z"])
        plain = json.loads((folder / f"{fact['name']}.json").read_text())
        spurious = json.loads((FOLDER / "spurious" / f"{fact['name']}.json").read_text())
        z = []
        for workspace in map(pyhf.Workspace, (plain, spurious)):
            model = workspace.model()
            z.append(signed_root(model, workspace.data(model)))
        signal = fact["eddy"]["strength"]
        error = signal / z[0]
        self.assertAlmostEqual(z[1], signal / math.hypot(error, 20), delta=0.15 * z[0])
        self.assertLess(z[1], z[0])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    pyhf.set_backend("numpy", "scipy")
    unittest.main()
