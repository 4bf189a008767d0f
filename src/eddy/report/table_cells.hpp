#pragma once
// Cells, as HTML, that the tables of all searches share. A number that does not exist is "–".

#include <eddy/base/json_fwd.hpp>

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
/// Both limits, "–" where the fit gave none.
[[nodiscard]] std::string limit_cell(const Json& point);
[[nodiscard]] std::string expected_limit_cell(const Json& point);
/// "101.3 ± 2.9" events predicted; "–" where the sidebands do not determine them.
[[nodiscard]] std::string predicted_cell(const Json& point);
/// Global Z of a mass scan; ">" where no toy reached the data.
[[nodiscard]] std::string global_z_cell(const Json& scan);
/// Global Z in the signal region and in the whole range: "1.2 / 0.8"; "–" where there is neither.
[[nodiscard]] std::string global_cells(const Json& signal_region, const Json& range);
/// A SIC; "–" below the statistics cut-off.
[[nodiscard]] std::string sic_cell(const Json& sic, const char* key);
/// "12.10 [11.00, 13.40]": median and central 68 % of a SIC over retrainings.
[[nodiscard]] std::string retraining_cell(const Json& evaluation, const char* key);
/// Median and central 68 % at the point of a curve that is nearest to `efficiency`; "–" without one.
[[nodiscard]] std::string median_cell(const Json& points, double efficiency);
/// R_c of each fold.
[[nodiscard]] std::string threshold_cell(const Json& point);

}  // namespace eddy::report
