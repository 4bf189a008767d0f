#pragma once
// What an excess looks like: its part of result.json, and how the report shows that.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eddy::report {

/// The section of the report that all of it stands in.
inline constexpr const char* kAnomalySection = "What is the anomaly?";

/// "anomaly" of result.json. The finding has one.
[[nodiscard]] Json anomaly_json(const search::Finding& finding);

/// Each feature of the selected events beside the background expected among them, with the difference below. Nothing
/// where no cut can be shown.
[[nodiscard]] std::optional<Figure> anomaly_figure(const search::Finding& finding);

/// The most signal-like events with what names them, as HTML; empty without any.
[[nodiscard]] std::string signal_like_table(const Json& result);

/// For the terminal: how many were selected, where they exceed the background most, and the most signal-like event.
[[nodiscard]] std::vector<std::string> anomaly_lines(const search::Finding& finding);

}  // namespace eddy::report
