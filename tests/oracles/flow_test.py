"""eddy.Flow and nflows, with the same weights: the same log-density and the same latents.

The networks, splines, permutations and base density are those of nflows as they are; only what masks and feeds them is set: the
weights that eddy trained stand where they belong (masked ones are 0 there), the context goes into the first layer as it is
(nflows puts it through a ReLU). nflows computes in double precision, eddy in single.

usage: flow_test.py     (the Python environment of ./dev oracles, with the package eddy on PYTHONPATH)
"""

import sys
import types
import unittest

import cbor2
import numpy as np
import torch

# nflows imports what it draws examples with, which nobody asks it for here.
sys.modules.setdefault("matplotlib", types.ModuleType("matplotlib")).pyplot = types.ModuleType("pyplot")
from nflows.distributions import StandardNormal
from nflows.flows import Flow
from nflows.transforms import CompositeTransform, ReversePermutation
from nflows.transforms.autoregressive import MaskedPiecewiseRationalQuadraticAutoregressiveTransform

import eddy

N_EVENTS = 10_000
HEADER = len("eddy-artefact-1\n") + 64  # before the CBOR of a model file


def training_sample(n_features, n_context, seed):
    """Features whose mean and correlations move with the context."""
    rng = np.random.default_rng(seed)
    context = rng.normal(size=(N_EVENTS, n_context))
    features = rng.normal(size=(N_EVENTS, n_features)) + 0.5 * context.sum(axis=1, keepdims=True)
    features[:, 1:] += 0.6 * features[:, :-1] ** 2
    return np.concatenate([features, context], axis=1).astype(np.float32)


def scaled(x, scalers):
    """(x - mean) / sigma of each column, from the model file; and the log of the slope of all of them."""
    shift = np.array([one["shift"] for one in scalers])
    scale = np.array([one["scale"] for one in scalers])
    return (x.astype(np.float64) - shift) / scale, -np.log(scale).sum()


def dense(layer, weight, bias):
    with torch.no_grad():
        if hasattr(layer, "mask"):
            layer.mask.fill_(1)  # what eddy masks is 0 already
        layer.weight.copy_(torch.tensor(weight))
        layer.bias.copy_(torch.tensor(bias))


def transform_of(layers, settings, n_features, n_context):
    """One autoregressive layer of nflows with the dense layers of eddy."""
    transform = MaskedPiecewiseRationalQuadraticAutoregressiveTransform(
        features=n_features,
        hidden_features=settings["hidden"],
        context_features=n_context or None,
        num_bins=settings["bins"],
        tails="linear",
        tail_bound=settings["bound"],
        num_blocks=settings["blocks"],
    ).double()
    made = transform.autoregressive_net
    made.activation = lambda context: context
    first, *blocks, last = layers
    dense(made.initial_layer, first[0][:, n_context:], first[1])
    if n_context:
        dense(made.context_layer, first[0][:, :n_context], np.zeros_like(first[1]))
    for block, pair in zip(made.blocks, zip(blocks[::2], blocks[1::2])):
        for linear, (weight, bias) in zip(block.linear_layers, pair):
            dense(linear, weight, bias)
        if n_context:
            dense(block.context_layer, np.zeros((settings["hidden"], n_context)), np.zeros(settings["hidden"]))
    dense(made.final_layer, *last)
    return transform


def flow_of_nflows(flow, settings, n_features, n_context):
    transforms = []
    for layers in flow.model_.weights():  # every second one takes the features in reversed order
        transforms += [transform_of(layers, settings, n_features, n_context), ReversePermutation(n_features)]
    if len(flow.model_.weights()) % 2 == 1:
        transforms.pop()
    return Flow(CompositeTransform(transforms), StandardNormal([n_features])).double()


class SameDensity(unittest.TestCase):
    def compare(self, n_features, n_context, **settings):
        settings = {"layers": 4, "hidden": 64, "blocks": 2, "bins": 8, "bound": 5.0, **settings}
        x = training_sample(n_features, n_context, seed=n_features)
        columns = list(range(n_features, n_features + n_context))
        flow = eddy.Flow(context=columns, feature_scaler="standard", context_scaler="standard", epochs=3, random_state=1, **settings).fit(x)
        stored = cbor2.loads(flow.model_.to_bytes()[HEADER:])["flows"][0]
        low = np.array([one["low"] for one in [*stored["feature_scaler"], *stored["context_scaler"]]])
        high = np.array([one["high"] for one in [*stored["feature_scaler"], *stored["context_scaler"]]])
        inside = ((x >= low) & (x <= high)).all(axis=1)  # eddy moves what lies outside to the border
        self.assertGreater(inside.mean(), 0.99)
        u, log_slope = scaled(x[inside, :n_features], stored["feature_scaler"])
        context = torch.tensor(scaled(x[inside, n_features:], stored["context_scaler"])[0]) if n_context else None
        theirs = flow_of_nflows(flow, settings, n_features, n_context)
        with torch.no_grad():
            log_prob = theirs.log_prob(torch.tensor(u), context).numpy() + log_slope
            latent = theirs.transform_to_noise(torch.tensor(u), context).numpy()
        self.assertGreater(np.std(log_prob), 0.5)  # something was learned, and is compared
        # Single precision: sums of some hundred products in each layer; where a spline is steep, more than that.
        difference = np.abs(flow.log_prob(x[inside]) - log_prob)
        print(f"{self.id()}: median {np.median(difference):.1e}, largest {difference.max():.1e} of log p in {inside.sum()} events")
        self.assertLess(np.median(difference), 2e-6)
        self.assertLess(difference.max(), 5e-4)
        self.assertLess(np.abs(flow.transform(x[inside]) - latent).max(), 5e-4)

    def test_splines_with_a_context(self):
        self.compare(4, 1)

    def test_without_a_context(self):
        self.compare(3, 0, layers=3)

    def test_two_contexts_other_sizes(self):
        self.compare(2, 2, layers=2, hidden=32, blocks=1, bins=6, bound=3.0)

    def test_one_feature(self):
        self.compare(1, 1, layers=2, hidden=32)


if __name__ == "__main__":
    unittest.main()
