#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Predicted divided by true background against the background efficiency (CONRAD fig. 4). Nothing without closure
/// curves.
[[nodiscard]] std::optional<Figure> abcd_closure_figure(const search::Finding& output);

/// The same of a constructed background, in both regions. Nothing when blind.
[[nodiscard]] std::optional<Figure> template_closure_figure(const search::Finding& output);

}  // namespace eddy::report
