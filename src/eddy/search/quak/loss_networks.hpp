#pragma once
// The autoencoders of a space of losses, one per sample, on features that one scaler prepares for all of them.

#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/events/scaler.hpp>
#include <eddy/search/finding_parts.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/vae/vae.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// What all networks of a space do to the features first: a scaler fitted on the background that is trained on, or, for
/// images, pixels from 0 ... 255 to 0 ... 1.
struct LossScaling {
  std::optional<events::Scaler> fitted = {};  ///< none: pixels
  [[nodiscard]] base::Matrix forward(base::MatrixView x) const;
};

struct LossNetworks {
  std::vector<std::string> names;  ///< "background", then the priors
  LossScaling scaling;
  std::vector<vae::Vae> networks;
  std::vector<TrainingCurve> training;
};

/// Trains a network on the training events of the background and of each prior, side by side; each is a task in
/// `store`. Throws InputError and NumericError.
[[nodiscard]] LossNetworks train_loss_networks(const SearchInputs& inputs, const SearchConfig& config,
                                               const base::TaskStore& store, const base::Monitor& monitor);

/// One autoencoder on the training events of all `names` ("background" or priors) together, with the scaling of
/// `space`; a task in `store`. Its loss curve is not kept.
[[nodiscard]] vae::Vae train_joint_network(const SearchInputs& inputs, const SearchConfig& config,
                                           const LossNetworks& space, const std::vector<std::string>& names,
                                           const base::TaskStore& store, const base::Monitor& monitor);

/// Reconstruction losses of events, (n_events, n_networks). x: (n_events, n_features), physical units.
[[nodiscard]] base::Matrix losses_of(const LossNetworks& space, base::MatrixView x);

}  // namespace eddy::search
