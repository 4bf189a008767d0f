#!/usr/bin/python3
"""Events per second of the PyTorch flows, of the classifier and of the autoencoders on one thread, as one JSON object.

usage: throughput.py --config conrad64 [--blocks 2] [--seconds 5] [--training-slice 0.5]

What is timed, each for about --seconds after a warm-up:
  training   a shuffled batch gathered from the sample by index, forward, backward and Adam step
  density    log_prob without gradients, in blocks of the fastest of several sizes (of the classifier: the logit; of an
             autoencoder: the reconstruction loss)
  sampling   the inverse of standard normal numbers (drawing them included), in blocks likewise
The time is cut into slices (of training, --training-slice seconds each: as long as those of what is compared, because
a short slice more easily finds a quiet moment of a shared machine); the rates are those of the best slice by CPU time
of the process (what to compare when other jobs run on the machine) and of the best by wall time. matmul_gflops is the
speed of a 1024^3 product in single precision, to judge the machine by.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # torch.set_num_threads does not reach it; read when torch is loaded

import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from flows import Flow, FlowShape, make_classifier  # noqa: E402
from vaes import Vae, VaeShape  # noqa: E402

N_SAMPLE = 200_000
N_SLICES = 10
BLOCK_SIZES = (256, 1024, 4096, 16384)  # larger ones leave the cache and were never faster
LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class Configuration:
    shape: FlowShape | VaeShape | None  # none: the classifier
    batch_sizes: tuple[int, ...]


CLASSIFIER_INPUTS = 4
CONFIGURATIONS = {
    "conrad64": Configuration(FlowShape("rqs", features=3, context=1, layers=4, hidden=64), (128,)),
    "conrad128": Configuration(FlowShape("rqs", features=3, context=1, layers=4, hidden=128), (128,)),
    "generate": Configuration(FlowShape("affine", features=5, context=2, layers=4, hidden=128), (216,)),
    "cathode": Configuration(
        FlowShape("affine", features=4, context=1, layers=15, hidden=128, batch_norm=True), (256,)),
    "mlp": Configuration(None, (128, 512)),
    "quak": Configuration(VaeShape(features=12, hidden=(50, 30, 20), latent=4, flow_layers=10, flow_hidden=32), (256,)),
    "quak_mnist": Configuration(
        VaeShape(features=784, hidden=(512, 256, 128), latent=16, flow_layers=0, cross_entropy=True), (256,)),
}


@dataclass(frozen=True)
class Times:
    seconds: float  # for each measurement
    training_slice: float | None


@dataclass
class Rate:
    """Events per second."""

    cpu: float
    wall: float

    def to_dict(self) -> dict:
        return {"events_per_cpu_second": round(self.cpu), "events_per_wall_second": round(self.wall)}


def measure(step: Callable[[], int], seconds: float, slice_seconds: float | None = None) -> Rate:
    """The best slice of repeated calls of `step`, which returns the number of events it handled."""
    step()  # warm-up
    best = Rate(0.0, 0.0)
    slice_seconds = slice_seconds or seconds / N_SLICES
    end = time.perf_counter() + seconds  # slow steps get fewer slices than N_SLICES, but at least one
    while best.cpu == 0 or time.perf_counter() < end:
        n_events = 0
        wall_begin, cpu_begin = time.perf_counter(), time.process_time()
        while n_events == 0 or time.perf_counter() - wall_begin < slice_seconds:
            n_events += step()
        cpu, wall = time.process_time() - cpu_begin, time.perf_counter() - wall_begin
        best = Rate(max(best.cpu, n_events / cpu), max(best.wall, n_events / wall))
    return best


def batches(n_events: int, batch_size: int) -> Iterator[Tensor]:
    """Indices of shuffled batches, epoch after epoch."""
    while True:
        order = torch.randperm(n_events)
        for first in range(0, n_events - batch_size + 1, batch_size):
            yield order[first:first + batch_size]


def training_rate(model: nn.Module, loss: Callable[[Tensor], Tensor], n_sample: int, batch_size: int,
                  times: Times) -> Rate:
    """`loss` gives the mean loss of the events of an index."""
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    batch = batches(n_sample, batch_size)
    model.train()

    def step() -> int:
        rows = next(batch)
        optimiser.zero_grad(set_to_none=True)
        loss(rows).backward()
        optimiser.step()
        return len(rows)

    for _ in range(20):
        step()
    return measure(step, times.seconds, times.training_slice)


def fastest_block(evaluate: Callable[[int], object], seconds: float) -> dict:
    """Rate of `evaluate`, given the size of its block, for the best size."""

    def step(size: int) -> int:
        with torch.no_grad():
            evaluate(size)
        return size

    trials = {size: measure(lambda s=size: step(s), seconds / 10) for size in BLOCK_SIZES}
    best = max(trials, key=lambda size: trials[size].cpu)
    return {"block": best, **measure(lambda: step(best), seconds).to_dict()}


def flow_rates(shape: FlowShape, batch_sizes: tuple[int, ...], times: Times) -> dict:
    flow = Flow(shape)
    x, context = torch.randn(N_SAMPLE, shape.features), torch.randn(N_SAMPLE, shape.context)
    training = {str(size): training_rate(flow, lambda rows: -flow.log_prob(x[rows], context[rows]).mean(), N_SAMPLE,
                                         size, times).to_dict() for size in batch_sizes}
    flow.eval()
    return {"shape": shape.to_dict(), "training": training,
            "density": fastest_block(lambda n: flow.log_prob(x[:n], context[:n]), times.seconds),
            "sampling": fastest_block(lambda n: flow.sample(context[:n]), times.seconds)}


def classifier_rates(batch_sizes: tuple[int, ...], times: Times) -> dict:
    classifier = make_classifier(CLASSIFIER_INPUTS)
    loss_function = nn.BCEWithLogitsLoss()
    x = torch.randn(N_SAMPLE, CLASSIFIER_INPUTS)
    label = (torch.rand(N_SAMPLE, 1) < 0.5).float()
    training = {str(size): training_rate(classifier, lambda rows: loss_function(classifier(x[rows]), label[rows]),
                                         N_SAMPLE, size, times).to_dict() for size in batch_sizes}
    classifier.eval()
    return {"inputs": CLASSIFIER_INPUTS, "training": training,
            "density": fastest_block(lambda n: classifier(x[:n]), times.seconds)}


def vae_rates(shape: VaeShape, batch_sizes: tuple[int, ...], times: Times) -> dict:
    vae = Vae(shape)
    x = torch.rand(N_SAMPLE // 10, shape.features)
    training = {str(size): training_rate(vae, lambda rows: vae.loss(x[rows]), len(x), size, times).to_dict()
                for size in batch_sizes}
    vae.eval()
    return {"shape": shape.to_dict(), "training": training,
            "density": fastest_block(lambda n: vae.reconstruction_loss(x[:n]), times.seconds)}


def matmul_gflops(n: int = 1024, repeats: int = 10) -> float:
    a, b = torch.randn(n, n), torch.randn(n, n)
    rate = max(measure(lambda: int((a @ b).shape[0]), 0.05).cpu for _ in range(repeats))
    return rate / n * 2 * n**3 / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, choices=CONFIGURATIONS)
    parser.add_argument("--blocks", type=int, default=2, help="residual blocks of a flow's conditioner (default: 2)")
    parser.add_argument("--seconds", type=float, default=5, help="time for each measurement (default: 5)")
    parser.add_argument("--training-slice", type=float, help="length of a slice of training (default: a tenth of it)")
    arguments = parser.parse_args()
    times = Times(arguments.seconds, arguments.training_slice)
    torch.set_num_threads(1)
    torch.manual_seed(1)
    configuration = CONFIGURATIONS[arguments.config]
    result = {"config": arguments.config, "torch": torch.__version__, "threads": torch.get_num_threads(),
              "matmul_gflops": round(matmul_gflops(), 1)}
    if configuration.shape is None:
        result |= classifier_rates(configuration.batch_sizes, times)
    elif isinstance(configuration.shape, VaeShape):
        result |= vae_rates(configuration.shape, configuration.batch_sizes, times)
    else:
        shape = replace(configuration.shape, blocks=arguments.blocks)
        result |= flow_rates(shape, configuration.batch_sizes, times)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
