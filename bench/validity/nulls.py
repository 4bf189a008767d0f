#!/usr/bin/env python3
"""Searches where there is nothing to find: how often does eddy claim something, at every cut?

usage: bench/validity/nulls.py FAMILY WORLD [--method M] [--experiments N] [--events N] [--fresh N] [--out DIR] [--eddy FILE] [--set S]...

FAMILY is "resonant", "tail" (CONRAD), "extrapolation" or "losses" (QUAK); WORLD one of bench/validity/worlds.py. Each experiment draws new events, runs `eddy run` with its
defaults and takes Z of every cut: before the correction by [validation] (raw), after it, and with `--set
calibration.experiments=20` the calibrated one. With `--fresh N`, N further events of the same world are scored by the finished
search: what passes in the signal region over what passes beside it, as a fraction of each, is by how much the prediction of
this very search is off, and stands beside the correction; resonant searches judge one fold then. Finished ones are kept in DIR and not run again. Prints mean, spread and fractions with the errors that so many experiments leave."""

import argparse
import json
import math
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

import worlds

SEARCH = """
[search]
method = "{method}"
name = "null"
seed = {seed}
[data]
file = "events.h5:data"
"""
RESONANT = SEARCH + """\
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
TAIL = SEARCH + """\
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
EXTRAPOLATION = SEARCH.replace("[data]", "blind = false\n[data]") + """\
[simulation]
file = "events.h5:simulation"
[features]
context = ["ht", "met"]
x = ["f1", "f2", "f3", "f4"]
[units]
ht = "GeV"
met = "GeV"
[regions]
signal = "ht > 400 && met > 40"
[working_points]
efficiency = [0.1, 0.03, 0.01]
"""
LOSSES = SEARCH + """\
[background]
file = "events.h5:background"
[[prior]]
name = "two_prong"
file = "events.h5:prior"
[features]
context = ["m"]
x = ["f1", "f2", "f3", "f4", "f5"]
[units]
m = "TeV"
[vae]
epochs = 15
beta = 0.1
[quak]
preselection = 0.05
categories = 2
scan = [3, 5]
scan_points = 21
fit_range = [2.7, 6]
bins = 33
shape = "dijet"
sqrt_s = 13
toys = 200
"""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=sorted(FAMILIES))
    parser.add_argument("world")
    parser.add_argument("--method")
    parser.add_argument("--experiments", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="seed of the first experiment")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--fresh", type=int, default=0, help="further events of the world that the finished search scores")
    parser.add_argument("--out", type=Path, default=Path("runs/validity"))
    parser.add_argument("--eddy", type=Path, default=Path("build/release/eddy"))
    parser.add_argument("--set", action="append", default=[], dest="settings", help="as for eddy run")
    arguments = parser.parse_args()
    if arguments.fresh and arguments.family not in ("resonant", "tail"):
        parser.error("--fresh is for the families resonant and tail")
    return arguments


def write_table(file, group, columns):
    for name, values in columns.items():
        file.create_dataset(f"{group}/{name}", data=values.astype(np.float32))


def resonant_events(arguments, seed):
    return {"data": worlds.resonant_world(arguments.world, arguments.events, seed)}


def tail_events(arguments, seed):
    return {"data": worlds.tail_world(arguments.world, arguments.events, 2 * seed),
            "template": worlds.tail_world(arguments.world, 4 * arguments.events, 2 * seed + 1)}


def simulated_events(arguments, seed):
    return {"data": worlds.simulated_world(arguments.world, arguments.events, 2 * seed, simulated=False),
            "simulation": worlds.simulated_world(arguments.world, 2 * arguments.events, 2 * seed + 1, simulated=True)}


def events_for_losses(arguments, seed):
    return {"data": worlds.resonant_world(arguments.world, arguments.events, 2 * seed),
            "background": worlds.resonant_world(arguments.world, arguments.events, 2 * seed + 1),
            "prior": worlds.resonant_signal(10_000, 2_000_000 + seed)}


@dataclass(frozen=True)
class Family:
    """What a search of one family is asked, by default with which method, and the samples of one experiment."""
    config: str
    method: str
    samples: Callable


FAMILIES = {
    "resonant": Family(RESONANT, "lacathode", resonant_events),
    "tail": Family(TAIL, "conrad", tail_events),
    "extrapolation": Family(EXTRAPOLATION, "reweight", simulated_events),
    "losses": Family(LOSSES, "quak", events_for_losses),
}


def write_events(arguments, seed, path):
    with h5py.File(path, "w") as file:
        for group, columns in FAMILIES[arguments.family].samples(arguments, seed).items():
            write_table(file, group, columns)


def fresh_columns(arguments, seed):
    """Events that no search has seen: their seeds are far from those of the experiments."""
    world = worlds.resonant_world if arguments.family == "resonant" else worlds.tail_world
    return world(arguments.world, arguments.fresh, 1_000_000 + seed)


def expected_fraction(passes, mass, inside, beside):
    """The fraction that passes inside, interpolated from beside by a line in the mass: a slope is what a fit to the sidebands
    follows, and no bias."""
    slope, level = np.polyfit(mass[beside], passes[beside].astype(float), 1)
    return level + slope * mass[inside].mean()


