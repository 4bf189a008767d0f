#pragma once

#include <string_view>

namespace eddy::report {

/// The files that are built into the program so that a report needs nothing else.
enum class Asset { kPage, kAbcdFindings, kTemplateCountFindings, kBumpFindings, kStyle, kScript, kPlotly };

/// The content of the file, UTF-8.
[[nodiscard]] std::string_view asset(Asset which);

}  // namespace eddy::report
