"""Datacards keep the rules of combine, and their likelihood is that of the workspace for pyhf.

usage: cards_test.py FOLDER     (of make_runs.py; the Python environment of tools/requirements/exchange.txt)
"""

import json
import sys
import unittest
import warnings
from pathlib import Path

import numpy as np
import pyhf
from card import Card

FOLDER = Path(sys.argv.pop())


def facts_of(run):
    return json.loads((FOLDER / run / "export/combine/export.json").read_text())["models"]


def card_of(run, name):
    return Card((FOLDER / run / "export/combine" / f"{name}.txt").read_text())


class Cards(unittest.TestCase):
    def test_all_keep_the_rules(self):
        cards = sorted(FOLDER.glob("*/export/combine/*.txt"))
        self.assertGreaterEqual(len(cards), 15)
        for path in cards:
            self.assertEqual(Card(path.read_text()).errors, [], path)

    def test_the_checker_finds_what_is_wrong(self):
        text = (FOLDER / "conrad/export/combine/cut_0.1.txt").read_text()
        for old, new, word in (
            ("imax 4", "imax 3", "imax"),
            ("scale_B,transfer", "scale_B,elsewhere", "defined nowhere"),
            ("process 0", "process 1", "signal must have"),
            ("closure lnN -", "closure lnN 0", "lnN"),
        ):
            self.assertIn(old, text)
            self.assertIn(word, " ".join(Card(text.replace(old, new, 1)).errors))

    def check_means(self, run, name, card_name, channels, poi="mu"):
        """The same expectation as that of pyhf, at the start and a little off."""
        card = card_of(run, card_name)
        workspace = pyhf.Workspace(json.loads((FOLDER / run / "export/pyhf" / f"{name}.json").read_text()))
        model = workspace.model(measurement_name=poi)
        config = {one["name"]: one for one in workspace.get_measurement(measurement_name=poi)["config"]["parameters"]}
        rng = np.random.default_rng(2)
        for step in range(4):
            values, at = {}, []
            for parameter in model.config.par_order:
                one = config.get(parameter, {})
                off = 0.0 if step == 0 else rng.uniform(-0.3, 0.3)
                if "auxdata" in one:
                    width = card.free[parameter][2] / (one["bounds"][0][1] - one["auxdata"][0])
                    values[parameter] = 3 * off
                    at.append(one["auxdata"][0] + 3 * off / width)
                else:
                    values[parameter] = (one["inits"][0] if "inits" in one else 0.0) + off
                    at.append(values[parameter])
            expected = model.expected_data(at, include_auxdata=False)
            start = sum(
                model.config.channel_nbins[one] for one in model.config.channels[: model.config.channels.index(channels[0])]
            )
            found = np.array(list(card.means(values[poi], values).values()))
            order = [model.config.channels.index(one) for one in channels]
            self.assertEqual(order, list(range(order[0], order[0] + len(order))))
            np.testing.assert_allclose(found, expected[start : start + len(found)], rtol=1e-6)
            np.testing.assert_array_equal(
                list(card.observed.values()), workspace.data(model, include_auxdata=False)[start : start + len(found)]
            )

    def test_four_counts(self):
        self.check_means("conrad", "cut_0.1", "cut_0.1", ["A", "B", "C", "D"])

    def test_dijet_function(self):
        self.check_means("dijet", "cut_0.1", "cut_0.1", ["spectrum"])

    def test_bernstein_polynomial(self):
        self.check_means("bernstein", "cut_0.1", "cut_0.1", ["spectrum"])

    def test_count(self):
        self.check_means("generate", "cut_0.1", "cut_0.1", ["signal_region"])

    def test_categories(self):
        (fact,) = facts_of("quak")
        for strength in fact["strengths"]:
            suffix = strength["parameter"].removeprefix("mu")
            self.check_means("quak", "categories", f"categories{suffix}", [f"category{suffix}"], strength["parameter"])

    def test_strength(self):
        card = card_of("conrad", "cut_0.1.strength")
        fact = next(one for one in facts_of("conrad") if one["name"] == "cut_0.1")
        values = {name: start for name, (start, _, _) in card.free.items()} | dict.fromkeys(card.sizes, 0.0)
        background = card.means(0, values)["A"]
        for at in fact["signal_grid"]:
            found = card.means(1, {**values, "strength": at["strength"]})["A"] - background
            self.assertAlmostEqual(found, at["passing"], delta=1e-6 * at["passing"] + 1e-9)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    unittest.main()
