#pragma once
// The tables that only the report of CONRAD has, as HTML.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// One row per working point: counts with Garwood intervals, prediction, significance, limit.
[[nodiscard]] std::string working_point_table(const Json& result);
/// The four counts, thresholds and the likelihood's inputs of each working point.
[[nodiscard]] std::string region_table(const Json& result);

}  // namespace eddy::report
