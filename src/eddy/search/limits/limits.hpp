#pragma once
// Limits on the strength of a signal, with the chain trained anew at each strength (docs/limits.md).

#include <eddy/search/limits/limit_result.hpp>
#include <eddy/search/search.hpp>

#include <cstddef>
#include <vector>

namespace eddy::search {

/// How a limit is found.
struct LimitSettings {
  std::vector<double> strengths = {};  ///< to be injected, > 0; empty: chosen from the sensitivity
  std::size_t n_strengths = 6;         ///< of those that are chosen
  std::size_t n_repetitions = 3;       ///< searches at each, with other signal events and other seeds; >= 2
  bool in_nulls = false;               ///< inject into background-only events instead of the data
};

/// Whether there are limits for [search] method: not where classifiers are told the truth, nor in spaces of losses
/// without a mass, where no bump is sought.
[[nodiscard]] bool has_limits(const SearchConfig& config);

/// Strengths between which the limit of a search with these working points must lie, growing by equal factors: from
/// what would be excluded if all signal passed, to ten times the root of the data in the region (a random cut of 1 %
/// excludes twenty times that) or `largest`, whichever is less.
[[nodiscard]] std::vector<double> strengths_for(const std::vector<WorkingPoint>& points, double n_data, double largest,
                                                std::size_t n);

/// What `search`, which found `finding`, says of `signal`, trained or divided anew (FamilyRules::seek_signal).
/// [calibration] experiments are those whose limits are the expected ones of the null experiments. Every search with
/// signal is a task of the store. Where strengths are chosen, further ones follow, twice the last, while the best cut
/// has a limit that is not in the range. Throws InputError for settings that cannot be: strengths that are not above 0
/// or beyond what the signal has events for, and fewer than two repetitions.
[[nodiscard]] LimitResult find_limits(const Search& search, const Finding& finding, const LimitSignal& signal,
                                      const LimitSettings& settings);

}  // namespace eddy::search
