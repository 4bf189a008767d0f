#pragma once
// The tables that only the report of a search with extrapolated background has, as HTML.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// One row per working point: counts, prediction, significance, limit, and what ABCD says.
[[nodiscard]] std::string template_working_point_table(const Json& result);
/// The parts of the error of each prediction, in events and in percent.
[[nodiscard]] std::string prediction_error_table(const Json& result);
/// Counts and inputs of the ABCD alternative, and the thresholds.
[[nodiscard]] std::string template_region_table(const Json& result);
/// AUC of each closure test.
[[nodiscard]] std::string closure_test_table(const Json& result);
/// Mean, largest and effective number of the weights of each region.
[[nodiscard]] std::string weight_table(const Json& result);

}  // namespace eddy::report
