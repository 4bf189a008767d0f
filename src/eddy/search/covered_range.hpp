#pragma once
// Where a spectrum ends because events beyond were never selected. There, empty bins say nothing about the background.

#include <eddy/stats/mass_histogram.hpp>

#include <span>
#include <vector>

namespace eddy::search {

/// The part of `range` that `masses` (all that were selected) cover. An end of the range moves to the outermost mass
/// where the spectrum stops short of it: where the events next to that mass, in steps of `width` > 0, let one expect so
/// many within two steps beyond it that a spectrum which runs out would have left none with a probability below 0.1 %
/// (five in each step of a flat one). A tail that thins out, or a turn-on, is no such end, and the range stays. Masses
/// must be finite.
[[nodiscard]] stats::MassWindow covered_range(std::span<const float> masses, stats::MassWindow range, double width);

/// Those of `edges`, ascending, whose bins lie in `covered` as a whole; fewer than two where no bin does.
[[nodiscard]] std::vector<double> covered_edges(std::vector<double> edges, stats::MassWindow covered);

}  // namespace eddy::search
