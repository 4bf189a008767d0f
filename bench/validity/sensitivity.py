#!/usr/bin/env python3
"""How well do methods tell a known signal from the background of a world (bench/validity/worlds.py)?

usage: bench/validity/sensitivity.py WORLD METHOD... [--signal easy|hard] [--count N] [--events N] [--seeds N]
       [--out DIR] [--eddy FILE] [--set S]...

Each search has `--events` of background and `--count` of signal, as nulls.py has without; further events of both, which no search
saw, are scored by it, and SIC = eps_S / sqrt(eps_B) is taken at background efficiencies of 1, 0.1 and 0.03 % in the signal
region. Prints a line for each search, with Z of every cut and, of R-ANODE, the fraction of signal beside the true one."""

import argparse
import json
import subprocess
from pathlib import Path

import h5py
import numpy as np

import nulls
import worlds

CUTS = (1e-2, 1e-3, 3e-4)


def hard_signal(n, seed):
    """As worlds.resonant_signal, but half as far from the background."""
    random = worlds.generator(seed)
    return {
        "m": random.normal(3.5, 0.105, n),
        "f1": random.normal(0.22, 0.04, n),
        "f2": random.normal(0.2, 0.05, n),
        "f3": np.clip(random.normal(0.42, 0.08, n), 0.02, 0.98),
        "f4": np.clip(random.normal(0.45, 0.08, n), 0.02, 0.98),
        "f5": random.exponential(0.5, n),
    }


SIGNALS = {"easy": worlds.resonant_signal, "hard": hard_signal}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world")
    parser.add_argument("method", nargs="+")
    parser.add_argument("--signal", choices=sorted(SIGNALS), default="hard")
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=11, help="seed of the first search")
    parser.add_argument("--out", type=Path, default=Path("runs/sensitivity"))
    parser.add_argument("--eddy", type=Path, default=Path("build/release/eddy"))
    parser.add_argument("--set", action="append", default=[], dest="settings", help="as for eddy run")
    return parser.parse_args()


def in_signal_region(columns):
    low, high = worlds.SIGNAL_REGION
    keep = (columns["m"] > low) & (columns["m"] < high)
    return {name: values[keep] for name, values in columns.items()}


def write_events(arguments, seed, folder):
    background = worlds.resonant_world(arguments.world, arguments.events, seed)
    signal = SIGNALS[arguments.signal](arguments.count, seed + 5000)
    data = {name: np.concatenate([background[name], signal[name]]) for name in background}
    data["label"] = np.repeat([0.0, 1.0], [arguments.events, arguments.count])
    with h5py.File(folder / "events.h5", "w") as file:
        nulls.write_table(file, "data", data)
        nulls.write_table(file, "background", in_signal_region(worlds.resonant_world(arguments.world, 500_000, 999)))
        nulls.write_table(file, "signal", in_signal_region(SIGNALS[arguments.signal](20_000, 998)))


def score(arguments, folder, group):
    subprocess.run([arguments.eddy.resolve(), "score", "run", f"events.h5:{group}", "-o", f"{group}.h5", "--quiet"], cwd=folder,
                   check=True, stderr=subprocess.DEVNULL)
    with h5py.File(folder / f"{group}.h5") as file:
        return np.asarray(file["score"])


def improvements(arguments, folder):
    background, signal = (score(arguments, folder, group) for group in ("background", "signal"))
    found = []
    for cut in CUTS:
        threshold = np.quantile(background, 1 - cut)
        found.append((signal > threshold).mean() / np.sqrt(max((background > threshold).mean(), 1 / len(background))))
    return found


def search(arguments, method, seed):
    folder = arguments.out / f"{arguments.world}-{arguments.signal}-{arguments.count}-{seed}-{method}"
    subprocess.run(["rm", "-rf", folder], check=True)
    folder.mkdir(parents=True)
    write_events(arguments, seed, folder)
    config = nulls.RESONANT.format(method=method, seed=seed).replace('"events.h5:data"\n', '"events.h5:data"\nlabel = "label"\n')
    (folder / "search.toml").write_text(config + "[validation]\nexperiments = 0\n")
    settings = [part for setting in arguments.settings for part in ("--set", setting)]
    subprocess.run([arguments.eddy.resolve(), "run", "search.toml", "--out", "run", "--quiet", *settings], cwd=folder, check=True,
                   stderr=subprocess.DEVNULL)
    return json.loads((folder / "run/result.json").read_text()), improvements(arguments, folder)


def describe(result, sic):
    z = ", ".join(f"{nulls.number(point['z']):.1f}" for point in result["working_points"])
    text = "SIC " + ", ".join(f"{value:.1f}" for value in sic) + f"; Z {z}"
    fraction = result.get("signal_fraction")
    if fraction:
        shares = {name: fraction[name] for name in ("signal_region", "beside") if fraction[name]}
        text += "".join(f"; {name} {100 * share['fraction']:.2f} % [{100 * share['low']:.2f}, {100 * share['high']:.2f}]"
                        for name, share in shares.items()) + f", truth {100 * fraction['truth']:.2f} %"
    return text


def main():
    arguments = parse_arguments()
    for method in arguments.method:
        for seed in range(arguments.first, arguments.first + arguments.seeds):
            print(arguments.world, arguments.signal, arguments.count, seed, method, describe(*search(arguments, method, seed)),
                  flush=True)


if __name__ == "__main__":
    main()
