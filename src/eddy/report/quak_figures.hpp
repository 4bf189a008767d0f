#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/quak/quak_output.hpp>

namespace eddy::report {

/// figures.json of a search in the space of losses (docs/figures.md).
[[nodiscard]] Json quak_figures(const search::QuakOutput& output);

}  // namespace eddy::report
