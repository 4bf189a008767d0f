#pragma once
// Where a spectrum ends because events beyond were never selected. There, empty bins say nothing about the background.

#include <eddy/stats/mass_histogram.hpp>

#include <array>
#include <span>

namespace eddy::search {

/// Events in the outermost steps of a spectrum, the last one first.
using Steps = std::array<double, 3>;

/// Events that one expects at least within `reach` steps beyond the outermost mass. The density goes on to fall by the
/// ratio of the last two steps, or faster where the ratio of those before was larger (so do the flanks of a peak), less
/// 1.5 errors of the ratio; it does not rise.
[[nodiscard]] double least_expected_beyond(const Steps& n, double reach);

/// The part of `range` that `masses` (all that were selected) cover. An end of the range moves to the outermost mass
/// where the spectrum stops short of it: where the three steps of `width` > 0 next to that mass, with their errors, let
/// one expect at least 6.9 events within two steps beyond it (exp(-6.9) = 0.1 %). A tail that thins out, or a turn-on,
/// is taken for such an end in about one spectrum of a hundred at most, and an end with 40 events in its last step is
/// found in nine of ten or more, one with 80 always (docs/decisions.md). Masses must be finite.
[[nodiscard]] stats::MassWindow covered_range(std::span<const float> masses, stats::MassWindow range, double width);

}  // namespace eddy::search
