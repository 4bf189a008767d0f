#pragma once
// Features that take whole steps (multiplicities, constituents, b tags, rounded values): a flow cannot learn a density
// of spikes, so their events are spread uniformly within a step before any flow sees them (docs/decisions.md).

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/sample.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {

/// Where the values of a feature lie: at whole steps from an origin.
struct Lattice {
  float step = 0;  ///< 0: continuous
  float origin = 0;
};

/// That of values that repeat: the largest step of which the distances of the most common ones are multiples, or the
/// smallest distance where there is none worth the name. None where the values are not discrete: where the most common
/// ones, each of at least 20 events, are fewer than 90 % of the events, where all events share one, and where float32
/// has no values between them. A tenth of the events may be strays.
[[nodiscard]] Lattice lattice_of(std::span<const float> values);

/// What is added to the features of every event: noise that is uniform within a step around the value. It is a function
/// of the event's values and the seed, so that an event has the same features in every role, file and order of rows;
/// only events that agree in all features and contexts are told apart by their order.
struct Dequantisation {
  std::vector<Lattice> lattice = {};  ///< of each feature; empty: no feature has steps
  std::uint64_t seed = 1;

  [[nodiscard]] bool is_needed() const;
};

/// What `x`, features of the data without injected events, needs according to [features] dequantise: nothing where the
/// method learns no density. Throws InputError for a feature that is named there and takes no steps.
[[nodiscard]] Dequantisation choose_dequantisation(const SearchConfig& config, base::MatrixView x);
/// The same for any method.
[[nodiscard]] Dequantisation steps_of(const SearchConfig& config, base::MatrixView x);

/// Where within a step each feature is put, in steps: uniform in (-1/2, 1/2); 0 for features without: (n_events,
/// n_features). Events with the same values get noise of their own, by their order.
[[nodiscard]] base::Matrix places_in_steps(const Dequantisation& dequantisation, base::MatrixView x,
                                           base::MatrixView context);

/// The features of events, spread to places_in_steps: (n_events, n_features).
[[nodiscard]] base::Matrix dequantised(const Dequantisation& dequantisation, base::MatrixView x,
                                       base::MatrixView context);

/// Spread features, as whole steps again.
[[nodiscard]] base::Matrix rounded_to_steps(const Dequantisation& dequantisation, base::MatrixView x);

/// What a reader must know of `sample`, not spread yet: a feature that takes other steps than in the data, or steps in
/// one of them alone; a value that many events share of a feature that is continuous otherwise, which a flow cannot
/// learn either.
[[nodiscard]] std::vector<std::string> warnings_of_steps(const Dequantisation& dequantisation, const Sample& sample,
                                                         const FeatureSection& features);

[[nodiscard]] base::Json to_json(const Dequantisation& dequantisation);
[[nodiscard]] Dequantisation dequantisation_from_json(const base::Json& json);

}  // namespace eddy::search
