#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_parts.hpp>

namespace eddy::report {
namespace {

Json setup(const search::ExtrapolationOutput& output) {
  Json json = setup_json(output);
  json["contexts"] = Json::array();
  for (const search::Quantity& context : output.contexts) {
    json["contexts"].push_back({{"name", context.name}, {"unit", context.unit}});
  }
  json["stage"] = output.stage;
  json["n_models"] = output.n_models;
  return json;
}

Json weights(const search::WeightSummary& summary) {
  return {{"region", summary.region},
          {"kind", summary.kind},
          {"n", summary.n},
          {"mean", number_or_null(summary.mean)},
          {"largest", number_or_null(summary.largest)},
          {"effective", number_or_null(summary.effective)},
          {"n_clipped", summary.n_clipped},
          {"n_at_edge", summary.n_at_edge}};
}

Json closure_test(const search::ClosureTest& test) {
  return {{"region", test.region},
          {"name", test.name},
          {"n_true", test.n_true},
          {"n_constructed", test.n_constructed},
          {"auc", numbers_or_null(test.auc)},
          {"sic_band", json_list(test.sic, median_band_json)}};
}

Json prediction(const search::TemplatePrediction& p) {
  return {{"statistical_error", number_or_null(p.statistical_error)},
          {"model_error", number_or_null(p.model_error)},
          {"closure", number_or_null(p.closure)},
          {"closure_error", number_or_null(p.closure_error)},
          {"extrapolation_error", number_or_null(p.extrapolation_error)}};
}

Json working_point(const search::ExtrapolationWorkingPoint& point) {
  Json json = {{"efficiency", number_or_null(point.efficiency)},
               {"realised_efficiency", number_or_null(point.realised_efficiency)},
               {"threshold", numbers_or_null(point.thresholds)},
               {"observed", number_or_null(point.observed)},
               {"observed_interval", poisson_interval_json(point.observed)},
               {"predicted", number_or_null(point.prediction.predicted)},
               {"predicted_error", number_or_null(point.prediction.error)},
               {"prediction", prediction(point.prediction)},
               {"s_over_sqrt_b", number_or_null(point.s_over_sqrt_b)},
               {"p_value", number_or_null(point.counting.p_value)},
               {"z", number_or_null(point.counting.z)},
               {"upper_limit", number_or_null(point.counting.upper_limit)},
               {"expected_upper_limit", expected_limit_json(point.counting.expected_limit)},
               {"abcd", abcd_working_point_json(point.abcd)}};
  if (point.true_background) {
    json["true_background"] = number_or_null(*point.true_background);
    json["true_signal"] = number_or_null(*point.true_signal);
  }
  return json;
}

}  // namespace

Json extrapolation_result(const search::ExtrapolationOutput& output) {
  Json json = common_result(output);
  json["setup"] = setup(output);
  json["weights"] = json_list(output.weights, weights);
  json["closure_tests"] = json_list(output.closure_tests, closure_test);
  json["closure"] = json_list(output.closure, closure_curve_json);
  json["working_points"] = json_list(output.working_points, working_point);
  return json;
}

}  // namespace eddy::report
