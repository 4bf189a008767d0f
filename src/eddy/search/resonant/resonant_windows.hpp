#pragma once
// The whole chain beside the signal region: validation windows (arXiv:2411.00085), which see what no generator knows.

#include <eddy/search/validation/validation.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace eddy::search {

struct Finding;
struct Search;
struct SearchConfig;

/// Up to `n` windows as wide as the signal region, side by side outwards from it, below and above by turns. Each leaves
/// half its width of sideband inside `range` beyond it, and holds 500 of `masses` or more.
[[nodiscard]] std::vector<stats::MassWindow> windows_beside(stats::MassWindow signal_region, stats::MassWindow range,
                                                            const std::vector<float>& masses, std::int64_t n);

/// Trains the chain, with two flows for each fold at most, for each of [validation] windows as if that were the signal
/// region, without any event of the real one, and counts what passes each cut there beside what the rest of the
/// spectrum predicts. Each is a task of the store that the signal region's events do not change.
[[nodiscard]] TriedWindows try_windows_resonant(const Search& search, const Finding& finding);

/// What a fit for a signal, with the correction of `cut`, finds in each of the windows: relative to the background
/// there, and 0 within its error where the correction holds all that is wrong (the spurious signal of ATLAS). Nothing
/// where no window has a fit.
[[nodiscard]] std::optional<stats::SharedShift> spurious_in_windows(const SearchConfig& config,
                                                                    const std::vector<ValidationWindow>& windows,
                                                                    const ValidatedCut& cut);

}  // namespace eddy::search
