#pragma once
// Sideband events moved to other masses: residual transport. What follows the mass is moved along its quantiles, and
// what does not stays as it is (the aim of TRANSIT, arXiv:2503.04342, by other means).

#include <eddy/base/matrix.hpp>
#include <eddy/flow/moving_quantiles.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/resonant/resonant_task.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace eddy::search {

/// How features follow the mass.
struct Transport {
  std::vector<std::size_t> features;               ///< that do; the others pass unchanged
  std::optional<flow::MovingQuantiles> quantiles;  ///< of these alone; nothing where none does
};

/// Columns of x whose distribution is not compatible with being the same at every context (p < 5 %: one in twenty that
/// do not follow is taken, and hardly moved). Throws InputError for fewer than 400 events.
[[nodiscard]] std::vector<std::size_t> features_that_follow(const base::Matrix& x, const base::Matrix& context);

/// From `x` (n_events, n_features) at `context` (n_events, 1). Throws InputError for fewer than 2,000 events.
[[nodiscard]] Transport learn_transport(const base::Matrix& x, const base::Matrix& context);

/// Events `x` at the contexts `from` as they would look at `to`: each keeps its place among the quantiles of every
/// feature, and with them how features depend on one another.
[[nodiscard]] base::Matrix moved(const Transport& transport, const base::Matrix& x, const base::Matrix& from,
                                 const base::Matrix& to);

/// Up to `n` events of the sidebands outside `fold`, each once, at masses drawn from a density estimate of the data in
/// the signal region outside it: what the background there looks like. Features with `steps` are spread before they are
/// moved, since quantiles of spikes move by jumps, and take whole steps again.
[[nodiscard]] base::Matrix moved_sidebands(const ResonantTask& task, const Dequantisation& steps, std::size_t fold,
                                           std::size_t r, std::size_t n);

/// The same of up to `n` sideband events of `fold`, from what the others teach: what the background looks like to those
/// who trained on the others. Features and context alone.
[[nodiscard]] Sample moved_unseen_sidebands(const ResonantTask& task, const Dequantisation& steps, std::size_t fold,
                                            std::size_t n);

}  // namespace eddy::search
