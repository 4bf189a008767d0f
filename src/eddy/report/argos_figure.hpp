#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// ARGOS against the template's efficiency: how good the score is, without labels. Nothing where the search has none.
[[nodiscard]] std::optional<Figure> argos_figure(const search::Finding& output);

}  // namespace eddy::report
