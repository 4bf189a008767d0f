#pragma once
// What result.json says of every working point, whatever the evidence behind it.

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/finding.hpp>

namespace eddy::report {

using base::Json;

/// Cut, counts, prediction, p, Z and limit of `point`.
[[nodiscard]] Json point_numbers_json(const search::WorkingPoint& point);

}  // namespace eddy::report
