#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Where data, held-out background and each prior lie in the plane of the background's loss and the first prior's,
/// with the categories and the best cut in it. Nothing without a prior.
[[nodiscard]] std::optional<Figure> loss_plane_figure(const search::Finding& output);

}  // namespace eddy::report
