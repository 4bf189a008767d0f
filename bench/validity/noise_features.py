#!/usr/bin/env python3
"""How much of its sensitivity does a search lose to features of no use?

usage: bench/validity/noise_features.py METHOD... [--noise 0,5,20] [--fractions 1,0.5] [--seeds N] [--config FILE] [--eddy FILE]
       [--out DIR] [--set S]...

Adds columns of N(0, 1) to the data of a resonant search (default: the dijet example, whose data have labels) and to its features, and
searches with each number of them, each [trees] feature_fraction and each seed (`eddy study`). Prints medians over seeds of the largest
SIC and that at a background efficiency of 1 %, and what is left of them relative to no noise."""

import argparse
import json
import subprocess
import tomllib
from pathlib import Path

import h5py
import numpy as np
import pandas

import argos

REPOSITORY = Path(__file__).resolve().parent.parent.parent
CHEAP = ["validation.experiments=0", "validation.windows=0", "sculpting.subsets=5", "bump_hunt.toys=20", "bump_hunt.scan_points=3"]


def numbers(kind):
    return lambda text: [kind(part) for part in text.split(",")]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", nargs="+")
    parser.add_argument("--noise", type=numbers(int), default=[0, 5, 20])
    parser.add_argument("--fractions", type=numbers(float), default=[1.0, 0.5])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--config", type=Path, default=REPOSITORY / "examples/dijet.toml")
    parser.add_argument("--eddy", type=Path, default=REPOSITORY / "build/release/eddy")
    parser.add_argument("--out", type=Path, default=Path("runs/noise-features"))
    parser.add_argument("--set", action="append", default=[], dest="settings", help="as for eddy study")
    return parser.parse_args()


def with_noise(arguments, config):
    """The events of the configuration with columns noise1, noise2, ..."""
    path = arguments.out / "events.h5"
    events = pandas.read_hdf(arguments.config.parent / config["data"]["file"])
    random = np.random.default_rng(2026)
    with h5py.File(path, "w") as file:
        for name in events:
            file[name] = events[name].to_numpy()
        for i in range(max(arguments.noise)):
            file[f"noise{i + 1}"] = random.normal(size=len(events)).astype("f4")
    return path


def write_study(arguments):
    config = tomllib.loads(arguments.config.read_text())
    features = config["features"]["x"]
    settings = [*CHEAP, f'data.file="{with_noise(arguments, config).resolve()}"', *arguments.settings]
    axes = [("search.method", arguments.method, ""),
            ("trees.feature_fraction", arguments.fractions, ""),
            ("features.x", [features + [f"noise{i + 1}" for i in range(n)] for n in arguments.noise], "x = true\n"),
            ("search.seed", list(range(1, arguments.seeds + 1)), "repeat = true\n")]
    text = f"[study]\nbase = {json.dumps(str(arguments.config.resolve()))}\nset = {json.dumps(settings)}\nmetrics = {json.dumps([argos.ARGOS, *argos.SIC])}\n"
    text += "".join(f"\n[[axis]]\nkey = {json.dumps(key)}\nvalues = {json.dumps(values)}\n{role}" for key, values, role in axes)
    (arguments.out / "noise.toml").write_text(text)
    return len(features)


def main():
    arguments = parse_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    n_features = write_study(arguments)
    folder = arguments.out / "study"
    subprocess.run([arguments.eddy.resolve(), "study", arguments.out / "noise.toml", "--out", folder, "--store", arguments.out / "models"], check=True)
    study = json.loads((folder / "study.json").read_text())
    medians = {}
    for point in study["points"]:
        method, fraction, features, _ = point["axes"]
        medians.setdefault((method, fraction), {}).setdefault(len(features) - n_features, []).append(
            [argos.own_number(study, point, metric) for metric in argos.SIC])
    for (method, fraction), by_noise in medians.items():
        without = np.nanmedian(by_noise[min(by_noise)], axis=0)
        for n, values in by_noise.items():
            largest, at_percent = np.nanmedian(values, axis=0)
            print(f"{method:12} feature_fraction {fraction:<5} {n_features} + {n:2} features: largest SIC {largest:5.2f} ({largest / without[0]:4.0%}), "
                  f"SIC at 1 % {at_percent:5.2f} ({at_percent / without[1]:4.0%})")


if __name__ == "__main__":
    main()
