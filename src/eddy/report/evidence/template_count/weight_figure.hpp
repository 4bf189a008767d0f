#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Weights of the constructed events of each region over their mean, with what they amount to in the caption. Nothing
/// without weights.
[[nodiscard]] std::optional<Figure> weight_figure(const search::Finding& output);

}  // namespace eddy::report
