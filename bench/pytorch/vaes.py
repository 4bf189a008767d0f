"""The normalizing-flow variational autoencoder of QUAK (2011.03550) in PyTorch, as src/eddy/vae defines it."""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flows import Flow, FlowShape


@dataclass(frozen=True)
class VaeShape:
    """What an autoencoder is made of; the decoder mirrors `hidden`."""

    features: int
    hidden: tuple[int, ...]
    latent: int
    flow_layers: int
    flow_hidden: int = 32
    cross_entropy: bool = False  # else squared error
    beta: float = 1.0

    def to_dict(self) -> dict:
        return asdict(self)


def dense(widths: list[int]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for n_in, n_out in zip(widths, widths[1:]):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Vae(nn.Module):
    """Encoder -> mu, log sigma^2 -> z0 -> masked affine autoregressive flow -> z_k -> decoder."""

    def __init__(self, shape: VaeShape):
        super().__init__()
        self.shape = shape
        self.encoder = dense([shape.features, *shape.hidden, 2 * shape.latent])
        self.flow = Flow(FlowShape("affine", features=shape.latent, context=0, layers=shape.flow_layers,
                                   hidden=shape.flow_hidden, blocks=1))
        self.decoder = dense([shape.latent, *reversed(shape.hidden), shape.features])

    def reconstruction(self, z: Tensor, x: Tensor) -> Tensor:
        """The loss of each event, summed over the features."""
        output = self.decoder(z)
        if self.shape.cross_entropy:
            return F.binary_cross_entropy_with_logits(output, x, reduction="none").sum(dim=1)
        return F.mse_loss(output, x, reduction="none").sum(dim=1)

    def loss(self, x: Tensor) -> Tensor:
        """Reconstruction + beta * divergence of the posterior that left the flow, mean over events."""
        mu, log_variance = self.encoder(x).chunk(2, dim=1)
        z0 = mu + torch.exp(0.5 * log_variance) * torch.randn_like(mu)
        if self.shape.flow_layers == 0:
            z = z0
            divergence = -0.5 * (1 + log_variance - mu.pow(2) - log_variance.exp()).sum(dim=1)
        else:
            z, log_jacobian = self.flow(z0, z0[:, :0])
            divergence = 0.5 * (z.pow(2) - 1 - log_variance).sum(dim=1) - log_jacobian
        return (self.reconstruction(z, x) + self.shape.beta * divergence).mean()

    def reconstruction_loss(self, x: Tensor) -> Tensor:
        """QUAK's coordinate: z0 = mu."""
        mu = self.encoder(x).chunk(2, dim=1)[0]
        z, _ = self.flow(mu, mu[:, :0])
        return self.reconstruction(z, x)
