"""Datacards keep the rules of combine, and their likelihood is that of the workspace for pyhf.

usage: cards_test.py FOLDER     (of make_runs.py; the Python environment of tools/requirements/exchange.txt)
"""

import json
import math
import re
import sys
import unittest
import warnings
from pathlib import Path

import numpy as np
import pyhf

FOLDER = Path(sys.argv.pop())
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*$")


class Card:
    """A counting card, read line by line with the rules of combine's text2workspace: Card.errors are what it would refuse."""

    def __init__(self, text):
        self.errors, self.header, self.lines = [], {}, {}
        self.sizes, self.pulls, self.free, self.rates = {}, {}, {}, {}
        rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith(("#", "---"))]
        for words in rows:
            self.read(words)
        bins = self.lines["bin"][0]
        self.observed = dict(zip(bins, map(float, self.lines["observation"][0])))
        columns, processes, numbers = self.lines["bin"][1], self.lines["process"][0], self.lines["process"][1]
        rates = self.lines["rate"][0]
        self.columns = list(zip(columns, processes, map(int, numbers), map(float, rates)))
        self.check(bins, columns, processes, numbers, rates)

    def read(self, words):
        key = words[0]
        if key in ("imax", "jmax", "kmax"):
            self.header[key] = words[1]
        elif key in ("bin", "observation", "process", "rate"):
            self.lines.setdefault(key, []).append(words[1:])
        elif words[1] == "lnN":
            self.sizes[key] = words[2:]
        elif words[1] == "param":
            self.pulls[key] = tuple(map(float, words[2:4]))
        elif words[1] == "extArg":
            low, high = json.loads(words[3])
            self.free[key] = (float(words[2]), low, high)
        elif words[1] == "rateParam":
            self.rates[(words[2], words[3])] = (words[4], words[5].split(","))
            if len(words) != 6:
                self.errors.append(f"{key}: a formula and its arguments must be two words")
        else:
            self.errors.append(f"unknown line {key} {words[1]}")

    def check(self, bins, columns, processes, numbers, rates):
        if self.header.get("imax") != str(len(bins)) or len(set(bins)) != len(bins):
            self.errors.append("imax is not the number of bins")
        if self.header.get("jmax") != str(len(set(processes)) - 1):
            self.errors.append("jmax is not the number of processes minus 1")
        if not len(columns) == len(processes) == len(numbers) == len(rates):
            self.errors.append("lines of processes have different lengths")
        if set(columns) != set(bins):
            self.errors.append("a bin without processes, or the other way round")
        if any((int(number) <= 0) != (process == "signal") for process, number in zip(processes, numbers)):
            self.errors.append("signal must have a number of 0 or less, background more")
        if any(float(rate) < 0 for rate in rates):
            self.errors.append("a rate is negative")
        if any(
            len(cells) != len(columns) or any(cell != "-" and float(cell) <= 0 for cell in cells) for cells in self.sizes.values()
        ):
            self.errors.append("a lnN has not one cell above 0 or '-' for each process")
        names = [*bins, *processes, *self.sizes, *self.pulls, *self.free]
        self.errors += [f"{name} is no name" for name in names if not NAME.match(name)]
        for place, (formula, arguments) in self.rates.items():
            used = {int(number) for number in re.findall(r"@(\d+)", formula)}
            if used != set(range(len(arguments))):
                self.errors.append(f"{place}: @ and arguments differ")
            if not set(arguments) <= set(self.pulls) | set(self.free):
                self.errors.append(f"{place}: an argument is defined nowhere")
            if place not in {column[:2] for column in self.columns}:
                self.errors.append(f"{place} is no process of the card")

    def means(self, r, values):
        means = dict.fromkeys(self.observed, 0.0)
        for i, (name, process, _, rate) in enumerate(self.columns):
            mean = rate * (r if process == "signal" else 1)
            for nuisance, cells in self.sizes.items():
                mean *= 1 if cells[i] == "-" else float(cells[i]) ** values.get(nuisance, 0)
            if (name, process) in self.rates:
                formula, arguments = self.rates[(name, process)]
                expression = re.sub(r"@(\d+)", lambda match: f"v[{match[1]}]", formula)
                mean *= eval(expression, {"exp": math.exp, "sqrt": math.sqrt, "v": [values[one] for one in arguments]})
            means[name] += mean
        return means


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
