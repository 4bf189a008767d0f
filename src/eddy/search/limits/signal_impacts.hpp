#pragma once

#include <eddy/search/finding.hpp>
#include <eddy/search/limits/limit_result.hpp>
#include <eddy/stats/impact.hpp>

#include <vector>

namespace eddy::search {

/// What moves the signal that a working point fits, in signal events of the region that pass (response taken out, whose
/// slope must not be 0), the largest first; empty where none is fitted, or where the fit has no minimum.
[[nodiscard]] std::vector<stats::Impact> signal_impacts(const WorkingPoint& point, const SignalResponse& response);

}  // namespace eddy::search
