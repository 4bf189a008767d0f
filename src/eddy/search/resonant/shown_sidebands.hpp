#pragma once
// What stands for background among the selected events of a resonant search.

#include <eddy/search/background_events.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/stats/mass_histogram.hpp>

namespace eddy::search {

/// The features of the events of `data` (scored) that lie in the sidebands within one width of the window, below and
/// above it in a part each. As both count the same, what changes linearly with the mass is right in the middle of the
/// window.
[[nodiscard]] ShownBackground shown_sidebands(const ScoredSample& data, stats::MassWindow window);

}  // namespace eddy::search
