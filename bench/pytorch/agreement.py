#!/usr/bin/python3
"""Compares what eddy computed in single precision with PyTorch in double precision, for the same weights and inputs.

usage: agreement.py FILE.json [FILE.json ...]

FILE has the layout of reference_file.py, with eddy's results in log_prob (evaluation), training.loss and
gradient.layers. Prints one JSON object per file; ends with status 1 if the log-densities differ by more than 1e-5 or
the gradients by more than 1e-4. The difference of log-densities is relative to the larger of |reference| and 1 (a
log-density may be 0), that of gradients relative to the largest entry of the tensor's reference. Where a gradient
cancels to nearly 0, as that of a trained batch normalisation, no single precision can reach that limit: there eddy must
come as close as PyTorch does in single precision (gradient_difference_of_single). Eddy's difference relative to the
largest entry of the whole gradient is printed too (gradient_difference_of_whole).
"""

import argparse
import copy
import json
import sys
from pathlib import Path

import torch
from torch import Tensor

from flows import Flow
from reference_file import BATCH_NORM_BUFFERS, flow_from_dict, inputs_from_dict, named_tensors

LOG_PROB_TOLERANCE = 1e-5
GRADIENT_TOLERANCE = 1e-4


def as_double(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def largest(values: Tensor) -> float:
    """The largest magnitude; NaN if there is one."""
    return values.abs().max().item()


def compare_log_prob(flow: Flow, content: dict) -> dict:
    with torch.no_grad():
        reference = flow.eval().log_prob(*inputs_from_dict(content))
    difference = as_double(content["log_prob"]) - reference
    return {"log_prob_difference": largest(difference / reference.abs().clamp(min=1)),
            "log_prob_difference_absolute": largest(difference),
            "log_prob_difference_strictly_relative": largest(difference / reference)}


def gradient_difference(reference: Tensor, given: Tensor) -> float:
    scale = largest(reference)
    return largest(given - reference) / scale if scale > 0 else largest(given)


def gradients(flow: Flow, content: dict, dtype: torch.dtype) -> tuple[Tensor, dict[str, Tensor]]:
    """Loss in training mode and the gradient of each parameter, computed in `dtype`, in double precision."""
    flow = copy.deepcopy(flow).to(dtype).train()
    loss = -flow.log_prob(*(table.to(dtype) for table in inputs_from_dict(content))).mean()
    loss.backward()
    return loss.detach(), {name: parameter.grad.double()
                           for name, parameter, _ in named_tensors(flow, content["gradient"]["layers"])
                           if not name.endswith(BATCH_NORM_BUFFERS)}


def worst(differences: dict[str, float]) -> str:
    """The name of the largest difference; a NaN must win the comparison, not lose it."""
    return max(differences, key=lambda name: (differences[name] != differences[name], differences[name]))


def compare_gradient(flow: Flow, content: dict) -> dict:
    loss, reference = gradients(flow, content, torch.float64)
    _, single = gradients(flow, content, torch.float32)
    given = {name: as_double(values) for name, _, values in named_tensors(flow, content["gradient"]["layers"])
             if name in reference}
    differences = {name: gradient_difference(reference[name], given[name]) for name in reference}
    differences_single = {name: gradient_difference(reference[name], single[name]) for name in reference}
    largest_entry = max(largest(tensor) for tensor in reference.values())
    absolute = {name: largest(given[name] - reference[name]) for name in reference}
    name = worst(differences)
    return {"loss_difference": abs(content["training"]["loss"] / loss.item() - 1),
            "gradient_difference": differences[name], "gradient_difference_in": name,
            "gradient_difference_of_single": differences_single[worst(differences_single)],
            "gradient_difference_of_whole": absolute[worst(absolute)] / largest_entry,
            "n_tensors": len(differences)}


def compare(content: dict) -> dict:
    flow = flow_from_dict(content)
    result = compare_log_prob(flow, content) | compare_gradient(flow, content)
    result["agree"] = (result["log_prob_difference"] <= LOG_PROB_TOLERANCE
                       and result["gradient_difference"] <= max(GRADIENT_TOLERANCE,
                                                                result["gradient_difference_of_single"]))
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.json")
    torch.set_num_threads(1)
    all_agree = True
    for path in parser.parse_args().files:
        result = compare(json.loads(path.read_text(encoding="utf-8")))
        print(json.dumps({"file": str(path)} | result))
        all_agree = all_agree and result["agree"]
    return 0 if all_agree else 1


if __name__ == "__main__":
    sys.exit(main())
