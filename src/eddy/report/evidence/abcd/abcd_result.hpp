#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/finding.hpp>

namespace eddy::report {

using base::Json;

/// Adds regions and fit of four counts.
void add_abcd(Json& json, const search::WorkingPoint& point);

}  // namespace eddy::report
