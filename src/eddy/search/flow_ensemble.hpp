#pragma once
// Step 1 and 2 of CONRAD: flows on the template, and the decorrelated spaces they open.

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/search/finding_parts.hpp>
#include <eddy/search/inputs.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {

/// Flows trained on one template. Member j never saw the template events of fold j: they are its validation sample, and
/// what closure and validity are tested on.
struct FlowEnsemble {
  struct Member {
    flow::Flow flow;
    std::size_t template_fold = 0;
  };
  std::vector<Member> members;
  std::vector<std::uint8_t> template_fold;  ///< fold of each template event
  std::vector<TrainingCurve> training;
};

/// Trains (or finds in `store`) the flows of `config` on `sample`. `name` is part of task names and messages.
[[nodiscard]] FlowEnsemble train_flows(const Sample& sample, const SearchConfig& config, const std::string& name,
                                       const base::TaskStore& store, const base::Monitor& monitor);

/// What one flow is trained on, and how.
struct FlowTraining {
  const Sample& sample;
  std::span<const std::uint8_t> is_validation;  ///< never trained on; they decide when to stop
  const flow::FlowSettings& settings;
  const Sample* scaling = nullptr;   ///< whose range scales features and context; nullptr: `sample`
  const flow::Flow* base = nullptr;  ///< the density of the latent; nullptr: standard normal
  /// Of events of two kinds, of which the flow learns one; nothing: all are alike. What such a flow found is no
  /// beginning for another, of a null experiment, and it begins with none.
  std::optional<flow::Mixture> mixture = {};
};

/// One flow as a task: trained, or found in `store`. `name` is part of its random stream. The artefact has "flows"
/// (best epoch first), "train_loss", "validation_loss" and "best_epoch"; of a mixture also "shares", of each flow.
[[nodiscard]] base::Json train_flow(const FlowTraining& training, const SearchConfig& config, const std::string& name,
                                    const base::TaskStore& store, const base::Monitor& monitor);

/// Loss curves of an artefact of train_flow.
[[nodiscard]] TrainingCurve training_curve(const std::string& name, const base::Json& artefact);

/// Where a classifier works: the features x, the latent z = f(x; M), or x' = f^-1(f(x; M); M0), the event
/// as it would look at one context M0 (docs/conrad.md).
enum class SpaceKind { kX, kZ, kXPrime };

/// "x", "z" or "x_prime".
[[nodiscard]] SpaceKind parse_space(const std::string& name);
[[nodiscard]] std::string to_string(SpaceKind kind);

/// A decorrelated space, z or x'.
struct LatentSpace {
  SpaceKind kind = SpaceKind::kXPrime;
  float fixed_context = 0;  ///< M0
};

/// `config`'s space; M0 is a quantile of the signal-region context of `sample`.
[[nodiscard]] LatentSpace choose_space(const SearchConfig& config, const Sample& sample);

/// x and context of events -> their place in `space`: (n_events, n_features).
[[nodiscard]] base::Matrix to_space(const flow::Flow& flow, const LatentSpace& space, base::MatrixView x,
                                    base::MatrixView context);
/// Standard normal latents -> their place in `space`.
[[nodiscard]] base::Matrix normal_in_space(const flow::Flow& flow, const LatentSpace& space, std::size_t n_events,
                                           const base::RandomStream& stream);

/// Template events that `member` never saw.
[[nodiscard]] std::vector<std::size_t> held_out_rows(const FlowEnsemble& ensemble, std::size_t member);

}  // namespace eddy::search
