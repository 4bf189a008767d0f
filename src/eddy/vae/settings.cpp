#include <eddy/base/error.hpp>
#include <eddy/vae/settings.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::vae {
namespace {

constexpr double kWidest = 8192;

std::size_t width_of(double value) {
  if (!(value >= 1 && value <= kWidest) || value != std::floor(value)) {
    throw base::InputError(
        fmt::format("hidden holds the width {}; give whole numbers from 1 to {}, as [50, 30, 20]", value, kWidest));
  }
  return static_cast<std::size_t>(value);
}

void describe_network(VaeSettings& s, base::OptionVisitor& visitor) {
  visitor.visit({.key = "hidden",
                 .meaning = "units of the encoder's hidden layers; the decoder mirrors them (QUAK: 50, 30, 20)",
                 .minimum = 1,
                 .maximum = kWidest},
                s.hidden);
  visitor.visit({.key = "latent", .meaning = "dimensions of the latent space (QUAK: 4)", .minimum = 1, .maximum = 256},
                s.latent);
  visitor.visit({.key = "flow_layers",
                 .meaning = "masked affine autoregressive layers of the posterior (QUAK: up to 10); 0: a plain "
                            "variational autoencoder",
                 .minimum = 0,
                 .maximum = 64},
                s.flow_layers);
  visitor.visit(
      {.key = "flow_hidden", .meaning = "hidden units of each of these layers", .minimum = 1, .maximum = 4096},
      s.flow_hidden);
}

void describe_loss(VaeSettings& s, base::OptionVisitor& visitor) {
  visitor.visit({.key = "reconstruction",
                 .meaning = "mse (squared error) or bce (cross-entropy, for inputs in [0, 1]), summed over the inputs",
                 .choices = {"mse", "bce"}},
                s.reconstruction);
  visitor.visit({.key = "divergence",
                 .meaning = "final (of the posterior that left the flow) or initial (of the one before it, QUAK's "
                            "eq. 3.3 as printed, which has no minimum)",
                 .choices = {"final", "initial"}},
                s.divergence);
  visitor.visit({.key = "beta", .meaning = "factor of the divergence in the loss (QUAK: 10, with bce 1)", .minimum = 0},
                s.beta);
}

}  // namespace

void describe(VaeSettings& s, base::OptionVisitor& visitor) {
  describe_network(s, visitor);
  describe_loss(s, visitor);
  visitor.visit({.key = "validation_fraction",
                 .meaning = "part of the training events that decides when to stop",
                 .minimum = 0.01,
                 .maximum = 0.9},
                s.validation_fraction);
  describe(s.training, visitor);
}

NetworkShape network_shape(const VaeSettings& settings, std::size_t n_features) {
  NetworkShape shape;
  shape.n_features = n_features;
  shape.hidden.clear();
  for (const double width : settings.hidden) {
    shape.hidden.push_back(width_of(width));
  }
  shape.n_latent = static_cast<std::size_t>(settings.latent);
  shape.n_flow_layers = static_cast<std::size_t>(settings.flow_layers);
  shape.n_flow_hidden = static_cast<std::size_t>(settings.flow_hidden);
  shape.reconstruction = parse_reconstruction(settings.reconstruction);
  shape.divergence = parse_divergence(settings.divergence);
  shape.beta = settings.beta;
  return shape;
}

}  // namespace eddy::vae
