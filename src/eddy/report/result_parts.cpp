#include <eddy/base/json.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/search/families.hpp>

#include <eddy/classify/roc.hpp>
#include <eddy/stats/intervals.hpp>

#include <cmath>

namespace eddy::report {
namespace {

/// A SIC below the statistics cut-off is stored as zero and must not be quoted.
Json quotable(double sic) { return sic > 0 ? number_or_null(sic) : Json(nullptr); }

Json quantity(const search::Quantity& q) { return {{"name", q.name}, {"unit", q.unit}}; }

Json units(const search::InputRecord& record) {
  Json json = Json::object();
  for (const auto& [column, unit] : record.units) {
    json[column] = unit;
  }
  return json;
}

Json input(const search::InputRecord& record) {
  Json json = {{"role", record.role},
               {"file", record.file},
               {"sha256", record.sha256},
               {"n_read", record.n_read},
               {"n_selected", record.n_selected},
               {"n_signal_region", record.n_signal_region},
               {"n_control_region", record.n_control_region},
               {"n_dropped_nonfinite", record.n_dropped_nonfinite},
               {"n_copies", record.n_copies},
               {"n_also_in_data", record.n_also_in_data},
               {"n_clipped", record.n_clipped},
               {"units", units(record)}};
  if (!record.weight.empty()) {
    json["weight"] = record.weight;
    json["sum_of_weights"] = number_or_null(record.sum_of_weights);
    json["n_effective"] = number_or_null(record.n_effective);
    json["n_negative_weights"] = record.n_negative_weights;
  }
  return json;
}

Json sic_curve(const std::vector<classify::RocPoint>& curve) {
  Json points = Json::array();
  for (const auto& point : curve) {
    if (classify::is_quotable(point)) {
      points.push_back({{"efficiency_background", number_or_null(point.efficiency_background)},
                        {"efficiency_signal", number_or_null(point.efficiency_signal)},
                        {"n_background", point.n_background},
                        {"n_signal", point.n_signal},
                        {"sic", number_or_null(classify::significance_improvement(point))}});
    }
  }
  return points;
}

Json sic_summary(const classify::SicSummary& sic) {
  return {{"max", quotable(sic.max)},
          {"max_efficiency_background", number_or_null(sic.efficiency_background)},
          {"at_1e-2", quotable(sic.at_1e2)},
          {"at_1e-3", quotable(sic.at_1e3)}};
}

Json retraining(const search::RetrainingQuality& quality) {
  return {{"auc", number_or_null(quality.auc)}, {"sic", sic_summary(quality.sic)}};
}

}  // namespace

Json evaluation_json(const search::Evaluation& e) {
  Json json = {{"name", e.name}, {"auc", number_or_null(e.auc)}, {"sic", sic_summary(e.sic)}};
  json["sic"]["curve"] = sic_curve(e.curve);
  if (!e.retrainings.empty()) {
    json["retrainings"] = json_list(e.retrainings, retraining);
  }
  if (!e.band.empty()) {
    json["band"] = json_list(e.band, median_band_json);
  }
  return json;
}

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers_or_null(const std::vector<double>& values) {
  Json json = Json::array();
  for (const double value : values) {
    json.push_back(number_or_null(value));
  }
  return json;
}

Json setup_json(const search::SearchOutput& output) {
  Json json = {{"features", json_list(output.features, quantity)},
               {"context", quantity(output.context)},
               {"selection", output.selection},
               {"signal_region", output.signal_region},
               {"n_injected", output.n_injected}};
  if (output.injected_s_over_sqrt_b) {
    json["injected_s_over_sqrt_b"] = number_or_null(*output.injected_s_over_sqrt_b);
  }
  return json;
}

Json gate_json(const search::LatentGate& gate) {
  return {{"auc", number_or_null(gate.auc)},
          {"auc_error", number_or_null(gate.auc_error)},
          {"limit", number_or_null(gate.limit)},
          {"passed", gate.passed}};
}

Json median_band_json(const search::MedianBand& band) {
  return {{"efficiency", number_or_null(band.efficiency)},
          {"median", number_or_null(band.median)},
          {"low", number_or_null(band.low)},
          {"high", number_or_null(band.high)}};
}

Json expected_limit_json(const std::array<double, 5>& limit) {
  return {{"minus_2_sigma", number_or_null(limit[0])},
          {"minus_1_sigma", number_or_null(limit[1])},
          {"median", number_or_null(limit[2])},
          {"plus_1_sigma", number_or_null(limit[3])},
          {"plus_2_sigma", number_or_null(limit[4])}};
}

Json poisson_interval_json(double count) {
  const stats::Interval interval = stats::garwood(count);
  return {number_or_null(interval.low), number_or_null(interval.high)};
}

Json common_result(const search::SearchOutput& output) {
  Json json = {{"eddy", EDDY_VERSION},
               {"method", output.method},
               {"name", output.name},
               {"family", search::family_name(output.method)},
               {"seed", output.seed},
               {"setup", setup_json(output)},
               {"inputs", json_list(output.inputs, input)},
               {"warnings", output.warnings}};
  if (!output.evaluations.empty()) {
    json["evaluation"] = json_list(output.evaluations, evaluation_json);
  }
  return json;
}

}  // namespace eddy::report
