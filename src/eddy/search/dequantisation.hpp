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

/// What is added to the features of every event: noise that is uniform within `step` around the value. It is a function
/// of the event's values and the seed, so that an event has the same features in every role, file and order of rows.
struct Dequantisation {
  std::vector<float> step = {};  ///< of each feature; 0: continuous, left as it is. Empty: no feature has steps
  std::uint64_t seed = 1;

  [[nodiscard]] bool is_needed() const;
};

/// The step of values that repeat: the largest number of which all differences are multiples, or the smallest
/// difference where there is none worth the name. 0 where the values are not discrete: fewer than 20 events share one
/// on average, or all do.
[[nodiscard]] float step_of(std::span<const float> values);

/// What `sample`, the data without injected events, needs according to [features] dequantise: nothing where the method
/// learns no density. Throws InputError for a feature that is named there and takes no steps.
[[nodiscard]] Dequantisation choose_dequantisation(const SearchConfig& config, const Sample& sample);

/// The features of events, spread: (n_events, n_features). Events with the same values get noise of their own, by their
/// order.
[[nodiscard]] base::Matrix dequantised(const Dequantisation& dequantisation, base::MatrixView x,
                                       base::MatrixView context);

/// What a reader must know of `sample`, not spread yet: a feature that takes steps in the data and not here or the
/// other way round; a value that many events share of a feature that is continuous otherwise, which a flow cannot learn
/// either. `features` are the names of the columns.
[[nodiscard]] std::vector<std::string> warnings_of_steps(const Dequantisation& dequantisation, const Sample& sample,
                                                         const std::vector<std::string>& features);

[[nodiscard]] base::Json to_json(const Dequantisation& dequantisation);
[[nodiscard]] Dequantisation dequantisation_from_json(const base::Json& json);

}  // namespace eddy::search
