#pragma once
// What a working point says of the signal events of the signal region behind its cut, whatever its evidence.

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/stats/retrained_limit.hpp>

#include <cstddef>
#include <optional>

namespace eddy::search {

/// Signal events of the signal region for each one of the fitted strength: 1, but for a bump hunt, which fits the whole
/// peak: the part of its template inside the region.
[[nodiscard]] double region_fraction(const WorkingPoint& point);

/// Fitted signal, error and limit of the data, in events of the signal region that pass; where no signal is fitted,
/// observed - predicted. Nothing where the point has no such numbers.
[[nodiscard]] std::optional<stats::PassingSignal> passing_signal(const WorkingPoint& point);

/// As tasks and limit.json keep it; null for nothing.
[[nodiscard]] base::Json signal_json(const std::optional<stats::PassingSignal>& signal);
[[nodiscard]] std::optional<stats::PassingSignal> signal_of(const base::Json& json);

/// The same of background alone at stats::kBands[`band`].
[[nodiscard]] std::optional<stats::PassingSignal> expected_passing_signal(const WorkingPoint& point, std::size_t band);

}  // namespace eddy::search
