#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>
#include <string>

namespace eddy::report {

/// Every feature and context variable of one region ("control region", "signal region"): true events, the constructed
/// background and the simulation as it is, with their ratios below (2311.12924, fig. 4). Nothing where the output has
/// no such region, or one without events.
[[nodiscard]] std::optional<Figure> marginal_figure(const search::Finding& output, const std::string& region);

}  // namespace eddy::report
