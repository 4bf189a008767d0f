#pragma once
// The bump hunts of a resonant search: in all events, and behind each cut.

#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/search/search.hpp>

#include <vector>

namespace eddy::search {

/// Masses of the events that pass a cut at `efficiency`.
[[nodiscard]] std::vector<float> selected_masses(const ScoredSample& data, double efficiency);

/// In all events: there is no score yet that could depend on the mass.
[[nodiscard]] BumpHunt hunt_without_cut(const Search& search, const std::vector<float>& masses,
                                        stats::MassWindow window);

/// Range and background shape after a cut are those before it: chosen with all events, and before any cut is looked at.
/// A cut on a score that follows the mass, as in x, may change the shape, which is then chosen again.
[[nodiscard]] BumpHuntSettings settings_after_cut(const SearchConfig& config, const BumpHunt& all);

/// In `masses` that pass the cut at `efficiency`.
[[nodiscard]] BumpHunt hunt_behind_cut(const Search& search, const std::vector<float>& masses, stats::MassWindow window,
                                       double efficiency, const BumpHuntSettings& settings);

}  // namespace eddy::search
