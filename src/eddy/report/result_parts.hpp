#pragma once
// The parts of result.json, each from what a search found.

#include <eddy/base/json.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/stats/background_shape.hpp>

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

[[nodiscard]] Json judgement_json(const search::Judgement& judgement);
[[nodiscard]] Json verdict_json(const search::Verdict& verdict);
[[nodiscard]] Json input_json(const search::InputRecord& record);
[[nodiscard]] Json closure_curve_json(const search::ClosureCurve& curve);
[[nodiscard]] Json closure_test_json(const search::ClosureTest& test);
[[nodiscard]] Json weight_summary_json(const search::WeightSummary& summary);
[[nodiscard]] Json sculpting_json(const search::Sculpting& sculpting);
[[nodiscard]] Json gate_json(const search::LatentGate& gate);
[[nodiscard]] Json signal_fraction_json(const search::SignalFraction& fraction);
[[nodiscard]] Json argos_json(const search::Argos& argos);
/// Method 1 of a space of losses, whose best cut must not be quoted.
[[nodiscard]] Json cut_search_json(const search::CutSearch& search);
[[nodiscard]] Json separation_json(const search::Separation& separation);
/// ROC, AUC and SIC of one score.
[[nodiscard]] Json evaluation_json(const search::Evaluation& evaluation);
[[nodiscard]] Json median_band_json(const search::MedianBand& band);
/// A limit expected of background only at -2, -1, 0, 1 and 2 standard deviations; null where it does not exist.
[[nodiscard]] Json expected_limit_json(const std::array<double, 5>& limit);
/// Losses from low to high.
[[nodiscard]] Json box_json(const search::LossBox& box);
/// {"shape": "bernstein", "order": 3}
[[nodiscard]] Json shape_json(const stats::BackgroundShape& shape);
/// [low, high] of the central 68.3 % Poisson interval.
[[nodiscard]] Json poisson_interval_json(double count);

}  // namespace eddy::report
