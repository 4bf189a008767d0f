#pragma once
// The limit of one cut, from what searches with signal and without say of it.

#include <eddy/search/limits/limit_result.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace eddy::search {

/// Mean efficiency at each strength, and the standard deviation of a single search: the scatter between repetitions,
/// pooled with those of the neighbouring strengths, since each has few, as stats::spread_of_one_more charges for it.
/// Strengths at which fewer than two searches succeeded are left out.
[[nodiscard]] std::vector<stats::EfficiencyKnot> efficiency_knots(const std::vector<Injection>& injections,
                                                                  std::size_t cut);

/// Quantiles at stats::kBands of `limits`, of which nothing counts as larger than all others. Nothing where the
/// quantile falls on one of these, and where fewer than one limit is expected beyond it: two limits have a median,
/// seven the central 68 %, 44 the central 95 %.
[[nodiscard]] ExpectedLimits quantiles_of(std::vector<std::optional<double>> limits);

/// Everything that is said of `point`, number `cut` of its search, by `injections` and by the signals of `nulls`.
[[nodiscard]] CutLimit limit_at_cut(const WorkingPoint& point, std::size_t cut,
                                    const std::vector<Injection>& injections,
                                    const std::vector<std::optional<stats::PassingSignal>>& nulls);

}  // namespace eddy::search
