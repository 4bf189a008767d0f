#pragma once
// What null experiments say of a search: its part of result.json, and how the report shows that.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/validation/null_calibration.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eddy::report {

/// "calibration" of result.json.
[[nodiscard]] Json calibration_json(const search::NullCalibration& calibration);

/// "calibrated" of a working point; null where its Z could not be calibrated.
[[nodiscard]] Json calibrated_json(const search::CalibratedPoint& point);

/// Each cut: Z as the search has it, mean and spread of the null experiments, calibrated p-value and Z. Empty without
/// null experiments.
[[nodiscard]] std::string calibration_table(const Json& result);

/// " Of 50 searches without signal, ..., p = 0.02": what null experiments say of `point`, the decisive one of `result`;
/// empty where they say nothing.
[[nodiscard]] std::string calibration_sentence(const Json& result, const Json& point);

/// The same for the terminal, one line for each cut.
[[nodiscard]] std::vector<std::string> calibration_lines(const std::optional<search::NullCalibration>& calibration);

/// The Z of the null experiments of each cut beside the normal distribution that they should have, and that of the
/// search. Nothing without null experiments.
[[nodiscard]] std::optional<Figure> calibration_figure(const std::optional<search::NullCalibration>& calibration);

}  // namespace eddy::report
