#pragma once
// How figures and tables read study.json.

#include <eddy/base/json_fwd.hpp>

#include <string>
#include <vector>

namespace eddy::report {

using base::Json;

/// The axis along the figures; null without one.
[[nodiscard]] Json x_axis_of(const Json& study);

/// The column whose numbers a curve shows.
[[nodiscard]] const Json& column_of(const Json& study, const Json& curve);

/// Whether there are curves of more than one choice of the axes that are neither x nor repeats.
[[nodiscard]] bool has_several_groups(const Json& study);

/// The metrics, in the order in which they were asked for.
[[nodiscard]] std::vector<std::string> metrics_of(const Json& study);

/// The curves of a metric by panel: one panel for each working point, one for all detectors. A benchmark with the
/// numbers of one before it is left out; one that is left alone is marked "shared": it belongs to no group.
[[nodiscard]] std::vector<std::vector<Json>> curves_by_panel(const Json& study, const std::string& metric);

}  // namespace eddy::report
