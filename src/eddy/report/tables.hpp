#pragma once
// The tables of the report, as HTML.

#include <eddy/base/artefact.hpp>

#include <string>
#include <string_view>

namespace eddy::report {

using base::Json;

/// Text made safe for HTML; "ε_B", "ε_S" and "N_A" ... "N_D" get real subscripts.
[[nodiscard]] std::string html_text(std::string_view text);

/// One row per working point: counts with Garwood intervals, prediction, significance, limit.
[[nodiscard]] std::string working_point_table(const Json& result);
/// The four counts, thresholds and the likelihood's inputs of each working point.
[[nodiscard]] std::string region_table(const Json& result);
/// AUC and SIC of the method and the benchmarks; empty without labels.
[[nodiscard]] std::string evaluation_table(const Json& result);
[[nodiscard]] std::string input_table(const Json& result);
/// Key and value of everything in `facts` (run.json), nested keys joined by dots; empty when there is nothing.
[[nodiscard]] std::string fact_table(const Json& facts);

}  // namespace eddy::report
