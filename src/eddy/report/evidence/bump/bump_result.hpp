#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/finding.hpp>

namespace eddy::report {

using base::Json;

/// Adds fit, count and spectrum of a bump hunt.
void add_bump(Json& json, const search::WorkingPoint& point);

}  // namespace eddy::report
