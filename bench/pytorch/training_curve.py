#!/usr/bin/python3
"""Trains the PyTorch flow on the monojet template, to lay its validation loss beside eddy's.

usage: training_curve.py prepare FOLDER_OF_FULL_SAMPLES -o curve.h5 [--events 200000]
       training_curve.py train curve.h5 [--epochs 15] [--seeds 1 2 3] [--blocks 1] ...

prepare  takes the first photon + jets events that pass the selection of examples/monojet-full.toml: features m_j1,
         tau21, tau32, context met, each mapped to a nearly normal variable by its quantiles, then shifted and
         stretched, so that the scaling that follows does something. The file has the group `columns` with one float32
         dataset per column: m_j1, tau21, tau32, met and `validation` (1 for every fifth event, from event 4 on; 0
         otherwise).
train    standardises the columns (mean and population standard deviation of ALL events, computed in double precision;
         eddy: feature_scaler = context_scaler = "standard"), trains on validation = 0 with eddy's defaults, and prints
         one JSON object: per seed the validation loss (mean negative log-density in scaled space over validation = 1)
         before training and after each epoch. An .npz file with u_train, c_train, u_validation, c_validation (scaled
         already) is taken as it is.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # torch.set_num_threads does not reach it; read when torch is loaded

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import Tensor  # noqa: E402

from flows import Flow, FlowShape  # noqa: E402

TEMPLATE = Path("monojet") / "gjets_template.h5"
FEATURES = ("m_j1", "tau21", "tau32")
CONTEXT = ("met",)
GROUP = "columns"
N_KNOTS = 1001  # of the quantile map
VALIDATION_PERIOD = 5
SHIFT_AND_STRETCH = {"m_j1": (1.0, 2.0), "tau21": (-0.5, 0.5), "tau32": (0.3, 1.5), "met": (2.0, 3.0)}
VALIDATION_BLOCK = 8192


@dataclass
class Sample:
    """Scaled events: u: (n_events, n_features), c: (n_events, n_context)."""

    u: Tensor
    c: Tensor


def selected_columns(path: Path, n_events: int) -> dict[str, np.ndarray]:
    """Features and context of the first events that pass the selection, as examples/monojet-full.toml has them."""
    with h5py.File(path) as file:
        raw = {name: file[name][...].astype(np.float64)
               for name in ("met", "pt_j1", "m_j1", "tau1_j1", "tau2_j1", "tau3_j1")}
    keep = np.flatnonzero((raw["met"] > 700) & (raw["pt_j1"] > 500) & (raw["tau2_j1"] > 0))[:n_events]
    if len(keep) < n_events:
        sys.exit(f"{path} has {len(keep)} events that pass the selection, not {n_events}; give a smaller --events")
    raw = {name: values[keep] for name, values in raw.items()}
    return {"m_j1": raw["m_j1"], "tau21": raw["tau2_j1"] / raw["tau1_j1"], "tau32": raw["tau3_j1"] / raw["tau2_j1"],
            "met": raw["met"]}


def to_normal(values: np.ndarray) -> np.ndarray:
    """A monotone, piecewise linear map of the values' quantiles to those of a standard normal, within +-3.5."""
    # Knots even in the normal variable: the tails are resolved.
    normal = np.linspace(-3.5, 3.5, N_KNOTS)
    probability = np.array([statistics.NormalDist().cdf(z) for z in normal])
    probability[0], probability[-1] = 0, 1
    edges, first = np.unique(np.quantile(values, probability), return_index=True)
    return np.interp(values, edges, normal[first])


def prepare(arguments: argparse.Namespace) -> None:
    columns = selected_columns(arguments.samples / TEMPLATE, arguments.events)
    with h5py.File(arguments.output, "w") as file:
        group = file.create_group(GROUP)
        for name, values in columns.items():
            shift, stretch = SHIFT_AND_STRETCH[name]
            group[name] = (shift + stretch * to_normal(values)).astype(np.float32)
        index = np.arange(arguments.events)
        group["validation"] = (index % VALIDATION_PERIOD == VALIDATION_PERIOD - 1).astype(np.float32)
    print(f"{arguments.output}: {arguments.events} events")


def standardised(group: h5py.Group, names: tuple[str, ...]) -> np.ndarray:
    """The columns scaled by mean and population standard deviation of all events, in single precision."""
    values = np.stack([group[name][...].astype(np.float64) for name in names], axis=1)
    return ((values - values.mean(axis=0)) / values.std(axis=0)).astype(np.float32)


