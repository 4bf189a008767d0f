#!/usr/bin/env python3
"""Cuts examples/data/monojet-small.h5 from the full monojet samples (docs/data.md), so that the example runs anywhere in minutes.

usage: /usr/bin/python3 tools/make_example_data.py FOLDER_OF_FULL_SAMPLES [-o OUTPUT] [--n-data N] ...

Groups of the file, one dataset per column:
  data        Z+jets events with some signal among them, label says which (1 = signal)
  null        Z+jets events only, none of them in `data`: a search there must find nothing
  template    photon+jets events, the control sample that the search learns the background from
  background  independent Z+jets events, for the benchmark that knows the background
  signal      signal events, none of them in `data`, for evaluation

The missing momentum falls steeply, so a small sample of the full one would have few events in the signal region. Every sample
is therefore thinned with the same probability min(1, exp((met - MET_FULL) / MET_SCALE)), as a prescaled trigger would do: the
spectrum of met becomes harder and stays smooth, and the distribution of the features at each met is what it was.
"""

import argparse
from pathlib import Path

import h5py
import numpy as np

COLUMNS = ["met", "pt_j1", "m_j1", "tau1_j1", "tau2_j1", "tau3_j1"]
SIGNAL_REGION = 1000.0  # GeV, met above


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where zjets.h5, zjets_template.h5, gjets_template.h5 and the signal are")
    parser.add_argument("-o", "--output", type=Path, default=Path("examples/data/monojet-small.h5"))
    parser.add_argument("--signal", default="signal_3prong.h5", help="file name of the signal")
    parser.add_argument("--n-data", type=int, default=50_000, help="background events in data")
    parser.add_argument("--n-null", type=int, default=50_000)
    parser.add_argument("--n-template", type=int, default=180_000)
    parser.add_argument("--n-background", type=int, default=20_000)
    parser.add_argument("--n-signal", type=int, default=5_000)
    parser.add_argument("--s-over-sqrt-b", type=float, default=3.5, help="of the injected signal, in the signal region")
    parser.add_argument("--met-full", type=float, default=1300.0, help="GeV; events above are all kept")
    parser.add_argument("--met-scale", type=float, default=300.0, help="GeV; how fast fewer are kept below")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def read_thinned(path, arguments, random):
    """The columns of a full sample, thinned, in random order."""
    with h5py.File(path) as file:
        columns = {name: file[name][:] for name in COLUMNS}
    keep_probability = np.minimum(1.0, np.exp((columns["met"] - arguments.met_full) / arguments.met_scale))
    kept = np.flatnonzero(random.random(len(keep_probability)) < keep_probability)
    random.shuffle(kept)
    return {name: values[kept] for name, values in columns.items()}


def split(sample, sizes, path):
    """Consecutive, disjoint parts of a sample."""
    available = len(sample["met"])
    if sum(sizes) > available:
        raise SystemExit(f"{path}: {sum(sizes)} events are wanted but {available} are left after thinning; ask for fewer")
    ends = np.cumsum(sizes)
    return [{name: values[end - size:end] for name, values in sample.items()} for size, end in zip(sizes, ends)]


def labelled(sample, label):
    return sample | {"label": np.full(len(sample["met"]), label, dtype=np.float32)}


def mixed(first, second, random):
    order = random.permutation(len(first["met"]) + len(second["met"]))
    return {name: np.concatenate([first[name], second[name]])[order] for name in first}


def count_in_signal_region(sample):
    return int(np.count_nonzero(sample["met"] > SIGNAL_REGION))


def n_injected(background, signal, s_over_sqrt_b):
    """How many signal events, in the order they come, put s_over_sqrt_b into the signal region."""
    wanted = round(s_over_sqrt_b * np.sqrt(count_in_signal_region(background)))
    in_region = np.cumsum(signal["met"] > SIGNAL_REGION)
    return int(np.searchsorted(in_region, wanted)) + 1 if wanted > 0 else 0


def write_group(file, name, sample, description):
    group = file.create_group(name)
    group.attrs["description"] = description
    for column, values in sample.items():
        dataset = group.create_dataset(column, data=values.astype(np.float32), chunks=(len(values),), compression="gzip",
                                       compression_opts=9, shuffle=True)
        if column in ("met", "pt_j1", "m_j1"):
            dataset.attrs["units"] = "GeV"
    print(f"{name:11} {len(values):7} events, {count_in_signal_region(sample):6} in the signal region")


def main():
    arguments = parse_arguments()
    random = np.random.Generator(np.random.Philox(arguments.seed))
    sample = lambda name: read_thinned(arguments.folder / name, arguments, random)

    data_background, null = split(sample("zjets.h5"), [arguments.n_data, arguments.n_null], "zjets.h5")
    (background,) = split(sample("zjets_template.h5"), [arguments.n_background], "zjets_template.h5")
    (template,) = split(sample("gjets_template.h5"), [arguments.n_template], "gjets_template.h5")
    all_signal = sample(arguments.signal)
    injected = n_injected(data_background, all_signal, arguments.s_over_sqrt_b)
    data_signal, signal = split(all_signal, [injected, arguments.n_signal], arguments.signal)

    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(arguments.output, "w") as file:
        file.attrs["description"] = "Small monojet samples, cut by tools/make_example_data.py; see docs/data.md"
        data = mixed(labelled(data_background, 0), labelled(data_signal, 1), random)
        write_group(file, "data", data, "Z+jets and injected signal (label 1)")
        write_group(file, "null", labelled(null, 0), "Z+jets without signal")
        write_group(file, "template", template, "photon+jets, the photon counted as missing momentum")
        write_group(file, "background", labelled(background, 0), "independent Z+jets")
        write_group(file, "signal", labelled(signal, 1), "signal that is not in data")
    in_region = count_in_signal_region(data_signal)
    print(f"injected    {injected:7} events, {in_region:6} in the signal region: S/sqrt(B) = "
          f"{in_region / np.sqrt(count_in_signal_region(data_background)):.2f}")
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
