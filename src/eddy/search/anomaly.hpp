#pragma once
// What was selected: events that pass a cut beside the background expected among them, and the most signal-like events
// by name. It describes what was found, and is no evidence.

#include <eddy/search/background_events.hpp>
#include <eddy/search/finding.hpp>

#include <cstddef>
#include <optional>

namespace eddy::search {

/// A cut with fewer observed events is shown only where no other has as many.
inline constexpr double kFewestShown = 20;

/// The tightest of the cuts that kFewestShown events pass, else the one that most pass; only those behind which
/// background is predicted. Nothing where there is none.
[[nodiscard]] std::optional<std::size_t> shown_working_point(const Finding& finding);

/// The events of `finding` (scored, its predictions corrected) behind that cut, with `background` scaled to what is
/// predicted; and the `n_events` of the signal region that are most signal-like: lowest background efficiency, which
/// compares scores of different folds, then score, then row. Features that were spread within their steps are whole
/// steps again among the latter.
[[nodiscard]] Anomaly describe_anomaly(const Finding& finding, const ShownBackground& background, std::size_t n_events);

}  // namespace eddy::search
