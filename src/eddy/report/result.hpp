#pragma once
// result.json: everything a run found, nothing that depends on when, where or how fast it ran. Keys are sorted, numbers
// have full precision and those that do not exist are null, so equal results give equal bytes. docs/result.schema.json
// describes it.

#include <eddy/base/json_fwd.hpp>
#include <eddy/search/finding.hpp>

namespace eddy::report {

using base::Json;

/// The "schema" that this version writes: 2 since results have "evidence", "verdict" and judgements.
inline constexpr int kResultSchema = 2;

/// `finding` must have been judged (search::judge).
[[nodiscard]] Json result_of(const search::Finding& finding);

}  // namespace eddy::report
