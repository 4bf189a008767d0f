#pragma once
// The tables that the reports of all searches have, as HTML.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// AUC and SIC of the method and the benchmarks; empty without labels.
[[nodiscard]] std::string evaluation_table(const Json& result);
[[nodiscard]] std::string input_table(const Json& result);
/// Key and value of everything in `facts` (run.json), nested keys joined by dots; empty when there is nothing.
[[nodiscard]] std::string fact_table(const Json& facts);

}  // namespace eddy::report
