#pragma once
// Panels of the ratio of predicted to true background.

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <string>
#include <vector>

namespace eddy::report {

[[nodiscard]] Panel empty_closure_panel(const std::string& id, const std::string& title);

/// Points with errors, and around one the Poisson error of the count that is predicted; `band_legend` is the legend
/// entry of the latter where it is not its own; then the points come first, for their mark to stand there.
void add_closure_curve(Panel& panel, const search::ClosureCurve& curve, const std::string& role,
                       const std::string& band_legend = "");

/// Ranges of the axes, lines at 0.9, 1 and 1.1, and a line at each working point. Needs a curve with points.
void finish_closure_panel(Panel& panel, const std::vector<double>& working_points);

}  // namespace eddy::report
