#include <eddy/base/json.hpp>
#include <eddy/report/evidence/categories/category_result.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/result_parts.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eddy::report {
namespace {

/// A category at the mass where all of them together are most significant.
Json category_json(const search::CategorySearch& search, std::size_t c) {
  const stats::CategoryFit& fit = search.scan.categories[c];
  Json json = {{"name", fit.name},
               {"losses", box_json(search.boxes[c])},
               {"n_events", number_or_null(fit.n_events)},
               {"counts", numbers_or_null(search.spectra[c].histogram.counts)},
               {"left_out", fit.left_out.empty() ? Json(nullptr) : Json(fit.left_out)},
               {"fit", nullptr}};
  if (fit.null) {
    const stats::CategoryPoint& best = fit.points[search.scan.best];
    json["fit"] = {{"deviance", number_or_null(fit.null->quality.deviance)},
                   {"n_dof", fit.null->quality.n_dof},
                   {"goodness_of_fit", number_or_null(fit.null->quality.goodness_of_fit)},
                   {"used", best.used},
                   {"strength", number_or_null(best.strength)},
                   {"strength_error", number_or_null(best.strength_error)},
                   {"p_value", number_or_null(best.p_value)},
                   {"z", number_or_null(best.z)},
                   {"n_failed", fit.n_failed}};
  }
  return json;
}

Json scan_json(const stats::CategoryScan& scan) {
  Json points = Json::array();
  for (const stats::CombinedPoint& point : scan.points) {
    points.push_back({{"mass", number_or_null(point.mass)},
                      {"n_categories", point.n_categories},
                      {"p_value", number_or_null(point.fisher.p.value)},
                      {"z", number_or_null(point.fisher.z.z)},
                      {"toy_p_value", scan.n_toys > 0 ? number_or_null(point.toy_p_value) : Json(nullptr)}});
  }
  return points;
}

/// How many events of the prior, before any cut, move the fit by one standard deviation at the mass of the scan next to
/// its own: what settings may be chosen by, since it does not know the excess. Nulls where there is no fit.
Json reach_json(const search::PriorReach& prior, const stats::CommonScan& common, const stats::CategoryScan& scan) {
  std::size_t nearest = 0;
  for (std::size_t m = 1; m < scan.points.size(); ++m) {
    const auto distance = [&](std::size_t at) { return std::abs(scan.points[at].mass - prior.median_mass); };
    nearest = distance(m) < distance(nearest) ? m : nearest;
  }
  const stats::CommonPoint& point = common.points[nearest];
  const bool is_known = point.n_categories > 0 && point.strength_error > 0;
  return {{"passing", number_or_null(prior.passing)},
          {"prior_mass", number_or_null(scan.points[nearest].mass)},
          {"events_per_sigma", is_known ? number_or_null(point.strength_error / prior.passing) : Json(nullptr)}};
}

/// All categories in one likelihood; `prior`: null where it goes by none.
Json common_json(const stats::CommonScan& common, const stats::CategoryScan& scan, const search::PriorReach* prior) {
  const auto from_toys = [&](double value) { return scan.n_toys > 0 ? number_or_null(value) : Json(nullptr); };
  const bool is_free = common.shares.share.empty();
  const auto strength_error = [&](const stats::CommonPoint& point) {
    return is_free ? Json(nullptr) : number_or_null(point.strength_error);
  };
  Json points = Json::array();
  for (std::size_t m = 0; m < common.points.size(); ++m) {
    const stats::CommonPoint& point = common.points[m];
    const bool is_fitted = point.n_categories > 0;
    points.push_back({{"mass", number_or_null(scan.points[m].mass)},
                      {"n_categories", point.n_categories},
                      {"strength", is_fitted ? number_or_null(point.strength) : Json(nullptr)},
                      {"strength_error", is_fitted ? strength_error(point) : Json(nullptr)},
                      {"p_value", is_fitted ? number_or_null(point.p_value) : Json(nullptr)},
                      {"z", number_or_null(point.z)}});
  }
  Json json = points[common.best];
  json["name"] = is_free ? "free in each" : common.shares.name;
  json["prior"] = is_free ? Json(nullptr) : Json(common.shares.name);
  json["shares"] = is_free ? Json(nullptr) : numbers_or_null(common.shares.share);
  json["global_p_value"] = from_toys(common.global_p_value);
  json["global_p_error"] = from_toys(common.global_p_error);
  json["global_p_is_bound"] = search::is_bound(common.global_p_value, scan.n_toys);
  json["global_z"] = from_toys(common.global_z);
  json["scan"] = std::move(points);
  json.update(prior != nullptr ? reach_json(*prior, common, scan)
                               : Json{{"passing", nullptr}, {"prior_mass", nullptr}, {"events_per_sigma", nullptr}});
  return json;
}

}  // namespace

void add_categories(Json& json, const search::WorkingPoint& point) {
  const auto& search = std::get<search::CategorySearch>(point.evidence);
  const stats::CategoryScan& scan = search.scan;
  const stats::CombinedPoint& best = scan.points[scan.best];
  const auto from_toys = [&](double value) { return scan.n_toys > 0 ? number_or_null(value) : Json(nullptr); };
  json["method"] = 2;
  json["threshold"] = number_or_null(search.threshold);
  json["mass"] = number_or_null(best.mass);
  json["toy_p_value"] = from_toys(best.toy_p_value);
  json["global_p_value"] = from_toys(scan.global_p_value);
  json["global_p_error"] = from_toys(scan.global_p_error);
  json["global_p_is_bound"] = search::is_bound(scan.global_p_value, scan.n_toys);
  json["global_z"] = from_toys(scan.global_z);
  json["n_toys"] = scan.n_toys;
  json["n_left_out_toys"] = scan.n_left_out_toys;
  json["scan"] = scan_json(scan);
  json["edges"] = search.spectra.empty() ? Json::array() : numbers_or_null(search.spectra.front().histogram.edges);
  json["goodness_of_fit"] = number_or_null(search.goodness_of_fit);
  json["model"] = {{"background", shape_json(search.shape)}, {"signal_width", number_or_null(search.signal_width)}};
  json["simultaneous"] = Json::array();
  for (const stats::CommonScan& common : scan.common) {
    const auto prior = std::ranges::find(search.priors, common.shares.name, &search::PriorReach::name);
    json["simultaneous"].push_back(common_json(common, scan, prior != search.priors.end() ? &*prior : nullptr));
  }
  json["categories"] = Json::array();
  for (std::size_t c = 0; c < search.boxes.size(); ++c) {
    json["categories"].push_back(category_json(search, c));
  }
}

}  // namespace eddy::report
