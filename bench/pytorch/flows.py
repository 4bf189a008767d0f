"""The flows and the classifier of eddy in PyTorch, written as users of nflows write them.

This is the yardstick of eddy's speed and the reference of its numbers: the same functions of the same weights, in plain
tensor operations under autograd. A flow maps features x, given a context, to a standard normal latent z. It is a stack
of masked autoregressive layers (Papamakarios et al. 1705.07057); every second layer takes the features in reversed
order. The conditioner is a masked residual network (Germain et al. 1502.03509, in the form of nflows' MADE), the
transform of each feature a rational-quadratic spline (Durkan et al. 1906.04032) or an affine map, followed on request
by a batch normalisation as in CATHODE (ikostrikov/pytorch-flows).

Tensors: x, z: (n_events, n_features), context: (n_events, n_context), log densities: (n_events).
"""

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MIN_BIN = 1e-3  # smallest width and height of a bin, as a fraction of the box
MIN_DERIVATIVE = 1e-3
MAX_LOG_SCALE = 5.0  # soft limit of the affine transform's log scale
BATCH_NORM_EPSILON = 1e-5
NEAR_ZERO = 0.01  # initial scale of the layers that start close to constant
ROW_UNIT = 16  # eddy hands out hidden units to the degrees in multiples of this


@dataclass(frozen=True)
class FlowShape:
    """What a flow is made of; the keys of `shape` in the golden files."""

    transform: str = "rqs"  # or "affine"
    features: int = 1
    context: int = 0
    layers: int = 4
    hidden: int = 64
    blocks: int = 2
    bins: int = 8  # of each spline
    bound: float = 5.0  # the spline is the identity outside [-bound, bound]
    batch_norm: bool = False

    def parameters_per_feature(self) -> int:
        """Outputs of the conditioner for one feature."""
        return 2 if self.transform == "affine" else 3 * self.bins - 1

    def to_dict(self) -> dict:
        return asdict(self)


def hidden_degrees(n_hidden: int, n_degrees: int) -> list[int]:
    """Degrees of the hidden units, ascending: equal shares, in multiples of ROW_UNIT where there are enough units, the
    remainder to the highest degrees."""
    unit = ROW_UNIT if n_hidden >= ROW_UNIT * n_degrees else 1
    share = n_hidden // unit // n_degrees * unit
    sizes = [share] * n_degrees
    left = n_hidden - share * n_degrees
    for degree in reversed(range(n_degrees)):
        extra = left if degree == 0 else min(unit, left)
        sizes[degree] += extra
        left -= extra
    return [degree for degree, size in enumerate(sizes) for _ in range(size)]


