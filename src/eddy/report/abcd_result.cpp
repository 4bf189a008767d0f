#include <eddy/base/json.hpp>
#include <eddy/report/result_parts.hpp>

namespace eddy::report {
namespace {

Json counts(const stats::AbcdCounts& c) {
  return {
      {"A", number_or_null(c.a)}, {"B", number_or_null(c.b)}, {"C", number_or_null(c.c)}, {"D", number_or_null(c.d)}};
}

Json leakage(const stats::AbcdModel& model) {
  return {{"B", number_or_null(model.leakage_b)},
          {"C", number_or_null(model.leakage_c)},
          {"D", number_or_null(model.leakage_d)}};
}

Json fit(const stats::AbcdModel& model, const stats::AbcdFit& result) {
  return {{"signal", number_or_null(result.signal)},
          {"signal_error", number_or_null(result.signal_error)},
          {"background", number_or_null(result.background)},
          {"background_error", number_or_null(result.background_error)},
          {"null_background", number_or_null(result.null_background)},
          {"q0", number_or_null(result.q0)},
          {"p_value_asymptotic", number_or_null(result.p_value_asymptotic)},
          {"p_value_error", number_or_null(result.p_value_error)},
          {"p_value_extrapolated", result.p_value_extrapolated},
          {"from_toys", result.from_toys},
          {"n_toys", result.n_toys},
          {"closure", number_or_null(model.closure)},
          {"closure_error", number_or_null(model.closure_error)},
          {"leakage", leakage(model)}};
}

Json closure_point(const search::ClosurePoint& point) {
  return {{"efficiency", number_or_null(point.efficiency)},   {"predicted", number_or_null(point.predicted)},
          {"observed", number_or_null(point.observed)},       {"ratio", number_or_null(point.ratio)},
          {"ratio_error", number_or_null(point.ratio_error)}, {"observed_error", number_or_null(point.observed_error)}};
}

}  // namespace

Json abcd_working_point_json(const search::WorkingPoint& point) {
  Json json = {{"efficiency", number_or_null(point.efficiency)},
               {"realised_efficiency", number_or_null(point.realised_efficiency)},
               {"threshold", numbers_or_null(point.thresholds)},
               {"observed", number_or_null(point.counts.a)},
               {"observed_interval", poisson_interval_json(point.counts.a)},
               {"predicted", number_or_null(point.prediction.predicted)},
               {"predicted_error", number_or_null(point.prediction.error)},
               {"regions", counts(point.counts)},
               {"fit", fit(point.model, point.fit)},
               {"s_over_sqrt_b", number_or_null(point.s_over_sqrt_b)},
               {"p_value", number_or_null(point.fit.p_value)},
               {"z", number_or_null(point.fit.z)},
               {"upper_limit", number_or_null(point.fit.upper_limit)},
               {"expected_upper_limit", expected_limit_json(point.fit.expected_limit)}};
  if (point.true_background) {
    json["true_background"] = number_or_null(*point.true_background);
  }
  return json;
}

Json closure_curve_json(const search::ClosureCurve& curve) {
  return {{"name", curve.name}, {"points", json_list(curve.points, closure_point)}};
}

}  // namespace eddy::report
