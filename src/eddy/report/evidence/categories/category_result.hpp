#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/finding.hpp>

namespace eddy::report {

using base::Json;

/// Adds categories, their spectra and the scan of them all.
void add_categories(Json& json, const search::WorkingPoint& point);

}  // namespace eddy::report
