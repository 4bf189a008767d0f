#pragma once

#include <eddy/base/json_fwd.hpp>

namespace eddy::runs {

/// Facts that differ from run to run (run.json); kept apart from the results, which do not. `seconds` is wall time.
[[nodiscard]] base::Json run_facts(double seconds);

}  // namespace eddy::runs
