#pragma once
// Cells, as HTML, that the tables of all searches share. A number that does not exist is "–".

#include <eddy/base/artefact.hpp>

#include <string>

namespace eddy::report {

using base::Json;

[[nodiscard]] std::string decimals(const Json& object, const char* key, int digits);
/// "823 +30 −29" with the two ends of the interval set above each other.
[[nodiscard]] std::string count_with_interval(const Json& point);
/// Digits after the point of a limit in events.
[[nodiscard]] int limit_digits(double limit);
/// Median of the expected limit with its 68 % range.
[[nodiscard]] std::string expected_limit(const Json& point);
/// R_c of each fold.
[[nodiscard]] std::string threshold_cell(const Json& point);

}  // namespace eddy::report
