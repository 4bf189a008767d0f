#pragma once

#include <eddy/base/monitor.hpp>
#include <eddy/base/options.hpp>
#include <eddy/flow/flow.hpp>
#include <eddy/net/training.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eddy::flow {

/// How a flow is built and trained. Defaults: CONRAD's network (4 rational-quadratic layers of 8 bins), with a schedule
/// that converges on samples of a million events (docs/decisions.md says why not the paper's constant 1e-4).
struct FlowSettings {
  std::string transform = "rqs";
  std::int64_t layers = 4;
  std::int64_t bins = 8;
  std::int64_t hidden = 64;
  std::int64_t blocks = 1;
  bool batch_norm = false;
  double bound = 5.0;
  std::string feature_scaler = "quantile";
  std::string context_scaler = "quantile";
  std::vector<std::string> scalers = {};  ///< "feature: kind" overrides
  bool moving_quantiles = false;  ///< features of enough events are made stationary first (moving_quantiles.hpp)
  net::TrainingSettings training = {.epochs = 0, .batch_size = 128, .learning_rate = 2e-3, .patience = 10};
};

/// Declares the options of `settings`, those of the training included.
void describe(FlowSettings& settings, base::OptionVisitor& visitor);
/// Declares those of network and training alone, of a flow that scales as another does.
void describe_network(FlowSettings& settings, base::OptionVisitor& visitor);

/// A fitted density: one flow per kept epoch (best first) and the loss curves (mean negative log-density in scaled
/// space).
struct FlowFit {
  std::vector<Flow> flows;
  std::vector<double> shares;  ///< of each of them in its mixture; empty without one
  std::vector<double> train_loss;
  std::vector<double> validation_loss;
  std::size_t best_epoch = 0;
};

/// Events of two kinds: `share` of them follow the flow that is to be learned, the others a density that is known and
/// stays as it is. The flow is then fitted to what that density lacks (R-ANODE, 2312.11629).
struct Mixture {
  std::span<const float> log_background;  ///< (n_events): log p(x | context) of the others, in physical units, finite
  double share = 0.01;                    ///< of the flow, in (0, 1)
  bool is_learned = true;                 ///< with the flow, by maximum likelihood too; `share` is where it begins
};

/// Training sample of a flow. Events with `is_validation` set are never trained on; they decide when to stop.
struct FlowSample {
  base::MatrixView x;                           ///< (n_events, n_features), finite
  base::MatrixView context;                     ///< (n_events, n_context), finite
  std::span<const std::uint8_t> is_validation;  ///< (n_events)
  std::span<const float> weight = {};           ///< (n_events), >= 0, or empty: all 1
  std::vector<std::string> feature_names = {};  ///< for messages and per-feature scalers
  std::vector<std::string> context_names = {};
  /// Events whose range scales features and context, in the shapes of x and context; empty: those of the sample. A flow
  /// that is to be evaluated beyond its sample needs a wider range: values outside are clipped.
  base::MatrixView scaling_x = {};
  base::MatrixView scaling_context = {};
  /// The density of the latent; nullptr: standard normal. The flow then becomes a map from x to where `base` was
  /// trained (flows for flows, 2309.06472), in the scaled space of `base`, whose scalers it shares; `base` stays as it
  /// is.
  const Flow* base = nullptr;
  /// Whose parameters training begins with; nullptr: random ones. It must be of the shape that the settings ask for;
  /// features and context are scaled by the sample all the same.
  const Flow* start = nullptr;
  /// Nothing: all events follow the flow.
  std::optional<Mixture> mixture = {};
};

/// Maximum-likelihood fit with Adam. Deterministic in (given sample, settings, seed, task), single-threaded: members of
/// an ensemble run side by side. Throws InputError (no spread in a feature, no training or validation events or none of
/// positive weight, a start of another shape, a base of other columns, with batch normalisation or moving quantiles,
/// moving quantiles of more than one context variable, a mixture
/// without a finite density for each event), NumericError (loss not finite).
[[nodiscard]] FlowFit fit_flow(const FlowSample& given, const FlowSettings& settings, base::Seed seed,
                               const std::string& task, const base::Monitor& monitor);

}  // namespace eddy::flow
