#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/finding.hpp>

namespace eddy::report {

using base::Json;

/// Adds the errors of the prediction, and the other estimate of the same cut.
void add_template_count(Json& json, const search::WorkingPoint& point);

}  // namespace eddy::report