def true_ratios(arguments, seed, work):
    """Background over prediction at each cut, from fresh events: the fraction that passes in the signal region over that
    beside it (resonant: interpolated from within half a TeV of it)."""
    columns = fresh_columns(arguments, seed)
    with h5py.File(work / "fresh.h5", "w") as file:
        write_table(file, "data", columns)
    subprocess.run([arguments.eddy.resolve(), "score", "run", "fresh.h5:data", "-o", "scores.h5"], cwd=work, check=True,
                   stdout=subprocess.DEVNULL)
    with h5py.File(work / "scores.h5") as file:
        table = file["scores"] if "scores" in file else file
        efficiency, inside = (np.asarray(table[name]) for name in ("background_efficiency", "in_signal_region"))
    inside = inside.astype(bool)
    beside = ~inside
    if arguments.family == "resonant":
        low, high = worlds.SIGNAL_REGION
        beside &= (columns["m"] > low - 0.5) & (columns["m"] < high + 0.5)
    found = {}
    for cut in (0.1, 0.03, 0.01):
        passes = efficiency <= cut
        expected = (expected_fraction(passes, columns["m"], inside, beside) if arguments.family == "resonant"
                    else passes[beside].mean())
        found[f"{cut:g}"] = [float(passes[inside].mean()), float(expected)]
    return found


def run_experiment(arguments, seed, folder):
    """result.json, with what fresh events say of each cut."""
    kept = folder / f"{seed}.json"
    if not kept.exists():
        work = folder / f"work-{seed}"
        work.mkdir(parents=True, exist_ok=True)
        write_events(arguments, seed, work / "events.h5")
        family = FAMILIES[arguments.family]
        (work / "search.toml").write_text(family.config.format(method=arguments.method or family.method, seed=seed))
        # Scores of several folds are means, behind which a cut keeps other events than behind those of one.
        own = ["folds.score=one"] if arguments.fresh and arguments.family == "resonant" else []
        settings = [part for setting in own + arguments.settings for part in ("--set", setting)]
        subprocess.run([arguments.eddy.resolve(), "run", "search.toml", "--out", "run", "--quiet", *settings], cwd=work,
                       check=True)
        result = json.loads((work / "run/result.json").read_text())
        if arguments.fresh:
            result["fresh"] = true_ratios(arguments, seed, work)
        kept.write_text(json.dumps(result))
        subprocess.run(["rm", "-r", work], check=True)
    return json.loads(kept.read_text())


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


def describe_ratio(name, ratios):
    ratios = np.asarray(ratios)
    error = ratios.std(ddof=1) / math.sqrt(len(ratios)) if len(ratios) > 1 else math.nan
    return f"{name:>22}: n {len(ratios)}, mean {ratios.mean():.3f} ± {error:.3f}, sd {ratios.std(ddof=1):.3f}"


def name_of(point):
    """Of a cut; spaces of losses have none."""
    return {1: "no cut", None: "categories"}.get(point["efficiency"]) or f"{point['efficiency']:g}"


def collect_global(point, cuts):
    """What stands for all masses of a scan, from its pseudo-experiments."""
    if "global_z" in point:
        cuts.setdefault("global", []).append(number(point["global_z"]))
    for common in point.get("simultaneous", []):
        cuts.setdefault(f"global, one likelihood, {common['name']}", []).append(number(common["global_z"]))


def collect(result, cuts, ratios):
    """Adds what one experiment found to the lists by cut."""
    for point in result["working_points"]:
        name = name_of(point)
        cuts.setdefault(name, []).append(number(point["z"]))
        collect_global(point, cuts)
        if "raw" in point:
            cuts.setdefault(name + " raw", []).append(number(point["raw"]["z"]))
            ratios.setdefault(name + " correction", []).append(point["correction"]["factor"])
            ratios.setdefault(name + " its error", []).append(point["correction"]["error"])
        if point.get("calibrated"):
            cuts.setdefault(name + " calibrated", []).append(number(point["calibrated"]["z"]))
    for name, (fraction, expected) in result.get("fresh", {}).items():
        if expected > 0:
            ratios.setdefault(name + " truth", []).append(fraction / expected)


def main():
    arguments = parse_arguments()
    label = "-".join([arguments.family, arguments.world, arguments.method or "default", str(arguments.events),
                      *[setting.replace("/", "_") for setting in arguments.settings]])
    folder = arguments.out / label
    folder.mkdir(parents=True, exist_ok=True)
    cuts, ratios = {}, {}
    for seed in range(arguments.first, arguments.first + arguments.experiments):
        collect(run_experiment(arguments, seed, folder), cuts, ratios)
        print(seed, " ".join(f"{name} {values[-1]:+.2f}" for name, values in cuts.items()),
              " ".join(f"{name} {values[-1]:.3f}" for name, values in ratios.items()), flush=True)
    print(label)
    for name, values in cuts.items():
        print(describe(name, values))
    for name, values in sorted(ratios.items()):
        print(describe_ratio(name, values))


if __name__ == "__main__":
    main()
