#include <eddy/base/json.hpp>
#include <eddy/report/evidence/categories/category_result.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/result_parts.hpp>

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
  json["global_p_is_bound"] = is_bound(scan.global_p_value, scan.n_toys);
  json["global_z"] = from_toys(scan.global_z);
  json["n_toys"] = scan.n_toys;
  json["n_left_out_toys"] = scan.n_left_out_toys;
  json["scan"] = scan_json(scan);
  json["edges"] = search.spectra.empty() ? Json::array() : numbers_or_null(search.spectra.front().histogram.edges);
  json["model"] = {{"background", {{"shape", "bernstein"}, {"order", search.order}}},
                   {"signal_width", number_or_null(search.signal_width)}};
  json["categories"] = Json::array();
  for (std::size_t c = 0; c < search.boxes.size(); ++c) {
    json["categories"].push_back(category_json(search, c));
  }
}

}  // namespace eddy::report