class MaskedLinear(nn.Linear):
    """A linear layer with a connection wherever the input's degree is not above the output's."""

    def __init__(self, in_degrees: list[int], out_degrees: list[int], scale: float = 1.0):
        self.scale = scale
        super().__init__(len(in_degrees), len(out_degrees))
        mask = torch.tensor(in_degrees)[None, :] <= torch.tensor(out_degrees)[:, None]
        self.register_buffer("mask", mask.to(self.weight.dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Uniform in +-scale / sqrt(inputs seen), as eddy starts; masked weights are 0."""
        if not hasattr(self, "mask"):
            return  # nn.Linear's constructor asks before there is a mask
        bound = self.scale / self.mask.sum(dim=1).clamp(min=1).sqrt()
        with torch.no_grad():
            self.weight.uniform_(-1, 1).mul_(bound[:, None] * self.mask)
            self.bias.uniform_(-1, 1).mul_(bound)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.mask, self.bias)


class Conditioner(nn.Module):
    """The masked residual network of one layer. Inputs: context (degree 0), then the features in the layer's order (the
    one at position p has degree p + 1). Outputs: the transform's parameters, position by position (degree p).
    `linear` holds the input layer, two layers per block and the output layer."""

    def __init__(self, shape: FlowShape):
        super().__init__()
        inputs = [0] * shape.context + [position + 1 for position in range(shape.features)]
        hidden = hidden_degrees(shape.hidden, shape.features)
        outputs = [p for p in range(shape.features) for _ in range(shape.parameters_per_feature())]
        layers = [MaskedLinear(inputs, hidden)]
        for _ in range(shape.blocks):
            layers += [MaskedLinear(hidden, hidden), MaskedLinear(hidden, hidden, NEAR_ZERO)]
        layers.append(MaskedLinear(hidden, outputs, NEAR_ZERO))
        self.linear = nn.ModuleList(layers)

    def forward(self, inputs: Tensor) -> Tensor:
        h = self.linear[0](inputs)
        for block in range(1, len(self.linear) - 1, 2):
            inner = F.relu(self.linear[block](F.relu(h)))
            h = h + self.linear[block + 1](inner)
        return self.linear[-1](h)


def identity_derivative() -> float:
    """The unnormalised derivative that gives slope 1."""
    return math.log(math.expm1(1 - MIN_DERIVATIVE))


def bin_edges(unnormalised: Tensor, bound: float) -> tuple[Tensor, Tensor]:
    """Edges (..., bins + 1) from -bound to bound and sizes (..., bins) of the bins."""
    n_bins = unnormalised.shape[-1]
    share = MIN_BIN + (1 - MIN_BIN * n_bins) * F.softmax(unnormalised, dim=-1)
    edges = F.pad(torch.cumsum(share, dim=-1), (1, 0)) * (2 * bound) - bound
    return edges, share * (2 * bound)


def rational_quadratic_spline(x: Tensor, parameters: Tensor, bound: float, inverse: bool = False):
    """The monotone spline with linear tails of each element of x, and the log of its slope.

    parameters: x.shape + (3 bins - 1,): unnormalised widths, heights and inner derivatives. With `inverse`, x holds
    values of the spline and the result is where it takes them, with the log slope of the inverse.
    """
    n_bins = (parameters.shape[-1] + 1) // 3
    x_edges, widths = bin_edges(parameters[..., :n_bins], bound)
    y_edges, heights = bin_edges(parameters[..., n_bins:2 * n_bins], bound)
    inner = parameters[..., 2 * n_bins:]
    derivatives = MIN_DERIVATIVE + F.softplus(F.pad(inner, (1, 1), value=identity_derivative()))

    inside = (x >= -bound) & (x < bound)
    value = x.clamp(-bound, bound)[..., None]  # the tails must not produce NaN in the branch not taken
    edges = y_edges if inverse else x_edges
    index = torch.searchsorted(edges.detach()[..., 1:-1].contiguous(), value.detach(), right=True)

    x_left = x_edges.gather(-1, index)
    width = widths.gather(-1, index)
    y_left = y_edges.gather(-1, index)
    height = heights.gather(-1, index)
    d0 = derivatives.gather(-1, index)
    d1 = derivatives.gather(-1, index + 1)
    slope = height / width
    curvature = d0 + d1 - 2 * slope
    if inverse:
        # Eqs. 6-8 of the paper, with the root that does not cancel.
        offset = value - y_left
        a = height * (slope - d0) + offset * curvature
        b = height * d0 - offset * curvature
        c = -slope * offset
        theta = 2 * c / (-b - torch.sqrt(torch.clamp(b * b - 4 * a * c, min=0)))
        result = x_left + theta * width
    else:
        theta = (value - x_left) / width
    q = theta * (1 - theta)
    denominator = slope + curvature * q
    if not inverse:
        result = y_left + height * (slope * theta * theta + d0 * q) / denominator
    p = d1 * theta * theta + 2 * slope * q + d0 * (1 - theta) ** 2
    log_slope = 2 * torch.log(slope / denominator) + torch.log(p)
    if inverse:
        log_slope = -log_slope
    return (torch.where(inside, result.squeeze(-1), x), torch.where(inside, log_slope.squeeze(-1), torch.zeros_like(x)))


def affine(x: Tensor, parameters: Tensor, inverse: bool = False):
    """exp(s) x + t, or its inverse, and the log slope; parameters: x.shape + (2,): a, t with s = a, softly limited."""
    log_scale = MAX_LOG_SCALE * torch.tanh(parameters[..., 0] / MAX_LOG_SCALE)
    shift = parameters[..., 1]
    if inverse:
        return (x - shift) * torch.exp(-log_scale), -log_scale
    return torch.exp(log_scale) * x + shift, log_scale


class BatchNorm(nn.Module):
    """Batch normalisation as an invertible layer (BatchNormFlow of ikostrikov/pytorch-flows): in training with the mean
    and the biased variance of the batch, which gradients flow through; in evaluation with the stored ones."""

    def __init__(self, n_features: int, momentum: float = 0.0):
        super().__init__()
        self.log_gamma = nn.Parameter(torch.zeros(n_features))
        self.beta = nn.Parameter(torch.zeros(n_features))
        self.momentum = momentum  # share of the old running values that a batch leaves
        self.register_buffer("running_mean", torch.zeros(n_features))
        self.register_buffer("running_var", torch.ones(n_features))

    def statistics(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance to normalise with; the running ones follow in training."""
        if not self.training:
            return self.running_mean, self.running_var
        mean = x.mean(dim=0)
        var = (x - mean).pow(2).mean(dim=0)
        with torch.no_grad():
            self.running_mean.mul_(self.momentum).add_(mean, alpha=1 - self.momentum)
            self.running_var.mul_(self.momentum).add_(var, alpha=1 - self.momentum)
        return mean, var

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """y and log |dy/dx|, the latter the same for all events: (1)."""
        mean, var = self.statistics(x)
        var = var + BATCH_NORM_EPSILON
        y = torch.exp(self.log_gamma) * (x - mean) / torch.sqrt(var) + self.beta
        return y, (self.log_gamma - 0.5 * torch.log(var)).sum(dim=-1, keepdim=True)

    def inverse(self, y: Tensor) -> Tensor:
        """x with forward(x) = y, always with the stored mean and variance."""
        scale = torch.sqrt(self.running_var + BATCH_NORM_EPSILON)
        return (y - self.beta) / torch.exp(self.log_gamma) * scale + self.running_mean


class AutoregressiveLayer(nn.Module):
    """One layer: transforms all features, each with parameters that see the context and the features before it."""

    def __init__(self, shape: FlowShape, reversed_order: bool):
        super().__init__()
        self.shape = shape
        self.reversed_order = reversed_order
        self.conditioner = Conditioner(shape)
        self.batch_norm = BatchNorm(shape.features) if shape.batch_norm else None
        if shape.transform == "rqs":  # slope 1 at the inner knots makes the untrained spline the identity
            with torch.no_grad():
                self.conditioner.linear[-1].bias.view(shape.features, -1)[:, 2 * shape.bins:] = identity_derivative()

    def ordered(self, x: Tensor) -> Tensor:
        """Features in the layer's order, or back in their own."""
        return x.flip(-1) if self.reversed_order else x

    def transform(self, x: Tensor, seen: Tensor, context: Tensor, inverse: bool) -> tuple[Tensor, Tensor]:
        """Transforms the features x with the parameters that the features `seen` give."""
        inputs = torch.cat([context, seen], dim=-1)
        parameters = self.conditioner(inputs).view(len(x), self.shape.features, -1)
        if self.shape.transform == "rqs":
            return rational_quadratic_spline(x, parameters, self.shape.bound, inverse)
        return affine(x, parameters, inverse)

    def forward(self, x: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        x = self.ordered(x)
        y, log_slope = self.transform(x, x, context, inverse=False)
        y, log_jacobian = self.ordered(y), log_slope.sum(dim=-1)
        if self.batch_norm is not None:
            y, log_jacobian_norm = self.batch_norm(y)
            log_jacobian = log_jacobian + log_jacobian_norm
        return y, log_jacobian

    def inverse(self, y: Tensor, context: Tensor) -> Tensor:
        """One pass per feature, as nflows: after pass k the first k features are right."""
        if self.batch_norm is not None:
            y = self.batch_norm.inverse(y)
        y = self.ordered(y)
        x = torch.zeros_like(y)
        for _ in range(self.shape.features):
            x, _ = self.transform(y, x, context, inverse=True)
        return self.ordered(x)


class Flow(nn.Module):
    """A conditional density p(x | context): autoregressive layers onto a standard normal latent."""

    def __init__(self, shape: FlowShape):
        super().__init__()
        self.shape = shape
        self.layers = nn.ModuleList(AutoregressiveLayer(shape, layer % 2 == 1) for layer in range(shape.layers))

    def forward(self, x: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """z and log |dz/dx|."""
        log_jacobian = torch.zeros(len(x), dtype=x.dtype, device=x.device)
        for layer in self.layers:
            x, log_jacobian_layer = layer(x, context)
            log_jacobian = log_jacobian + log_jacobian_layer
        return x, log_jacobian

    def log_prob(self, x: Tensor, context: Tensor) -> Tensor:
        z, log_jacobian = self(x, context)
        log_norm = 0.5 * self.shape.features * math.log(2 * math.pi)
        return log_jacobian - 0.5 * z.pow(2).sum(dim=-1) - log_norm

    def inverse(self, z: Tensor, context: Tensor) -> Tensor:
        """x with forward(x) = z, in evaluation mode."""
        for layer in reversed(self.layers):
            z = layer.inverse(z, context)
        return z

    def sample(self, context: Tensor) -> Tensor:
        """One event per row of context."""
        z = torch.randn(len(context), self.shape.features, dtype=context.dtype, device=context.device)
        return self.inverse(z, context)


def make_classifier(n_inputs: int, n_hidden: int = 64, n_hidden_layers: int = 3) -> nn.Sequential:
    """A perceptron with ReLU and one logit (for BCEWithLogitsLoss)."""
    layers: list[nn.Module] = []
    for layer in range(n_hidden_layers):
        layers += [nn.Linear(n_inputs if layer == 0 else n_hidden, n_hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(n_hidden, 1))
