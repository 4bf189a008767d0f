#!/usr/bin/env python3
"""Cuts examples/data/quak-small.h5 from the full dijet samples (docs/data.md), so that the example runs anywhere in a minute.

usage: /usr/bin/python3 tools/make_quak_example.py FOLDER_OF_FULL_SAMPLES [-o OUTPUT] [--n-data N] ...

Three groups of columns (GeV): "background" (simulated QCD dijets), "prior" (a two-prong resonance of 4500 GeV), and "data": other QCD
dijets with a few events of another resonance (3500 GeV) among them, label = 1. All are random subsets without any preference, in
random order. The twelve inputs of QUAK are computed here, as examples/quak-blackbox.toml computes them from the full samples.
"""

import argparse
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

BACKGROUND = "background.h5"
PRIOR = "signal_2prong_4500_500_150.h5"
SIGNAL = "signal_2prong_3500_500_100.h5"
EPSILON = 1e-5  # GeV, keeps ratios defined for a jet of few constituents


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the samples are")
    parser.add_argument("-o", "--output", type=Path, default=Path("examples/data/quak-small.h5"))
    parser.add_argument("--n-data", type=int, default=20_000, help="background events in the data")
    parser.add_argument("--n-background", type=int, default=20_000)
    parser.add_argument("--n-prior", type=int, default=6_000)
    parser.add_argument("--n-signal", type=int, default=120, help="signal events in the data")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def read_shuffled(path, random):
    events = pd.read_hdf(path)
    return inputs(events.iloc[random.permutation(len(events))].reset_index(drop=True))


def dijet_mass(events):
    def total(component):
        return events[f"{component}j1"].astype(float) + events[f"{component}j2"].astype(float)

    def energy(jet):
        return np.sqrt(sum(events[f"{quantity}{jet}"].astype(float) ** 2 for quantity in ("px", "py", "pz", "m")))

    return np.sqrt((energy("j1") + energy("j2")) ** 2 - total("px") ** 2 - total("py") ** 2 - total("pz") ** 2)


def inputs(events):
    """The mass and the twelve inputs, name -> float32 values."""
    columns = {"mjj": dijet_mass(events)}
    for jet in ("j1", "j2"):
        tau = [events[f"tau{n}{jet}"].astype(float) for n in (1, 2, 3, 4)]
        columns[f"m_{jet}"] = events[f"m{jet}"]
        columns[f"tau1_{jet}"] = tau[0]
        columns[f"tau21_{jet}"] = tau[1] / (tau[0] + EPSILON)
        columns[f"tau32_{jet}"] = tau[2] / (tau[1] + EPSILON)
        columns[f"tau43_{jet}"] = tau[3] / (tau[2] + EPSILON)
        columns[f"n_tracks_{jet}"] = events[f"ntrk{jet}"]
    return pd.DataFrame({name: to_four_digits(values) for name, values in columns.items()})


def to_four_digits(values):
    """Four significant digits: finer than the resolution, and half the size when compressed."""
    values = np.asarray(values, dtype=np.float64)
    scale = 10.0 ** (3 - np.floor(np.log10(np.maximum(np.abs(values), 1e-12))))
    return (np.round(values * scale) / scale).astype(np.float32)


def write(file, group, events):
    for name, values in events.items():
        dataset = file.create_dataset(f"{group}/{name}", data=values.to_numpy(), compression="gzip", compression_opts=9, shuffle=True)
        if name == "mjj" or name.startswith(("m_", "tau1_")):
            dataset.attrs["units"] = "GeV"


def main():
    arguments = parse_arguments()
    random = np.random.Generator(np.random.Philox(arguments.seed))
    background = read_shuffled(arguments.folder / BACKGROUND, random)
    n_wanted = arguments.n_data + arguments.n_background
    if n_wanted > len(background):
        raise SystemExit(f"{BACKGROUND}: {n_wanted} events are wanted but it has {len(background)}; ask for fewer")
    data = background[:arguments.n_data].assign(label=np.float32(0))
    signal = read_shuffled(arguments.folder / SIGNAL, random)[:arguments.n_signal].assign(label=np.float32(1))
    data = pd.concat([data, signal])
    data = data.iloc[random.permutation(len(data))]

    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(arguments.output, "w") as file:
        write(file, "data", data)
        write(file, "background", background[arguments.n_data:n_wanted])
        write(file, "prior", read_shuffled(arguments.folder / PRIOR, random)[:arguments.n_prior])
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
