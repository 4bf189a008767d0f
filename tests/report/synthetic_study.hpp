#pragma once
// Small studies with known numbers.

#include <eddy/base/json.hpp>
#include <eddy/report/study_summary.hpp>
#include <eddy/report/study_table.hpp>

#include <string>
#include <vector>

namespace eddy::report_test {

[[nodiscard]] report::StudyAxis axis(const std::string& key, const std::vector<report::Json>& values,
                                     report::AxisRole role);

/// A finished point; its result has the sic of a method (A) and a benchmark (best: 9), and z at one working point.
[[nodiscard]] report::StudyPoint point(const std::vector<std::size_t>& place, const std::string& digest, double sic,
                                       double z);

/// The metrics of `point`.
[[nodiscard]] const std::vector<std::string>& metrics();

/// Three repeats at each value of both axes; sic = 1 + x + 10 curve + repeat, counted in places from 0, z is half of
/// it. The last point failed.
[[nodiscard]] report::Json synthetic_study(const report::StudyAxis& x, const report::StudyAxis& curve);

}  // namespace eddy::report_test
