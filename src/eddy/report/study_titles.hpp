#pragma once
// What the settings and the numbers of a study are called in figures and tables.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// "injected S/√B" for inject.s_over_sqrt_b; the key itself where there is nothing better.
[[nodiscard]] std::string setting_title(const std::string& key);

/// "largest SIC" for evaluation.sic.max, whatever stands in brackets; the metric itself where there is nothing better.
[[nodiscard]] std::string metric_title(const std::string& metric);

/// The heading under which a metric stands in the report.
[[nodiscard]] std::string metric_section(const std::string& metric);

/// What tells a curve from the others of its figure: "reweight", "flow.members = 5", "reweight, supervised". `several`:
/// there are curves of other groups. Of `study` (study.json), one of its curves.
[[nodiscard]] std::string curve_title(const Json& study, const Json& curve, bool several);

/// "cut at 0.01" for a working point.
[[nodiscard]] std::string element_title(const Json& column);

}  // namespace eddy::report
