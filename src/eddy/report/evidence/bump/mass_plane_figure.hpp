#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Data in the plane of mass and score, with quantiles of the score against mass: flat where the score does not depend
/// on the mass. Nothing without scored data, or when all have one mass.
[[nodiscard]] std::optional<Figure> mass_plane_figure(const search::Finding& output);

}  // namespace eddy::report
