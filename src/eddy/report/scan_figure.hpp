#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/resonant/resonant_output.hpp>

#include <optional>

namespace eddy::report {

/// Local p-value against the mass of the signal, one line per working point, with the global significances. Nothing
/// without a scan.
[[nodiscard]] std::optional<Figure> scan_figure(const search::ResonantOutput& output);

}  // namespace eddy::report
