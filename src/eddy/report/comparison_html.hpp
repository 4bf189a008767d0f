#pragma once

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// compare.html: one self-contained page from compare.json and what comparison_figures makes of it.
[[nodiscard]] std::string render_comparison(const Json& comparison, const Json& figures);

}  // namespace eddy::report
