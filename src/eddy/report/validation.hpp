#pragma once
// What the chain predicted where there is nothing to find: its part of result.json, and how the report shows that.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eddy::report {

/// "validation" of result.json.
[[nodiscard]] Json validation_json(const search::Validation& validation);

/// Adds "correction" and "raw" to a working point whose prediction was corrected.
void add_correction(Json& json, const search::WorkingPoint& point);

/// Each cut: prediction before and after, by how much the experiments were off and how much they scatter. Empty without
/// validation.
[[nodiscard]] std::string validation_table(const Json& result);

/// Of a count over its prediction: Poisson, and the error of the prediction; relative.
[[nodiscard]] double relative_error(double predicted, double error);

/// Each window and cut: what passes, and what was expected. Empty without windows.
[[nodiscard]] std::string windows_table(const Json& result);

/// Validation for the terminal, one line for each cut.
[[nodiscard]] std::vector<std::string> validation_lines(const search::Finding& finding);

/// Observed over predicted of each experiment at each cut, and the correction with its error. Nothing without
/// validation.
[[nodiscard]] std::optional<Figure> validation_figure(const std::optional<search::Validation>& validation);

/// Observed over predicted in each validation window, one panel for each cut, with what the signal region is corrected
/// by. Nothing without a window that has a prediction.
[[nodiscard]] std::optional<Figure> windows_figure(const std::optional<search::Validation>& validation);

}  // namespace eddy::report
