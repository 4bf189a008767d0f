#pragma once
// The simultaneous likelihoods of a category scan: at each mass of the data, and whether pseudo-experiments reach them.

#include <eddy/stats/category_scan.hpp>
#include <eddy/stats/common_strength.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::stats {

/// A category as the fits at one mass left it.
struct FittedCategory {
  std::size_t number = 0;  ///< in the order given
  const BumpModel* model = nullptr;
  const BumpData* data = nullptr;
  const BumpMinimum* null = nullptr;
  CategoryPoint point;  ///< used
};

/// All categories of `fitted` in one likelihood.
[[nodiscard]] CommonPoint common_point(const SignalShares& shares, std::span<const FittedCategory> fitted);

/// The largest local z over the masses, of those that can reach `least` (others are not fitted, and count as minus
/// infinity); infinity where a fit fails, as in scan_masses: a pseudo-experiment that is not known may reach any.
/// `fitted`: the categories of each mass.
[[nodiscard]] double largest_common_z(const SignalShares& shares, std::span<const std::vector<FittedCategory>> fitted,
                                      double least);

/// Throws InputError for shares that are negative, not finite, all 0 or not one for each of `n` categories.
void require_shares(const std::vector<SignalShares>& all, std::size_t n);

}  // namespace eddy::stats
