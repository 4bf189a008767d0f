#pragma once
// The figures of a study: what is drawn of study.json.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>

#include <string>

namespace eddy::report {

/// One figure for each metric that has numbers, median and band against the x axis; a document as in docs/figures.md.
[[nodiscard]] Json study_figures(const Json& study);

/// The id of the figure of the metric at this place in metrics_of.
[[nodiscard]] std::string metric_figure_id(std::size_t place);

}  // namespace eddy::report
