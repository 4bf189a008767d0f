#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Mass spectrum of each working point with the background fit of the sidebands, signal + background at the best fit,
/// and pulls below. Nothing without working points.
[[nodiscard]] std::optional<Figure> bump_figure(const search::Finding& output);

/// Each working point in the bins of the signal region: data and what the sidebands predict, with their ratio. Nothing
/// where no fit of the sidebands converged.
[[nodiscard]] std::optional<Figure> signal_region_figure(const search::Finding& output);

}  // namespace eddy::report
