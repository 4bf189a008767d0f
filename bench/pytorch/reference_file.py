"""The JSON layout in which eddy and PyTorch exchange a flow, its inputs and its results.

    shape           transform ("rqs" or "affine"), features, context, layers, hidden, blocks, bins, bound, batch_norm
    min_bin, min_derivative, max_log_scale, batch_norm_epsilon
                    constants of the transforms, for the record
    hidden_degrees  [hidden]: degrees of the hidden units of every conditioner, ascending
    layers[l]       l = 0 is the first to see x
      feature_order [features]: feature_order[p] is the feature at position p of this layer (reversed for odd l)
      linear[k]     k = 0: input layer; 1 + 2b, 2 + 2b: first and second layer of block b; last: output layer
        weight      [n_out][n_in]; masked entries are 0
        bias        [n_out]
      batch_norm    only when shape.batch_norm; each [features], in natural order (feature 0, 1, ...)
        log_gamma, beta            parameters
        running_mean, running_var  stored statistics; running_var is biased (1/N) and without epsilon
    x               [n_events][features], natural order, scaled space
    context         [n_events][context]
    z               [n_events][features], natural order, evaluation mode
    log_prob        [n_events], evaluation mode: log N(z; 0, 1) + log |dz/dx|
    x_recovered     [n_events][features]: the inverse of z, evaluation mode
    training        the whole file as one batch, in training mode (differs from evaluation with batch_norm only)
      log_prob      [n_events]
      loss          mean of -log_prob
      batch_norm    only when shape.batch_norm, one entry per layer: batch_mean, batch_var (biased): [features]
    gradient        of training.loss
      layers[l]     linear[k] (weight, bias) and batch_norm (log_gamma, beta), shaped as above; masked entries are 0
      x             [n_events][features]

The inputs of a conditioner are the context columns, then the features in the layer's order. Its hidden units are sorted
by degree. Its outputs go position by position (not feature by feature); for each position 3 bins - 1 rows for the
spline (bins widths, bins heights, bins - 1 inner derivatives, all unnormalised) or 2 rows for the affine transform (the
unlimited log scale a, the shift t).

Parameters and inputs of the golden files are multiples of 2^-10: decimal, float and double hold the same value.
Results are computed in double precision and written with 12 significant digits.

A file that eddy exports needs shape, layers, x, context, log_prob, training.loss and gradient.layers.
"""

import json
from pathlib import Path

import torch
from torch import Tensor

from flows import BATCH_NORM_EPSILON, MAX_LOG_SCALE, MIN_BIN, MIN_DERIVATIVE, Flow, FlowShape, hidden_degrees

SIGNIFICANT_DIGITS = 12
BATCH_NORM_PARAMETERS = ("log_gamma", "beta")
BATCH_NORM_BUFFERS = ("running_mean", "running_var")


def numbers(values: Tensor) -> list:
    """Nested lists, rounded to what the file keeps."""
    if values.dim() > 0:
        return [numbers(row) for row in values]
    value = float(f"{values.item():.{SIGNIFICANT_DIGITS}g}")
    return int(value) if value == 0 else value  # masked zeros are many: spare their digits


def single(values: list) -> Tensor:
    """Parameters or inputs of a file, as the single-precision numbers that its decimals mean; in double precision."""
    return torch.tensor(values, dtype=torch.float32).double()


def layer_to_dict(flow: Flow, index: int) -> dict:
    layer = flow.layers[index]
    positions = range(flow.shape.features)
    result = {"feature_order": list(reversed(positions)) if layer.reversed_order else list(positions),
              "linear": [{"weight": numbers(linear.weight * linear.mask), "bias": numbers(linear.bias)}
                         for linear in layer.conditioner.linear]}
    if layer.batch_norm is not None:
        result["batch_norm"] = {name: numbers(getattr(layer.batch_norm, name))
                                for name in BATCH_NORM_PARAMETERS + BATCH_NORM_BUFFERS}
    return result


def flow_to_dict(flow: Flow) -> dict:
    """The entries that define a flow."""
    shape = flow.shape
    return {"shape": shape.to_dict(), "min_bin": MIN_BIN, "min_derivative": MIN_DERIVATIVE,
            "max_log_scale": MAX_LOG_SCALE, "batch_norm_epsilon": BATCH_NORM_EPSILON,
            "hidden_degrees": hidden_degrees(shape.hidden, shape.features),
            "layers": [layer_to_dict(flow, index) for index in range(shape.layers)]}


def gradient_to_dict(flow: Flow) -> dict:
    """The gradients that a backward pass has left in the flow."""
    layers = []
    for layer in flow.layers:
        entry = {"linear": [{"weight": numbers(linear.weight.grad), "bias": numbers(linear.bias.grad)}
                            for linear in layer.conditioner.linear]}
        if layer.batch_norm is not None:
            entry["batch_norm"] = {name: numbers(getattr(layer.batch_norm, name).grad)
                                   for name in BATCH_NORM_PARAMETERS}
        layers.append(entry)
    return {"layers": layers}


def named_tensors(flow: Flow, layers: list[dict]) -> list[tuple[str, Tensor, list]]:
    """(name, parameter or gradient holder of `flow`, numbers of the file) for each tensor in a file's `layers`."""
    result = []
    for index, (layer, entry) in enumerate(zip(flow.layers, layers, strict=True)):
        for k, (linear, given) in enumerate(zip(layer.conditioner.linear, entry["linear"], strict=True)):
            for name in ("weight", "bias"):
                result.append((f"layers[{index}].linear[{k}].{name}", getattr(linear, name), given[name]))
        for name, given in entry.get("batch_norm", {}).items():
            result.append((f"layers[{index}].batch_norm.{name}", getattr(layer.batch_norm, name), given))
    return result


def flow_from_dict(content: dict) -> Flow:
    """The flow of a file, in double precision and evaluation mode. Raises ValueError where shapes disagree or a masked
    weight is not 0."""
    known = {key: content["shape"][key] for key in FlowShape.__dataclass_fields__ if key in content["shape"]}
    flow = Flow(FlowShape(**known)).double().eval()
    with torch.no_grad():
        for name, target, given in named_tensors(flow, content["layers"]):
            values = single(given)
            if values.shape != target.shape:
                raise ValueError(f"{name} has shape {tuple(values.shape)}, but a flow of this shape needs "
                                 f"{tuple(target.shape)}; export the dense tensor without padding")
            target.copy_(values)
    for index, layer in enumerate(flow.layers):
        for k, linear in enumerate(layer.conditioner.linear):
            if torch.any(linear.weight[linear.mask == 0] != 0):
                raise ValueError(f"layers[{index}].linear[{k}].weight is not 0 where it is masked; check the order of "
                                 "the units")
    return flow


def inputs_from_dict(content: dict) -> tuple[Tensor, Tensor]:
    """x and context of a file."""
    shape = content["shape"]
    n_events = len(content["x"])
    return (single(content["x"]).reshape(n_events, shape["features"]),
            single(content["context"]).reshape(n_events, shape["context"]))  # which may be empty


def write(content: dict, path: Path) -> None:
    """One line per top-level entry, without blanks: the files stay small and a change can be found."""
    lines = [f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in content.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
