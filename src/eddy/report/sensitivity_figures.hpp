#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Significance improvement of the method and the benchmarks against signal efficiency, background efficiency or
/// rejection. Nothing without evaluations (labels).
[[nodiscard]] std::optional<Figure> sic_figure(const search::Finding& output);

/// Background rejection against signal efficiency. Nothing without evaluations (labels).
[[nodiscard]] std::optional<Figure> roc_figure(const search::Finding& output);

}  // namespace eddy::report
