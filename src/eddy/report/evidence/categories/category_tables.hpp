#pragma once
// What a search in the space of losses found, as HTML.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// Both ways to look for bumps, where a mass was configured; what comes before the figures.
[[nodiscard]] std::string category_findings(const Json& result);

/// How well each score tells each evaluated signal from background; empty without one.
[[nodiscard]] std::string separation_table(const Json& result);

}  // namespace eddy::report
