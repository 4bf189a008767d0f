#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/bump_result.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/result_parts.hpp>

#include <cmath>

namespace eddy::report {
namespace {

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
  return {{"mass", number_or_null(best.signal.mean)},
          {"width", number_or_null(best.signal.width)},
          {"local_p_value", number_or_null(best.p_value)},
          {"local_z", number_or_null(best.z)},
          {"global_p_value", from_toys(scan->global_p_value)},
          {"global_p_error", from_toys(scan->global_p_error)},
          {"global_z", from_toys(scan->global_z)},
          {"global_p_is_bound", search::is_bound(scan->global_p_value, scan->n_toys)},
          {"goodness_of_fit", from_toys(scan->goodness_p_value)},
          {"goodness_of_fit_error", from_toys(scan->goodness_p_error)},
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

Json counting(const search::BumpHunt& hunt) {
  if (!hunt.prediction) {
    return nullptr;
  }
  return {{"p_value", number_or_null(hunt.counting_p_value)}, {"z", number_or_null(hunt.counting_z)}};
}

/// What every number of the hunt can be fitted again from.
Json spectrum_json(const search::BumpHunt& hunt) {
  if (hunt.spectrum.n_bins() == 0) {
    return nullptr;
  }
  return {{"edges", numbers_or_null(hunt.spectrum.edges)},
          {"counts", numbers_or_null(hunt.spectrum.counts)},
          {"signal_bins", {hunt.signal_bins.first, hunt.signal_bins.last}},
          {"signal_template", numbers_or_null(hunt.signal_template)}};
}

Json nuisance_json(const stats::LogNormalNuisance& nuisance) {
  return {{"name", nuisance.name},
          {"target", nuisance.target == stats::NuisanceTarget::kSignal ? "signal" : "background"},
          {"relative_size", number_or_null(nuisance.relative_size)},
          {"factor", number_or_null(nuisance.factor)},
          {"per_bin", numbers_or_null(nuisance.per_bin)}};
}

/// What was fitted to the spectrum; null where nothing could be.
Json model_json(const search::BumpHunt& hunt) {
  if (!hunt.background_shape) {
    return nullptr;
  }
  return {{"background", shape_json(*hunt.background_shape)}, {"nuisances", json_list(hunt.nuisances, nuisance_json)}};
}

Json hunt_json(const search::BumpHunt& hunt) {
  const auto& spectrum = hunt.spectrum;
  Json range = spectrum.edges.empty()
                   ? Json(nullptr)
                   : Json{number_or_null(spectrum.edges.front()), number_or_null(spectrum.edges.back())};
  return {{"range", range},
          {"n_bins", spectrum.n_bins()},
          {"spectrum", spectrum_json(hunt)},
          {"model", model_json(hunt)},
          {"n_outside_range", number_or_null(hunt.n_outside_range)},
          {"shape", hunt.shape.empty() ? Json(nullptr) : Json(hunt.shape)},
          {"order_steps", json_list(hunt.order_steps, order_step)},
          {"goodness_of_fit", number_or_null(search::goodness_of_fit(hunt))},
          {"sidebands", hunt.prediction ? fit_json(hunt.prediction->fit) : Json(nullptr)},
          {"background_only", hunt.signal ? fit_json(hunt.signal->null) : Json(nullptr)},
          {"signal_and_background", hunt.signal ? fit_json(hunt.signal->best) : Json(nullptr)},
          {"counting", counting(hunt)},
          {"signal", signal_json(hunt)},
          {"scan_signal_region", scan_json(hunt.scan_signal_region)},
          {"scan", scan_json(hunt.scan)},
          {"failures", hunt.failures}};
}

}  // namespace

void add_bump(Json& json, const search::WorkingPoint& point) {
  const auto& hunt = std::get<search::BumpHunt>(point.evidence);
  json["fit"] = hunt_json(hunt);
}

}  // namespace eddy::report
