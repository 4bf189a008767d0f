#!/usr/bin/env python3
"""Does ARGOS, which knows no labels, order the settings of a study as labels do?

usage: bench/validity/argos.py STUDY [--eddy FILE] [--out DIR] [--set S]...

Runs `eddy study STUDY`, whose data have labels and whose metrics are argos.best.value, evaluation.sic.max and
evaluation.sic.at_1e-2, and holds ARGOS of each setting (median over repeats) against the SIC of its method, which labels give.
Prints the settings by ARGOS, rank correlations with what chance makes of them, and how much of the best SIC the setting has that
ARGOS prefers, beside the average setting."""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np

ARGOS = "argos.best.value"
SIC = ("evaluation.sic.max", "evaluation.sic.at_1e-2")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("--eddy", type=Path, default=Path("build/release/eddy"))
    parser.add_argument("--out", type=Path, default=Path("runs/argos"))
    parser.add_argument("--set", action="append", default=[], dest="settings", help="as for eddy study")
    return parser.parse_args()


def run_study(arguments):
    command = [arguments.eddy, "study", arguments.study, "--out", arguments.out]
    for setting in arguments.settings:
        command += ["--set", setting]
    subprocess.run(command, check=True)
    return json.loads((arguments.out / "study.json").read_text())


def own_number(study, point, metric):
    """Of the method itself: the first of the detectors; NaN where it does not exist."""
    for column, number in zip(study["columns"], point["numbers"]):
        if column["metric"] == metric and column["place"] == 0 and number is not None:
            return number
    return np.nan


def medians(study):
    """{setting: medians of (ARGOS, SIC, SIC)} over repeats."""
    is_setting = [axis["role"] != "repeat" for axis in study["axes"]]
    numbers = {}
    for point in study["points"]:
        setting = ", ".join(str(value) for value, counts in zip(point["axes"], is_setting) if counts)
        numbers.setdefault(setting, []).append([own_number(study, point, metric) for metric in (ARGOS, *SIC)])
    return {setting: np.nanmedian(values, axis=0) for setting, values in numbers.items()}


def ranks(values):
    result = np.empty(len(values))
    result[np.argsort(values)] = np.arange(len(values))
    return result


def rank_correlation(a, b):
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def by_chance(n, draws=10_000):
    """The rank correlation that 95 % of random orders of `n` stay below."""
    random = np.random.default_rng(1)
    return float(np.quantile([rank_correlation(np.arange(n), random.permutation(n)) for _ in range(draws)], 0.95))


def main():
    settings = medians(run_study(parse_arguments()))
    for setting, (argos, largest, at_percent) in sorted(settings.items(), key=lambda entry: -entry[1][0]):
        print(f"ARGOS {argos:7.4f}   SIC: largest {largest:6.2f}, at 1 % {at_percent:6.2f}   {setting}")
    values = np.array(list(settings.values()))
    for i, metric in enumerate(SIC, start=1):
        known = values[~np.isnan(values[:, i])]
        chosen = known[np.argmax(known[:, 0]), i]
        print(f"{metric}: rank correlation with ARGOS {rank_correlation(known[:, 0], known[:, i]):.2f} of {len(known)} settings (95 % of "
              f"random orders: below {by_chance(len(known)):.2f}); ARGOS chooses {chosen:.2f} = {chosen / known[:, i].max():.0%} of the best "
              f"({known[:, i].max():.2f}), the average setting has {known[:, i].mean():.2f}")


if __name__ == "__main__":
    main()