def load(path: Path) -> tuple[Sample, Sample]:
    """Training and validation events."""
    if path.suffix == ".npz":
        arrays = np.load(path)
        return tuple(Sample(*(torch.from_numpy(arrays[f"{letter}_{part}"].astype(np.float32)) for letter in "uc"))
                     for part in ("train", "validation"))
    with h5py.File(path) as file:
        u, c = (torch.from_numpy(standardised(file[GROUP], names)) for names in (FEATURES, CONTEXT))
        validation = torch.from_numpy(file[GROUP]["validation"][...] != 0)
    return Sample(u[~validation], c[~validation]), Sample(u[validation], c[validation])


def mean_loss(flow: Flow, sample: Sample) -> float:
    """Mean negative log-density, summed in double precision."""
    flow.eval()
    with torch.no_grad():
        blocks = zip(sample.u.split(VALIDATION_BLOCK), sample.c.split(VALIDATION_BLOCK), strict=True)
        return -sum(flow.log_prob(u, c).double().sum().item() for u, c in blocks) / len(sample.u)


def train_epoch(flow: Flow, sample: Sample, batch_size: int, optimiser: torch.optim.Optimizer,
                schedule: torch.optim.lr_scheduler.LambdaLR) -> float:
    """Mean loss over the batches, the last of which may be smaller."""
    flow.train()
    total = 0.0
    for rows in torch.randperm(len(sample.u)).split(batch_size):
        loss = -flow.log_prob(sample.u[rows], sample.c[rows]).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item() * len(rows)
    return total / len(sample.u)


def train_seed(arguments: argparse.Namespace, seed: int, training: Sample, validation: Sample) -> dict:
    torch.manual_seed(seed)
    flow = Flow(FlowShape("rqs", training.u.shape[1], training.c.shape[1], arguments.layers, arguments.hidden,
                          arguments.blocks, arguments.bins))
    optimiser = torch.optim.Adam(flow.parameters(), lr=arguments.learning_rate)
    n_steps = arguments.epochs * math.ceil(len(training.u) / arguments.batch_size)
    # The rate of step i, from 0, is (1 + cos(pi i / n_steps)) / 2 of the first one, as eddy's "cosine".
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda i: 0.5 * (1 + math.cos(math.pi * i / n_steps)))
    curve = {"seed": seed, "initial_validation_loss": mean_loss(flow, validation), "train_loss": [],
             "validation_loss": []}
    cpu_begin = time.process_time()
    for epoch in range(arguments.epochs):
        curve["train_loss"].append(train_epoch(flow, training, arguments.batch_size, optimiser, schedule))
        curve["validation_loss"].append(mean_loss(flow, validation))
        print(f"seed {seed}, epoch {epoch + 1} of {arguments.epochs}: validation loss "
              f"{curve['validation_loss'][-1]:.5f}", file=sys.stderr)
    return curve | {"cpu_seconds": round(time.process_time() - cpu_begin, 1)}


def train(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    training, validation = load(arguments.file)
    settings = {name: getattr(arguments, name)
                for name in ("epochs", "layers", "hidden", "blocks", "bins", "batch_size", "learning_rate")}
    curves = [train_seed(arguments, seed, training, validation) for seed in arguments.seeds]
    print(json.dumps({"file": str(arguments.file), "n_training": len(training.u), "n_validation": len(validation.u),
                      "settings": settings, "curves": curves}, indent=1))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    preparing = commands.add_parser("prepare", help="write the file that both programs train on")
    preparing.add_argument("samples", type=Path, help="folder with monojet/gjets_template.h5")
    preparing.add_argument("-o", "--output", type=Path, required=True)
    preparing.add_argument("--events", type=int, default=200_000)
    preparing.set_defaults(run=prepare)
    training = commands.add_parser("train", help="train on it and print the loss curves")
    training.add_argument("file", type=Path)
    training.add_argument("--seeds", type=int, nargs="+", default=[1])
    for name, default in {"epochs": 15, "layers": 4, "hidden": 64, "blocks": 1, "bins": 8, "batch-size": 256}.items():
        training.add_argument(f"--{name}", type=int, default=default)
    training.add_argument("--learning-rate", type=float, default=1e-3)
    training.set_defaults(run=train)
    return parser.parse_args()


if __name__ == "__main__":
    parsed = parse_arguments()
    parsed.run(parsed)
