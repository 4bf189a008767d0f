#pragma once

#include <eddy/base/matrix.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>
#include <eddy/vae/settings.hpp>
#include <eddy/vae/vae.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eddy::vae {

/// A fitted autoencoder, as its best epoch left it, and the loss curves: reconstruction + beta * divergence, mean over
/// events.
struct VaeFit {
  Vae vae;
  std::vector<double> train_loss;
  std::vector<double> validation_loss;
  std::size_t best_epoch = 0;  ///< 0-based
};

/// Trains on x: (n_events, n_features), scaled by the caller: one scaler for all networks of a QUAK space. Events with
/// `is_validation` (n_events) set are never trained on; they decide when to stop, each with noise of its own that stays
/// the same from epoch to epoch. Deterministic in all arguments but the monitor, trained on one thread: the networks of
/// a space are trained side by side. `weight` (n_events, >= 0; empty: all 1) is what each event counts in the loss;
/// its mean over the training events, and over those for validation, becomes 1. Warns when the posterior has collapsed:
/// no latent dimension tells events apart. Throws InputError (settings or inputs that do not fit, no training or
/// validation events, or none with a weight, keep_epochs other than 1), NumericError (loss not finite).
[[nodiscard]] VaeFit fit_vae(base::MatrixView x, std::span<const std::uint8_t> is_validation,
                             const VaeSettings& settings, base::Seed seed, const std::string& task,
                             const base::Monitor& monitor, std::span<const float> weight = {});

}  // namespace eddy::vae
