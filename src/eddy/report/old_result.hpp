#pragma once

#include <eddy/base/json_fwd.hpp>

namespace eddy::report {

using base::Json;

/// What reports and comparisons read of `stored`: results without a "schema" get their evidence, judgements and verdict
/// by today's rules, and the parts that they do not have; what cannot be known any more (spectra) stays absent. What is
/// of this version already stays as it is. Throws InputError for a method that is in no row of the table and for a
/// schema that is newer than this version.
[[nodiscard]] Json current_result(Json stored);

}  // namespace eddy::report
