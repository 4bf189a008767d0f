#!/usr/bin/env python3
"""Cuts examples/data/dijet-small.h5 from the full dijet samples (docs/data.md), so that the example runs anywhere in a minute.

usage: /usr/bin/python3 tools/make_dijet_example.py FOLDER_OF_FULL_SAMPLES [-o OUTPUT] [--n-background N] ...

The file looks like the official features file of the LHC Olympics: a pandas table with momentum and mass of the two leading
jets, three N-subjettiness variables of each, and the label (1 = signal); GeV. Background and signal are random subsets of the
full samples without any preference, in random order: every distribution is what it was, only with fewer events.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

COLUMNS = [f"{quantity}{jet}" for jet in ("j1", "j2") for quantity in ("px", "py", "pz", "m", "tau1", "tau2", "tau3")]
SIGNAL_REGION = (3300.0, 3700.0)  # GeV, dijet mass


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where background.h5 and the signal are")
    parser.add_argument("-o", "--output", type=Path, default=Path("examples/data/dijet-small.h5"))
    parser.add_argument("--signal", default="signal_2prong_3500_500_100.h5", help="file name of the signal")
    parser.add_argument("--n-background", type=int, default=60_000)
    parser.add_argument("--s-over-sqrt-b", type=float, default=2.3, help="of the injected signal, in the signal region")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def read_shuffled(path, label, random):
    """The columns of a full sample and its label, in random order."""
    events = pd.read_hdf(path)[COLUMNS].astype(np.float32)
    events["label"] = np.float32(label)
    return events.iloc[random.permutation(len(events))]


def dijet_mass(events):
    def total(component):
        return events[f"{component}j1"].astype(float) + events[f"{component}j2"].astype(float)

    def energy(jet):
        return np.sqrt(sum(events[f"{quantity}{jet}"].astype(float) ** 2 for quantity in ("px", "py", "pz", "m")))

    return np.sqrt((energy("j1") + energy("j2")) ** 2 - total("px") ** 2 - total("py") ** 2 - total("pz") ** 2)


def in_signal_region(events):
    mass = dijet_mass(events)
    return ((mass > SIGNAL_REGION[0]) & (mass < SIGNAL_REGION[1])).to_numpy()


def n_injected(background, signal, s_over_sqrt_b):
    """How many signal events, in the order they come, put s_over_sqrt_b into the signal region."""
    wanted = round(s_over_sqrt_b * np.sqrt(in_signal_region(background).sum()))
    return int(np.searchsorted(np.cumsum(in_signal_region(signal)), wanted)) + 1 if wanted > 0 else 0


def main():
    arguments = parse_arguments()
    random = np.random.Generator(np.random.Philox(arguments.seed))
    background = read_shuffled(arguments.folder / "background.h5", 0, random)
    if arguments.n_background > len(background):
        raise SystemExit(f"background.h5: {arguments.n_background} events are wanted but it has {len(background)}; ask for fewer")
    background = background[:arguments.n_background]
    signal = read_shuffled(arguments.folder / arguments.signal, 1, random)
    signal = signal[:n_injected(background, signal, arguments.s_over_sqrt_b)]

    data = pd.concat([background, signal])
    data = data.iloc[random.permutation(len(data))].reset_index(drop=True)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    data.to_hdf(arguments.output, key="df", mode="w", format="fixed", complib="zlib", complevel=9)
    b, s = in_signal_region(background).sum(), in_signal_region(signal).sum()
    print(f"{len(background)} background events, {b} in the signal region; {len(signal)} signal events, {s} there: "
          f"S/sqrt(B) = {s / np.sqrt(b):.2f}")
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
