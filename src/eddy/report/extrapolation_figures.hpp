#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/extrapolation/extrapolation_output.hpp>

namespace eddy::report {

using base::Json;

/// The figures of a search with extrapolated background (2311.12924, figs. 4 and 5 among them), in the order of the
/// report.
[[nodiscard]] Json extrapolation_figures(const search::ExtrapolationOutput& output);

}  // namespace eddy::report
