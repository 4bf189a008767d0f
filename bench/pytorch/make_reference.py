#!/usr/bin/python3
"""Writes the golden files of tests/data/pytorch: three small flows with weights far from their initial ones, evaluated
in double precision by PyTorch. The layout is described in reference_file.py.

usage: make_reference.py [-o FOLDER]
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from flows import Flow, FlowShape, identity_derivative
from reference_file import flow_to_dict, gradient_to_dict, numbers, write

N_EVENTS = 90  # three of eddy's panels, the last one incomplete
N_EVENTS_STATISTICS = 4096  # sets the running statistics of the batch normalisations
GRID = 2.0**-10  # parameters and inputs are multiples of it

FLOWS = {
    "rqs_3_1": (FlowShape(transform="rqs", features=3, context=1, layers=4, hidden=32, blocks=2), 11),
    "affine_5_2": (FlowShape(transform="affine", features=5, context=2, layers=3, hidden=32, blocks=2), 12),
    "affine_batch_norm_4_1": (FlowShape(transform="affine", features=4, context=1, layers=5, hidden=32, blocks=1,
                                        batch_norm=True), 13),
}
# Spread of the weights of the output layer, relative to 1/sqrt(inputs seen): the splines are far from straight, but not
# so steep that single precision cannot follow; the log scales of several affine layers add up.
OUTPUT_SPREAD = {"rqs": 0.3, "affine": 0.2}
# Some features lie beyond the spline's box (|x| > 5: 5 %).
INPUT_SPREAD = {"rqs": 2.5, "affine": 1.5}
BIAS_SPREAD = 0.3


def on_grid(values: Tensor) -> Tensor:
    return torch.round(values / GRID) * GRID


def normal(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def randomise(flow: Flow, generator: torch.Generator) -> None:
    """Weights as a trained network may have them: activations of order 1 in all layers."""
    transform = flow.shape.transform
    for layer in flow.layers:
        n_linear = len(layer.conditioner.linear)
        spreads = [1 / INPUT_SPREAD[transform]] + (n_linear - 2) * [1.0] + [OUTPUT_SPREAD[transform]]
        for linear, spread in zip(layer.conditioner.linear, spreads, strict=True):
            bound = spread / linear.mask.sum(dim=1, keepdim=True).clamp(min=1).sqrt()
            linear.weight.copy_(on_grid(normal(generator, *linear.weight.shape) * bound * linear.mask))
            linear.bias.copy_(on_grid(BIAS_SPREAD * normal(generator, len(linear.bias))))
        if transform == "rqs":  # around slope 1
            biases = layer.conditioner.linear[-1].bias.view(flow.shape.features, -1)
            biases[:, 2 * flow.shape.bins:] += on_grid(torch.tensor(identity_derivative()))
        if layer.batch_norm is not None:
            for parameter in (layer.batch_norm.log_gamma, layer.batch_norm.beta):
                parameter.copy_(on_grid(BIAS_SPREAD * normal(generator, flow.shape.features)))


def draw_inputs(shape: FlowShape, n_events: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    x = on_grid(INPUT_SPREAD[shape.transform] * normal(generator, n_events, shape.features))
    return x, on_grid(normal(generator, n_events, shape.context))


def set_running_statistics(flow: Flow, generator: torch.Generator) -> None:
    """Running values of an independent sample, so that evaluation and training differ."""
    flow.train()
    flow.log_prob(*draw_inputs(flow.shape, N_EVENTS_STATISTICS, generator))
    for layer in flow.layers:
        layer.batch_norm.running_mean.copy_(on_grid(layer.batch_norm.running_mean))
        layer.batch_norm.running_var.copy_(on_grid(layer.batch_norm.running_var).clamp(min=GRID))


def make_flow(shape: FlowShape, generator: torch.Generator) -> Flow:
    flow = Flow(shape).double()
    with torch.no_grad():
        randomise(flow, generator)
        if shape.batch_norm:
            set_running_statistics(flow, generator)
    return flow.eval()


def evaluation(flow: Flow, x: Tensor, context: Tensor) -> dict:
    flow.eval()
    with torch.no_grad():
        z, _ = flow(x, context)
        return {"z": numbers(z), "log_prob": numbers(flow.log_prob(x, context)),
                "x_recovered": numbers(flow.inverse(z, context))}


def training(flow: Flow, x: Tensor, context: Tensor) -> dict:
    """Loss and gradient of the whole sample as one batch. Replaces the running statistics."""
    flow.train()
    x = x.clone().requires_grad_()
    log_prob = flow.log_prob(x, context)
    loss = -log_prob.mean()
    loss.backward()
    result = {"log_prob": numbers(log_prob.detach()), "loss": numbers(loss.detach())}
    if flow.shape.batch_norm:  # with momentum 0 the running values are the last batch's
        result["batch_norm"] = [{"batch_mean": numbers(layer.batch_norm.running_mean),
                                 "batch_var": numbers(layer.batch_norm.running_var)} for layer in flow.layers]
    return {"training": result, "gradient": gradient_to_dict(flow) | {"x": numbers(x.grad)}}


def make_reference(shape: FlowShape, seed: int) -> dict:
    generator = torch.Generator().manual_seed(seed)
    flow = make_flow(shape, generator)
    x, context = draw_inputs(shape, N_EVENTS, generator)
    content = flow_to_dict(flow) | {"x": numbers(x), "context": numbers(context)}
    return content | evaluation(flow, x, context) | training(flow, x, context)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).resolve().parents[2] / "tests" / "data" / "pytorch"
    parser.add_argument("-o", "--output", type=Path, default=default, metavar="FOLDER")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, (shape, seed) in FLOWS.items():
        path = arguments.output / f"{name}.json"
        write(make_reference(shape, seed), path)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
