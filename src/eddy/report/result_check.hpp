#pragma once

#include <eddy/base/json_fwd.hpp>

namespace eddy::report {

/// Throws std::runtime_error, which names the place and what is needed there, unless `result` (result.json) has what
/// the result of every search has: texts, numbers and lists where they belong, and at least one working point unless
/// the search is blind or in a space of losses; and unless its numbers are such as can be (result_ranges.hpp). What is
/// further inside is checked where it is read.
void require_result(const base::Json& result);

}  // namespace eddy::report
