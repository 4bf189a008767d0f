#pragma once

#include <eddy/base/json_fwd.hpp>

namespace eddy::report {

/// Throws std::runtime_error, which names the place, the value and what it must be, where a number of `result` cannot
/// be what its key says, wherever it stands: probabilities and efficiencies outside [0, 1], counts and errors below 0;
/// where a Z does not belong to the p-value beside it; and where a caveat or a verdict is none that eddy knows.
void require_possible_values(const base::Json& result);

}  // namespace eddy::report
