#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/conrad/conrad_output.hpp>

namespace eddy::report {

/// All figures of a CONRAD run, in the order of the report: {"format", "figures": [...]} as docs/figures.md describes.
/// Figures (and traces) whose input is absent are left out: without labels there is no signal, no ROC and no SIC.
[[nodiscard]] Json conrad_figures(const search::ConradOutput& output);

}  // namespace eddy::report
