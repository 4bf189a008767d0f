#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/resonant/resonant_output.hpp>

namespace eddy::report {

/// All figures of a resonant search, in the order of the report: {"format", "figures": [...]} as docs/figures.md
/// describes. Figures (and traces) whose input is absent are left out: without sidebands there is no bump hunt.
[[nodiscard]] Json resonant_figures(const search::ResonantOutput& output);

}  // namespace eddy::report
