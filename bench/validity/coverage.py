#!/usr/bin/env python3
"""Do limits and intervals of `eddy limit` hold what is there?

usage: bench/validity/coverage.py counts [--experiments N] [--build DIR]
       bench/validity/coverage.py chain FAMILY STRENGTH [--experiments N] [--events N] [--into data|nulls] [--out DIR] [--set S]...

counts: the statistical part, a thousand experiments for each of some worlds whose efficiencies and counts are drawn
(eddy_limit_coverage, built with EDDY_BENCH=ON). Limits must cover in 95 % of them and not in fewer than 93.5 %; more where CLs
protects from excluding what cannot be seen.
chain: FAMILY is "resonant" or "tail". Each experiment draws a world of bench/validity/worlds.py with STRENGTH signal events in
the signal region on average, runs `eddy run` and `eddy limit`, and looks whether the limit lies above STRENGTH and the interval
around it. Finished ones are kept in DIR and not run again."""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

import nulls
import worlds

QUICK = ["flow.members=2", "flow.epochs=5", "flow.layers=2", "flow.hidden=32", "classifier.members=4", "trees.max_iterations=30", "folds.k=2",
         "working_points.efficiency=[0.1, 0.03]"]
N_SIGNAL = 8000
LEAST = 0.935


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["counts", "chain"])
    parser.add_argument("family", nargs="?", choices=["resonant", "tail"])
    parser.add_argument("strength", nargs="?", type=float)
    parser.add_argument("--experiments", type=int)
    parser.add_argument("--first", type=int, default=1, help="seed of the first experiment")
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--into", choices=["data", "nulls"], default="data")
    parser.add_argument("--out", type=Path, default=Path("runs/coverage"))
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--set", action="append", default=[], dest="settings", help="as for eddy run")
    return parser.parse_args()


def binomial_error(fraction, n):
    return math.sqrt(max(fraction * (1 - fraction), 1 / n) / n)


def counts(arguments):
    """1 where a limit does not cover."""
    n = arguments.experiments or 1000
    done = subprocess.run([arguments.build / "eddy_limit_coverage", str(n)], capture_output=True, text=True, check=True)
    failed = False
    print("evidence  background  error  scatter  strength  with limit  limit covers   interval covers")
    for line in map(json.loads, done.stdout.splitlines()):
        covers, within = line["limit_covers"], line["interval_covers"]
        bad = covers < LEAST - 2 * binomial_error(covers, n)
        failed = failed or bad
        print(f"{line['evidence']:>8}  {line['background']:10.0f}  {line['relative_error']:5.2f}  {line['scatter']:7.2f}  "
              f"{line['strength']:8.0f}  {line['with_limit']:10.3f}  {covers:.3f} ± {binomial_error(covers, n):.3f}  "
              f"{within:.3f} ± {binomial_error(within, n):.3f}{'  too few' if bad else ''}")
    return int(failed)


def world(arguments, seed):
    """Background, template (of a tail) and a signal sample of its own for what is injected and what is in the data."""
    if arguments.family == "resonant":
        return worlds.resonant_world("smooth", arguments.events, seed), None, worlds.resonant_signal
    return (worlds.tail_world("smooth", arguments.events, 2 * seed), worlds.tail_world("smooth", 2 * arguments.events, 2 * seed + 1),
            worlds.tail_signal)


def in_region(family, columns):
    return (columns["m"] > 3.3) & (columns["m"] < 3.7) if family == "resonant" else columns["met"] > 2


def write_events(arguments, seed, work):
    data, template, draw_signal = world(arguments, seed)
    fraction = np.mean(in_region(arguments.family, draw_signal(100_000, 1)))
    n = worlds.generator(10_000_000 + seed).poisson(arguments.strength / fraction)
    there = draw_signal(n, 20_000_000 + seed)
    with h5py.File(work / "events.h5", "w") as file:
        nulls.write_table(file, "data", {name: np.concatenate([data[name], there[name]]) for name in data})
        if template is not None:
            nulls.write_table(file, "template", template)
    with h5py.File(work / "signal.h5", "w") as file:
        nulls.write_table(file, "signal", draw_signal(N_SIGNAL, 30_000_000 + seed))


def run_experiment(arguments, seed, folder):
    """limit.json."""
    kept = folder / f"{seed}.json"
    if not kept.exists():
        work = folder / f"work-{seed}"
        work.mkdir(parents=True, exist_ok=True)
        write_events(arguments, seed, work)
        method = "lacathode" if arguments.family == "resonant" else "conrad"
        template = nulls.RESONANT if arguments.family == "resonant" else nulls.TAIL
        (work / "search.toml").write_text(template.format(method=method, seed=seed))
        settings = [part for setting in [*QUICK, *arguments.settings] for part in ("--set", setting)]
        eddy = (arguments.build / "eddy").resolve()
        subprocess.run([eddy, "run", "search.toml", "--out", "run", "--quiet", *settings], cwd=work, check=True)
        subprocess.run([eddy, "limit", "run", "--signal", "signal.h5:signal", "--points", "4", "--into", arguments.into, "--quiet"],
                       cwd=work, check=True)
        kept.write_text((work / "run/limit.json").read_text())
        subprocess.run(["rm", "-r", work], check=True)
    return json.loads(kept.read_text())


def describe(name, covered):
    covered = np.asarray(covered, dtype=float)
    if len(covered) > 0:
        print(f"{name}: {covered.mean():.3f} ± {binomial_error(covered.mean(), len(covered)):.3f} of {len(covered)}")


def chain(arguments):
    label = f"{arguments.family}-{arguments.strength:g}-{arguments.events}-{arguments.into}"
    folder = arguments.out / "-".join([label, *[setting.replace("/", "_") for setting in arguments.settings]])
    folder.mkdir(parents=True, exist_ok=True)
    limits, intervals, with_limit = [], [], []
    for seed in range(arguments.first, arguments.first + (arguments.experiments or 20)):
        limit = run_experiment(arguments, seed, folder)
        if limit["best"] is None:
            print(seed, "no expected limit", flush=True)
            continue
        cut = limit["cuts"][limit["best"]]
        observed, interval = cut["observed"], cut["interval"]
        limits.append(observed is None or observed >= arguments.strength)
        with_limit.append(observed is not None)
        if cut["signal"] is not None:
            intervals.append(interval["low"] <= arguments.strength and
                             (interval["high"] is None or interval["high"] >= arguments.strength))
        print(seed, f"efficiency {cut['efficiency']:g}: limit {observed}, expected {cut['expected'][2]}, interval {interval}, "
              f"response {cut['response']['slope']:.2f}", flush=True)
    print(label)
    describe("limit covers", limits)
    describe("interval covers", intervals)
    describe("there is a limit", with_limit)
    return 0


if __name__ == "__main__":
    parsed = parse_arguments()
    if parsed.kind == "chain" and parsed.strength is None:
        sys.exit("chain needs FAMILY and STRENGTH; see --help")
    sys.exit(counts(parsed) if parsed.kind == "counts" else chain(parsed))
