#pragma once

#include <eddy/base/options.hpp>
#include <eddy/net/training.hpp>
#include <eddy/vae/network.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace eddy::vae {

/// How a variational autoencoder is built and trained; the network's defaults are QUAK's (2011.03550, section 3, and
/// the authors' code).
struct VaeSettings {
  std::vector<double> hidden = {50, 30, 20};
  std::int64_t latent = 4;
  std::int64_t flow_layers = 10;
  std::int64_t flow_hidden = 32;
  std::string reconstruction = "mse";
  std::string divergence = "final";
  double beta = 2;  ///< the paper's 10 collapses the posterior of standardised inputs (docs/decisions.md)
  double validation_fraction = 0.25;  ///< for who chooses the validation events: fit_vae is given them
  net::TrainingSettings training = {
      .epochs = 50, .batch_size = 256, .learning_rate = 1e-3, .schedule = "cosine", .patience = 10};
};

/// Declares the options of `settings`, those of the training included.
void describe(VaeSettings& settings, base::OptionVisitor& visitor);

/// The network for events of n_features inputs. Throws InputError (a width that is no whole number, an unknown choice).
[[nodiscard]] NetworkShape network_shape(const VaeSettings& settings, std::size_t n_features);

}  // namespace eddy::vae
