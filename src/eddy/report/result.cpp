#include <eddy/report/result.hpp>

#include <eddy/classify/roc.hpp>
#include <eddy/stats/intervals.hpp>

#include <cmath>
#include <utility>

namespace eddy::report {
namespace {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

/// A SIC below the statistics cut-off is stored as zero and must not be quoted.
Json quotable(double sic) { return sic > 0 ? number(sic) : Json(nullptr); }

Json quantity(const search::Quantity& q) { return {{"name", q.name}, {"unit", q.unit}}; }

Json setup(const search::ConradOutput& output) {
  Json features = Json::array();
  for (const auto& feature : output.features) {
    features.push_back(quantity(feature));
  }
  Json json = {{"features", features},
               {"context", quantity(output.context)},
               {"context_cut", number(output.context_cut)},
               {"selection", output.selection},
               {"signal_region", output.signal_region},
               {"classifier_space", output.classifier_space},
               {"reference", output.reference},
               {"n_injected", output.n_injected}};
  if (output.injected_s_over_sqrt_b) {
    json["injected_s_over_sqrt_b"] = number(*output.injected_s_over_sqrt_b);
  }
  return json;
}

Json input(const search::InputRecord& record) {
  return {{"role", record.role},
          {"file", record.file},
          {"sha256", record.sha256},
          {"n_read", record.n_read},
          {"n_selected", record.n_selected},
          {"n_signal_region", record.n_signal_region},
          {"n_control_region", record.n_control_region},
          {"n_dropped_nonfinite", record.n_dropped_nonfinite},
          {"n_clipped", record.n_clipped}};
}

Json counts(const stats::AbcdCounts& c) {
  return {{"A", number(c.a)}, {"B", number(c.b)}, {"C", number(c.c)}, {"D", number(c.d)}};
}

Json fit(const stats::AbcdModel& model, const stats::AbcdFit& result) {
  return {
      {"signal", number(result.signal)},
      {"signal_error", number(result.signal_error)},
      {"background", number(result.background)},
      {"background_error", number(result.background_error)},
      {"null_background", number(result.null_background)},
      {"q0", number(result.q0)},
      {"p_value_asymptotic", number(result.p_value_asymptotic)},
      {"p_value_error", number(result.p_value_error)},
      {"p_value_extrapolated", result.p_value_extrapolated},
      {"from_toys", result.from_toys},
      {"n_toys", result.n_toys},
      {"closure", number(model.closure)},
      {"closure_error", number(model.closure_error)},
      {"leakage", {{"B", number(model.leakage_b)}, {"C", number(model.leakage_c)}, {"D", number(model.leakage_d)}}}};
}

Json expected_limit(const stats::AbcdFit& result) {
  const auto& limit = result.expected_limit;
  return {{"minus_2_sigma", number(limit[0])},
          {"minus_1_sigma", number(limit[1])},
          {"median", number(limit[2])},
          {"plus_1_sigma", number(limit[3])},
          {"plus_2_sigma", number(limit[4])}};
}

Json working_point(const search::WorkingPoint& point) {
  const stats::Interval interval = stats::garwood(point.counts.a);
  Json thresholds = Json::array();
  for (const double threshold : point.thresholds) {
    thresholds.push_back(number(threshold));
  }
  Json json = {{"efficiency", number(point.efficiency)},
               {"threshold", thresholds},
               {"observed", number(point.counts.a)},
               {"observed_interval", {number(interval.low), number(interval.high)}},
               {"predicted", number(point.prediction.predicted)},
               {"predicted_error", number(point.prediction.error)},
               {"regions", counts(point.counts)},
               {"fit", fit(point.model, point.fit)},
               {"s_over_sqrt_b", number(point.s_over_sqrt_b)},
               {"p_value", number(point.fit.p_value)},
               {"z", number(point.fit.z)},
               {"upper_limit", number(point.fit.upper_limit)},
               {"expected_upper_limit", expected_limit(point.fit)}};
  if (point.true_background) {
    json["true_background"] = number(*point.true_background);
  }
  return json;
}

Json closure(const search::ClosureCurve& curve) {
  Json points = Json::array();
  for (const auto& point : curve.points) {
    points.push_back({{"efficiency", number(point.efficiency)},
                      {"predicted", number(point.predicted)},
                      {"observed", number(point.observed)},
                      {"ratio", number(point.ratio)},
                      {"ratio_error", number(point.ratio_error)},
                      {"observed_error", number(point.observed_error)}});
  }
  return {{"name", curve.name}, {"points", points}};
}

Json sic_curve(const std::vector<classify::RocPoint>& curve) {
  Json points = Json::array();
  for (const auto& point : curve) {
    if (point.n_background >= classify::kMinBackgroundForSic) {
      points.push_back({{"efficiency_background", number(point.efficiency_background)},
                        {"efficiency_signal", number(point.efficiency_signal)},
                        {"n_background", point.n_background},
                        {"n_signal", point.n_signal},
                        {"sic", number(classify::significance_improvement(point))}});
    }
  }
  return points;
}

Json evaluation(const search::Evaluation& e) {
  return {{"name", e.name},
          {"auc", number(e.auc)},
          {"sic",
           {{"max", quotable(e.sic.max)},
            {"max_efficiency_background", number(e.sic.efficiency_background)},
            {"at_1e-2", quotable(e.sic.at_1e2)},
            {"at_1e-3", quotable(e.sic.at_1e3)},
            {"curve", sic_curve(e.curve)}}}};
}

Json gate(const search::LatentGate& g) {
  return {{"auc", number(g.auc)}, {"auc_error", number(g.auc_error)}, {"limit", number(g.limit)}, {"passed", g.passed}};
}

template <class Value>
Json list(const std::vector<Value>& values, Json (*convert)(const Value&)) {
  Json json = Json::array();
  for (const Value& value : values) {
    json.push_back(convert(value));
  }
  return json;
}

}  // namespace

Json conrad_result(const search::ConradOutput& output) {
  Json json = {{"eddy", EDDY_VERSION},
               {"method", output.method},
               {"name", output.name},
               {"seed", output.seed},
               {"setup", setup(output)},
               {"inputs", list(output.inputs, input)},
               {"working_points", list(output.working_points, working_point)},
               {"closure", list(output.closure, closure)},
               {"gate", gate(output.gate)},
               {"warnings", output.warnings}};
  if (!output.evaluations.empty()) {
    json["evaluation"] = list(output.evaluations, evaluation);
  }
  return json;
}

}  // namespace eddy::report
