#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>

#include <optional>

namespace eddy::report {

/// Local significance of each run against the efficiency of its cuts and, where masses were scanned, the global one.
/// Nothing where no run has a significance.
[[nodiscard]] std::optional<Figure> significance_figure(const Json& comparison);

}  // namespace eddy::report
