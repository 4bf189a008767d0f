#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/conrad/conrad_output.hpp>
#include <eddy/search/extrapolation/extrapolation_output.hpp>

#include <optional>

namespace eddy::report {

/// Predicted divided by true background against the background efficiency (CONRAD fig. 4). Nothing without closure
/// curves.
[[nodiscard]] std::optional<Figure> closure_figure(const search::ConradOutput& output);

/// The same of a constructed background, in both regions. Nothing when blind.
[[nodiscard]] std::optional<Figure> closure_figure(const search::ExtrapolationOutput& output);

}  // namespace eddy::report
