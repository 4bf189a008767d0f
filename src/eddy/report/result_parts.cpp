#include <eddy/base/json.hpp>
#include <eddy/report/evidence/categories/category_wording.hpp>
#include <eddy/report/result_parts.hpp>

#include <eddy/classify/roc.hpp>
#include <eddy/stats/intervals.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::report {
namespace {

/// A SIC below the statistics cut-off is stored as zero and must not be quoted.
Json quotable(double sic) { return sic > 0 ? number_or_null(sic) : Json(nullptr); }

Json units(const search::InputRecord& record) {
  Json json = Json::object();
  for (const auto& [column, unit] : record.units) {
    json[column] = unit;
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

Json closure_point(const search::ClosurePoint& point) {
  return {{"efficiency", number_or_null(point.efficiency)},   {"predicted", number_or_null(point.predicted)},
          {"observed", number_or_null(point.observed)},       {"ratio", number_or_null(point.ratio)},
          {"ratio_error", number_or_null(point.ratio_error)}, {"observed_error", number_or_null(point.observed_error)}};
}

Json sculpting_curve(const search::SculptingCurve& curve) {
  return {{"name", curve.name}, {"points", json_list(curve.points, median_band_json)}};
}

Json loss_cut_json(const search::LossCut& cut) {
  return {{"losses", box_json(cut.box)},
          {"prior", cut.prior.empty() ? Json(nullptr) : Json(cut.prior)},
          {"n_events", cut.n_events},
          {"mass", number_or_null(cut.mass)},
          {"strength", number_or_null(cut.strength)},
          {"strength_error", number_or_null(cut.strength_error)},
          {"z", number_or_null(cut.z)}};
}

Json closure_judgement(const search::ClosureJudgement& closure) {
  return {{"region", closure.region},
          {"level", to_string(closure.level)},
          {"simulation_is_as_truth", closure.simulation_is_as_truth}};
}

Json argos_point(const search::ArgosPoint& at) {
  return {{"efficiency", number_or_null(at.efficiency)},
          {"passing", number_or_null(at.passing)},
          {"value", number_or_null(at.value)},
          {"error", number_or_null(at.error)}};
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

Json input_json(const search::InputRecord& record) {
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

Json event_share_json(const search::EventShare& share) {
  return {{"fraction", number_or_null(share.fraction)},
          {"low", number_or_null(share.low)},
          {"high", number_or_null(share.high)},
          {"n_events", share.n_events}};
}

Json signal_fraction_json(const search::SignalFraction& fraction) {
  Json json = {{"signal_region", event_share_json(fraction.signal_region)},
               {"beside", fraction.beside ? event_share_json(*fraction.beside) : Json(nullptr)}};
  if (fraction.truth) {
    json["truth"] = number_or_null(*fraction.truth);
  }
  return json;
}

Json argos_json(const search::Argos& argos) {
  return {{"template", argos.reference},
          {"n_data", argos.n_data},
          {"n_template", number_or_null(argos.n_template)},
          {"best", argos.curve.empty() ? Json(nullptr) : argos_point(argos.best)},
          {"by_chance",
           {{"median", number_or_null(argos.chance_median)}, {"percentile_95", number_or_null(argos.chance_95)}}},
          {"curve", json_list(argos.curve, argos_point)}};
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
  if (std::ranges::none_of(limit, [](double value) { return std::isfinite(value); })) {
    return nullptr;
  }
  return {{"minus_2_sigma", number_or_null(limit[0])},
          {"minus_1_sigma", number_or_null(limit[1])},
          {"median", number_or_null(limit[2])},
          {"plus_1_sigma", number_or_null(limit[3])},
          {"plus_2_sigma", number_or_null(limit[4])}};
}

Json shape_json(const stats::BackgroundShape& shape) {
  if (const auto* dijet = std::get_if<stats::DijetShape>(&shape)) {
    return {{"shape", "dijet"}, {"n_parameters", dijet->n_parameters}, {"sqrt_s", dijet->sqrt_s}};
  }
  return {{"shape", "bernstein"}, {"order", std::get<stats::BernsteinShape>(shape).order}};
}

Json poisson_interval_json(double count) {
  const stats::Interval interval = stats::garwood(count);
  return {number_or_null(interval.low), number_or_null(interval.high)};
}

Json closure_curve_json(const search::ClosureCurve& curve) {
  return {{"name", curve.name}, {"points", json_list(curve.points, closure_point)}};
}

Json closure_test_json(const search::ClosureTest& test) {
  return {{"region", test.region},
          {"name", test.name},
          {"n_true", test.n_true},
          {"n_constructed", test.n_constructed},
          {"auc", numbers_or_null(test.auc)},
          {"sic_band", json_list(test.sic, median_band_json)}};
}

Json weight_summary_json(const search::WeightSummary& summary) {
  return {{"region", summary.region},
          {"kind", summary.kind},
          {"n", summary.n},
          {"mean", number_or_null(summary.mean)},
          {"largest", number_or_null(summary.largest)},
          {"effective", number_or_null(summary.effective)},
          {"n_clipped", summary.n_clipped},
          {"n_at_edge", summary.n_at_edge}};
}

Json sculpting_json(const search::Sculpting& sculpting) {
  return {{"events", sculpting.events},
          {"n_events", sculpting.n_events},
          {"n_bins", sculpting.n_bins},
          {"curves", json_list(sculpting.curves, sculpting_curve)},
          {"random_subsets", json_list(sculpting.random_subsets, median_band_json)}};
}

Json box_json(const search::LossBox& box) {
  return {{"low", numbers_or_null(box.low)}, {"high", numbers_or_null(box.high)}};
}

Json cut_search_json(const search::CutSearch& search) {
  return {{"method", 1},
          {"biased", true},
          {"note", biased_note(search.cuts.size())},
          {"best", loss_cut_json(search.cuts[search.best])},
          {"cuts", json_list(search.cuts, loss_cut_json)},
          {"n_failed", search.n_failed}};
}

Json separation_json(const search::Separation& separation) {
  Json json = evaluation_json(separation.evaluation);
  json["signal"] = separation.signal;
  const auto quoted = [](double rejection) { return rejection > 0 ? number_or_null(rejection) : Json(nullptr); };
  json["rejection_at_30"] = quoted(separation.rejection_30);
  json["rejection_at_50"] = quoted(separation.rejection_50);
  return json;
}

Json judgement_json(const search::Judgement& judgement) {
  Json caveats = Json::array();
  for (const search::Caveat caveat : judgement.caveats) {
    caveats.push_back(to_string(caveat));
  }
  return {{"quotable", judgement.is_quotable}, {"caveats", std::move(caveats)}};
}

Json verdict_json(const search::Verdict& verdict) {
  Json json = {{"kind", to_string(verdict.kind)},
               {"level", to_string(verdict.level)},
               {"working_point", verdict.working_point ? Json(*verdict.working_point) : Json(nullptr)},
               {"closure", json_list(verdict.closure, closure_judgement)}};
  if (verdict.choice) {
    json["after_choice"] = {{"settings", verdict.choice->n_settings}, {"z", number_or_null(verdict.choice->z)}};
  }
  return json;
}

}  // namespace eddy::report
