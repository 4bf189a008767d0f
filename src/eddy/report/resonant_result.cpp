#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_parts.hpp>

#include <eddy/stats/abcd.hpp>

#include <cmath>

namespace eddy::report {
namespace {

Json setup(const search::ResonantOutput& output) {
  Json json = setup_json(output);
  json["signal_window"] = {number_or_null(output.signal_window.low), number_or_null(output.signal_window.high)};
  json["classifier_space"] = output.classifier_space;
  json["reference"] = output.reference;
  json["n_folds"] = output.n_folds;
  json["n_retrainings"] = output.n_retrainings;
  json["n_scored"] = output.n_scored;
  return json;
}

Json quality(const stats::FitQuality& q) {
  return {{"deviance", number_or_null(q.deviance)},
          {"chi2", number_or_null(q.chi2)},
          {"n_dof", q.n_dof},
          {"goodness_of_fit", number_or_null(q.goodness_of_fit)}};
}

Json fit_json(const stats::BumpFit& fit) {
  Json parameters = Json::array();
  for (std::size_t i = 0; i < fit.parameters.size(); ++i) {
    parameters.push_back({{"name", fit.names[i]},
                          {"value", number_or_null(fit.parameters[i])},
                          {"error", number_or_null(std::sqrt(fit.covariance(i, i)))}});
  }
  Json json = quality(fit.quality);
  json["parameters"] = parameters;
  return json;
}

Json order_step(const stats::OrderStep& step) {
  Json json = quality(step.quality);
  json["shape"] = stats::describe(step.shape);
  json["n_parameters"] = stats::n_parameters(step.shape);
  json["f_p_value"] = number_or_null(step.f_p_value);
  return json;
}

/// What a scan says: null where it was not made. Its global p-value is null without toys.
Json scan_json(const std::optional<stats::MassScan>& scan) {
  if (!scan || scan->points.empty()) {
    return nullptr;
  }
  const stats::ScanPoint& best = scan->points.at(scan->best);
  const bool has_toys = scan->n_toys > 0;
  const auto from_toys = [&](double value) { return has_toys ? number_or_null(value) : Json(nullptr); };
  // (k + 1) / (n + 1) with k = 0: no toy reached the data.
  const bool is_bound = has_toys && scan->global_p_value * (static_cast<double>(scan->n_toys) + 1) < 1.5;
  return {{"mass", number_or_null(best.signal.mean)},
          {"width", number_or_null(best.signal.width)},
          {"local_p_value", number_or_null(best.p_value)},
          {"local_z", number_or_null(best.z)},
          {"global_p_value", from_toys(scan->global_p_value)},
          {"global_p_error", from_toys(scan->global_p_error)},
          {"global_z", from_toys(scan->global_z)},
          {"global_p_is_bound", is_bound},
          {"n_toys", scan->n_toys},
          {"n_failed_toys", scan->n_failed_toys},
          {"n_masses", scan->points.size()}};
}

Json signal_json(const search::BumpHunt& hunt) {
  if (!hunt.signal) {
    return nullptr;
  }
  return {{"mass", number_or_null(hunt.signal_shape.mean)},
          {"width", number_or_null(hunt.signal_shape.width)},
          {"strength", number_or_null(hunt.signal->strength)},
          {"strength_error", number_or_null(hunt.signal->strength_error)},
          {"at_bound", hunt.signal->at_bound},
          {"q0", number_or_null(hunt.signal->q0)}};
}

/// Quality of the background shape: in the sidebands, where a signal does not spoil it, else of signal + background.
Json background_quality(const search::BumpHunt& hunt) {
  if (hunt.prediction) {
    return number_or_null(hunt.prediction->fit.quality.goodness_of_fit);
  }
  return hunt.signal ? number_or_null(hunt.signal->best.quality.goodness_of_fit) : Json(nullptr);
}

Json counting(const search::BumpHunt& hunt) {
  if (!hunt.prediction) {
    return nullptr;
  }
  return {{"p_value", number_or_null(hunt.counting_p_value)}, {"z", number_or_null(hunt.counting_z)}};
}

Json hunt_json(const search::BumpHunt& hunt) {
  const auto& spectrum = hunt.spectrum;
  Json range = spectrum.edges.empty()
                   ? Json(nullptr)
                   : Json{number_or_null(spectrum.edges.front()), number_or_null(spectrum.edges.back())};
  return {{"range", range},
          {"n_bins", spectrum.n_bins()},
          {"n_outside_range", number_or_null(hunt.n_outside_range)},
          {"shape", hunt.shape.empty() ? Json(nullptr) : Json(hunt.shape)},
          {"order_steps", json_list(hunt.order_steps, order_step)},
          {"goodness_of_fit", background_quality(hunt)},
          {"sidebands", hunt.prediction ? fit_json(hunt.prediction->fit) : Json(nullptr)},
          {"background_only", hunt.signal ? fit_json(hunt.signal->null) : Json(nullptr)},
          {"signal_and_background", hunt.signal ? fit_json(hunt.signal->best) : Json(nullptr)},
          {"counting", counting(hunt)},
          {"signal", signal_json(hunt)},
          {"scan_signal_region", scan_json(hunt.scan_signal_region)},
          {"scan", scan_json(hunt.scan)},
          {"failures", hunt.failures}};
}

Json working_point(const search::ResonantWorkingPoint& point) {
  const search::BumpHunt& hunt = point.hunt;
  const auto& prediction = hunt.prediction;
  const auto& signal = hunt.signal;
  const Json none = nullptr;
  Json json = {
      {"efficiency", number_or_null(point.efficiency)},
      {"realised_efficiency", number_or_null(point.realised_efficiency)},
      {"threshold", numbers_or_null(point.thresholds)},
      {"observed", number_or_null(hunt.observed)},
      {"observed_interval", poisson_interval_json(hunt.observed)},
      {"predicted", prediction ? number_or_null(prediction->total) : none},
      {"predicted_error", prediction ? number_or_null(prediction->total_error) : none},
      {"fit", hunt_json(hunt)},
      {"s_over_sqrt_b", prediction ? number_or_null(stats::s_over_sqrt_b(hunt.observed, prediction->total)) : none},
      {"p_value", signal ? number_or_null(signal->p_value) : none},
      {"z", signal ? number_or_null(signal->z) : none},
      {"upper_limit", signal ? number_or_null(signal->limit.observed) : none},
      {"expected_upper_limit", signal ? expected_limit_json(signal->limit.expected) : none}};
  if (point.true_background) {
    json["true_background"] = number_or_null(*point.true_background);
  }
  if (point.true_signal) {
    json["true_signal"] = number_or_null(*point.true_signal);
  }
  return json;
}

Json sculpting_curve(const search::SculptingCurve& curve) {
  return {{"name", curve.name}, {"points", json_list(curve.points, median_band_json)}};
}

Json sculpting_json(const search::Sculpting& sculpting) {
  return {{"events", sculpting.events},
          {"n_events", sculpting.n_events},
          {"n_bins", sculpting.n_bins},
          {"curves", json_list(sculpting.curves, sculpting_curve)},
          {"random_subsets", json_list(sculpting.random_subsets, median_band_json)}};
}

}  // namespace

Json resonant_result(const search::ResonantOutput& output) {
  Json json = common_result(output);
  json["setup"] = setup(output);
  json["working_points"] = json_list(output.working_points, working_point);
  json["sculpting"] = output.sculpting ? sculpting_json(*output.sculpting) : Json(nullptr);
  json["gate"] = output.gate ? gate_json(*output.gate) : Json(nullptr);
  return json;
}

}  // namespace eddy::report
