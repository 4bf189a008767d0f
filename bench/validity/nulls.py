#!/usr/bin/env python3
"""Searches where there is nothing to find: how often does eddy claim something, at every cut?

usage: bench/validity/nulls.py FAMILY WORLD [--method M] [--experiments N] [--events N] [--out DIR] [--eddy FILE] [--set S]...

FAMILY is "resonant" or "tail"; WORLD one of bench/validity/worlds.py. Each experiment draws new events, runs `eddy run` with its
defaults and takes Z of every cut; with `--set calibration.experiments=20` the calibrated Z too. Finished ones are kept in DIR and
not run again. Prints mean, spread and fractions with the errors that so many experiments leave."""

import argparse
import json
import math
import subprocess
from pathlib import Path

import h5py
import numpy as np

import worlds

RESONANT = """
[search]
method = "{method}"
name = "null"
seed = {seed}
[data]
file = "events.h5:data"
[features]
context = ["m"]
x = ["f1", "f2", "f3", "f4", "f5"]
[units]
m = "TeV"
[regions]
signal = "m > 3.3 && m < 3.7"
[flow]
members = 2
[classifier]
members = 10
[working_points]
efficiency = [0.1, 0.03, 0.01]
[bump_hunt]
sqrt_s = 13.0
toys = 100
"""
TAIL = """
[search]
method = "{method}"
name = "null"
seed = {seed}
[data]
file = "events.h5:data"
[template]
file = "events.h5:template"
[features]
context = ["met"]
x = ["f1", "f2", "f3", "f4"]
[regions]
signal = "met > 2"
[working_points]
efficiency = [0.1, 0.03, 0.01]
"""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=["resonant", "tail"])
    parser.add_argument("world")
    parser.add_argument("--method")
    parser.add_argument("--experiments", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="seed of the first experiment")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path("runs/validity"))
    parser.add_argument("--eddy", type=Path, default=Path("build/release/eddy"))
    parser.add_argument("--set", action="append", default=[], dest="settings", help="as for eddy run")
    return parser.parse_args()


def write_table(file, group, columns):
    for name, values in columns.items():
        file.create_dataset(f"{group}/{name}", data=values.astype(np.float32))


def write_events(arguments, seed, path):
    with h5py.File(path, "w") as file:
        if arguments.family == "resonant":
            write_table(file, "data", worlds.resonant_world(arguments.world, arguments.events, seed))
        else:
            write_table(file, "data", worlds.tail_world(arguments.world, arguments.events, 2 * seed))
            write_table(file, "template", worlds.tail_world(arguments.world, 4 * arguments.events, 2 * seed + 1))


def run_experiment(arguments, seed, folder):
    """The working points of result.json."""
    kept = folder / f"{seed}.json"
    if not kept.exists():
        work = folder / f"work-{seed}"
        work.mkdir(parents=True, exist_ok=True)
        write_events(arguments, seed, work / "events.h5")
        default = "lacathode" if arguments.family == "resonant" else "conrad"
        template = RESONANT if arguments.family == "resonant" else TAIL
        (work / "search.toml").write_text(template.format(method=arguments.method or default, seed=seed))
        settings = [part for setting in arguments.settings for part in ("--set", setting)]
        subprocess.run([arguments.eddy.resolve(), "run", "search.toml", "--out", "run", "--quiet", *settings], cwd=work,
                       check=True)
        kept.write_text((work / "run/result.json").read_text())
        subprocess.run(["rm", "-r", work], check=True)
    return json.loads(kept.read_text())["working_points"]


def number(value):
    return math.nan if value is None else value


def binomial(fraction, n):
    return math.sqrt(max(fraction, 1 / n) * (1 - min(fraction, 1 - 1 / n)) / n)


def describe(name, z):
    z = np.asarray([value for value in z if math.isfinite(value)])
    if len(z) < 2:
        return f"{name:>22}: {len(z)} experiments with a Z"
    above = [np.mean(z > limit) for limit in (1.645, 2)]
    return (f"{name:>22}: n {len(z)}, mean {z.mean():+.2f} ± {z.std(ddof=1) / math.sqrt(len(z)):.2f}, sd {z.std(ddof=1):.2f}, "
            f"above 1.645: {100 * above[0]:.1f} ± {100 * binomial(above[0], len(z)):.1f} %, "
            f"above 2: {100 * above[1]:.1f} ± {100 * binomial(above[1], len(z)):.1f} %")


def main():
    arguments = parse_arguments()
    label = "-".join([arguments.family, arguments.world, arguments.method or "default", str(arguments.events),
                      *[setting.replace("/", "_") for setting in arguments.settings]])
    folder = arguments.out / label
    folder.mkdir(parents=True, exist_ok=True)
    cuts = {}
    for seed in range(arguments.first, arguments.first + arguments.experiments):
        points = run_experiment(arguments, seed, folder)
        for point in points:
            name = "no cut" if point["efficiency"] == 1 else f"{point['efficiency']:g}"
            cuts.setdefault(name, []).append(number(point["z"]))
            if point.get("calibrated"):
                cuts.setdefault(name + " calibrated", []).append(number(point["calibrated"]["z"]))
        print(seed, " ".join(f"{name} {values[-1]:+.2f}" for name, values in cuts.items()), flush=True)
    print(label)
    for name, values in cuts.items():
        print(describe(name, values))


if __name__ == "__main__":
    main()
