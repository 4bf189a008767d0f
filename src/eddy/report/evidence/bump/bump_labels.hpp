#pragma once
// What the figures of a resonant search say in the same words and colours.

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <string>

namespace eddy::report {

/// "no cut", or the efficiency: "1 %".
[[nodiscard]] std::string cut_name(double efficiency);

/// The signal region as a shaded band from bottom to top of a panel whose ranges are set.
[[nodiscard]] Trace signal_region_band(const search::Finding& output, const Panel& panel);

/// A text in a corner of a panel; `line` 0 is nearest to the top (or to the bottom).
[[nodiscard]] Trace corner_note(const std::string& text, const std::string& anchor, std::size_t line);

}  // namespace eddy::report
