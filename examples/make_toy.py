#!/usr/bin/env python3
"""Makes the toy of LaCATHODE, section III (arXiv:2210.14924): a flat mass, and two features that follow it a little.

usage: examples/make_toy.py FILE [--correlation C] [--events N] [--seed S]

Groups `data` and `sample`, of N events each, are independent draws of the same: m uniform in [-10, 10], x1 and x2 from
N(C m, 1). A classifier has nothing to learn from them, so a cut on its score should keep m flat: examples/toy-sculpting.toml.
"""

import argparse
from pathlib import Path

import h5py
import numpy as np

MASS_RANGE = (-10.0, 10.0)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="HDF5 file to write")
    parser.add_argument("--correlation", type=float, default=0.1,
                        help="C, the shift of the features per unit of mass (paper: 0.001, 0.1)")
    parser.add_argument("--events", type=int, default=1_000_000, help="in each group (paper: a million)")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def draw(n_events, correlation, random):
    mass = random.uniform(*MASS_RANGE, n_events)
    return {"m": mass} | {name: random.normal(correlation * mass, 1.0) for name in ("x1", "x2")}


def main():
    arguments = parse_arguments()
    if arguments.events < 1:
        raise SystemExit(f"--events {arguments.events} leaves the groups empty; give at least 1")
    random = np.random.Generator(np.random.Philox(arguments.seed))
    arguments.file.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(arguments.file, "w") as file:
        file.attrs["description"] = f"toy of arXiv:2210.14924, section III, correlation {arguments.correlation}"
        for group in ("data", "sample"):
            for name, values in draw(arguments.events, arguments.correlation, random).items():
                file.create_dataset(f"{group}/{name}", data=values.astype(np.float32))
    print(f"{arguments.file}: data and sample, {arguments.events} events each, x = N({arguments.correlation:g} m, 1)")


if __name__ == "__main__":
    main()
