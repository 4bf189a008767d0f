#pragma once
// The parts of result.json that all searches share.

#include <eddy/base/json.hpp>
#include <eddy/search/conrad/conrad_output.hpp>
#include <eddy/search/output.hpp>

#include <array>
#include <vector>

namespace eddy::report {

using base::Json;

/// null where the value is not finite.
[[nodiscard]] Json number_or_null(double value);
[[nodiscard]] Json numbers_or_null(const std::vector<double>& values);

/// Converts each of `values`.
template <class Value>
[[nodiscard]] Json json_list(const std::vector<Value>& values, Json (*convert)(const Value&)) {
  Json json = Json::array();
  for (const Value& value : values) {
    json.push_back(convert(value));
  }
  return json;
}

/// Features, context, regions and injected events; each family of methods adds what it was set to.
[[nodiscard]] Json setup_json(const search::SearchOutput& output);
/// A cut of a search with an ABCD background: counts, prediction, fit.
[[nodiscard]] Json abcd_working_point_json(const search::WorkingPoint& point);
[[nodiscard]] Json closure_curve_json(const search::ClosureCurve& curve);
[[nodiscard]] Json gate_json(const search::LatentGate& gate);
/// ROC, AUC and SIC of one score.
[[nodiscard]] Json evaluation_json(const search::Evaluation& evaluation);
[[nodiscard]] Json median_band_json(const search::MedianBand& band);
/// A limit expected of background only at -2, -1, 0, 1 and 2 standard deviations.
[[nodiscard]] Json expected_limit_json(const std::array<double, 5>& limit);
/// [low, high] of the central 68.3 % Poisson interval.
[[nodiscard]] Json poisson_interval_json(double count);

/// Everything of result.json but what only one family has: "eddy", "method", "name", "seed", "setup", "inputs",
/// "warnings", and "evaluation" where labels are given.
[[nodiscard]] Json common_result(const search::SearchOutput& output);

}  // namespace eddy::report
