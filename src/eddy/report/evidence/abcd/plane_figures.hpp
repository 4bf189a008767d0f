#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Data in the signal region against -log10 of the background efficiency, with what the control region predicts: where
/// an excess is seen. Nothing without scored data in both regions.
[[nodiscard]] std::optional<Figure> excess_figure(const search::Finding& output);

/// The plane of the ABCD method: context against -log10 of the background efficiency, with the four counts of each
/// working point and up to 1,000 labelled signal events. Nothing without scored data.
[[nodiscard]] std::optional<Figure> plane_figure(const search::Finding& output, const search::ScoredSample& signal);

}  // namespace eddy::report
