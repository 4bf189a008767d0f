#!/usr/bin/env python3
"""Cuts examples/data/darkqcd-small.h5 from the full dark-QCD samples (docs/data.md), so that the example runs anywhere in a minute.

usage: /usr/bin/python3 tools/make_darkqcd_example.py FOLDER_OF_FULL_SAMPLES [-o OUTPUT] ...

Groups: data (background with signal hidden in it, label 1), simulation, background (other events than in data, for
benchmarks), signal (not those in data). Events of the control region are thinned with a probability that depends, smoothly,
on HT and MET alone and is the same for data, simulation and background: the features at given HT and MET, and the ratio of
data to simulation there, are what they were. The signal is thinned in the same way.
"""

import argparse
from pathlib import Path

import h5py
import numpy as np

COLUMNS = ("ht", "met", "mjj", "tau21_j1", "tau32_j1", "tau21_j2", "tau32_j2")
UNITS = {"ht": "GeV", "met": "GeV", "mjj": "GeV"}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where simulation.h5, data_background.h5 and signal.h5 are")
    parser.add_argument("-o", "--output", type=Path, default=Path("examples/data/darkqcd-small.h5"))
    parser.add_argument("--s-over-sqrt-b", type=float, default=2.5, help="of the hidden signal, in the signal region")
    parser.add_argument("--n-signal", type=int, default=3000, help="events in the group signal")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def read(path):
    with h5py.File(path) as file:
        return {name: file[name][:].astype(np.float32) for name in COLUMNS}


def take(events, rows):
    return {name: values[rows] for name, values in events.items()}


def size(events):
    return len(events["ht"])


def in_signal_region(events):
    return (events["ht"] > 600) & (events["met"] > 50)


def keep_probability(events):
    """0.05 in the bulk of the control region, nearly 1 in the signal region."""
    def step(values, middle, width):
        return 1 / (1 + np.exp(-(values.astype(float) - middle) / width))

    return 0.05 + 0.95 * step(events["ht"], 540, 40) * step(events["met"], 40, 5)


def thinned(events, random):
    return take(events, np.flatnonzero(random.random(size(events)) < keep_probability(events)))


def hide_signal(background, signal, s_over_sqrt_b, random):
    """Background and enough of the signal, in random order with their label; and the signal that is left."""
    wanted = round(s_over_sqrt_b * np.sqrt(in_signal_region(background).sum()))
    n = int(np.searchsorted(np.cumsum(in_signal_region(signal)), wanted)) + 1
    hidden = take(signal, slice(0, n))
    data = {name: np.concatenate([background[name], hidden[name]]) for name in COLUMNS}
    data["label"] = np.concatenate([np.zeros(size(background)), np.ones(n)]).astype(np.float32)
    return take(data, random.permutation(size(data))), take(signal, slice(n, None))


def write(file, name, events):
    group = file.create_group(name)
    for column, values in events.items():
        data = group.create_dataset(column, data=values, compression="gzip", compression_opts=9, shuffle=True)
        if column in UNITS:
            data.attrs["units"] = UNITS[column]


def main():
    arguments = parse_arguments()
    random = np.random.Generator(np.random.Philox(arguments.seed))
    background = read(arguments.folder / "data_background.h5")
    half = size(background) // 2
    data = thinned(take(background, slice(0, half)), random)
    benchmark = thinned(take(background, slice(half, None)), random)
    simulation = thinned(read(arguments.folder / "simulation.h5"), random)
    signal = thinned(read(arguments.folder / "signal.h5"), random)
    signal = take(signal, random.permutation(size(signal)))
    n_background = in_signal_region(data).sum()
    data, rest = hide_signal(data, signal, arguments.s_over_sqrt_b, random)
    groups = {"data": data, "simulation": simulation, "background": benchmark,
              "signal": take(rest, slice(0, arguments.n_signal))}
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(arguments.output, "w") as file:
        for name, events in groups.items():
            write(file, name, events)
            print(f"{name}: {size(events)} events, {in_signal_region(events).sum()} in the signal region")
    n_signal = (in_signal_region(data) & (data["label"] == 1)).sum()
    print(f"S/sqrt(B) = {n_signal / np.sqrt(n_background):.2f}; {arguments.output}: "
          f"{arguments.output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
