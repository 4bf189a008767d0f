#pragma once
// How a signal is spread over the categories of a space of losses, by simulated events of it that no network is trained
// on. Masses decide nothing here.

#include <eddy/search/finding_parts.hpp>
#include <eddy/search/quak/loss_categories.hpp>

#include <span>
#include <vector>

namespace eddy::search {

/// Fewer events of a signal behind the preselection, of equal weight, say nothing of where the others are.
inline constexpr double kFewestForShares = 20;

struct CategoryShares {
  std::vector<double> share;  ///< of the events in any category: one for each, sum 1; all 0 without events
  double passing = 0;         ///< fraction of all events that are in a category
  double n_effective = 0;     ///< (sum w)^2 / sum w^2 of those
};

/// `signal`: weights >= 0.
[[nodiscard]] CategoryShares shares_of(const LossSample& signal, std::span<const LossBox> boxes);

}  // namespace eddy::search
