#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Local p-value against the mass of the signal, one line per working point, with the global significances. Nothing
/// without a scan.
[[nodiscard]] std::optional<Figure> scan_figure(const search::Finding& output);

}  // namespace eddy::report
