#include <eddy/base/json.hpp>
#include <eddy/report/quak_wording.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_parts.hpp>

namespace eddy::report {
namespace {

Json setup(const search::QuakOutput& output) {
  Json json = setup_json(output);
  json["losses"] = output.losses;
  return json;
}

Json box_json(const search::LossBox& box) {
  return {{"low", numbers_or_null(box.low)}, {"high", numbers_or_null(box.high)}};
}

/// A category at the mass where all of them together are most significant.
Json category_json(const search::CategorySearch& search, std::size_t c) {
  const stats::CategoryFit& fit = search.scan.categories[c];
  Json json = {{"name", fit.name},
               {"losses", box_json(search.boxes[c])},
               {"n_events", number_or_null(fit.n_events)},
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

/// Whether no toy reached the data, so that the global p-value is only known to be small.
bool is_bound(const stats::CategoryScan& scan) {
  return scan.n_toys > 0 && scan.global_p_value * (static_cast<double>(scan.n_toys) + 1) < 1.5;
}

/// Method 2: the answer of the search.
Json working_point(const search::CategorySearch& search) {
  const stats::CategoryScan& scan = search.scan;
  const stats::CombinedPoint& best = scan.points[scan.best];
  const bool has_toys = scan.n_toys > 0;
  Json json = {{"method", 2},
               {"threshold", number_or_null(search.threshold)},
               {"observed", search.n_preselected},
               {"mass", number_or_null(best.mass)},
               {"p_value", number_or_null(best.fisher.p.value)},
               {"z", number_or_null(best.fisher.z.z)},
               {"toy_p_value", has_toys ? number_or_null(best.toy_p_value) : Json(nullptr)},
               {"global_p_value", has_toys ? number_or_null(scan.global_p_value) : Json(nullptr)},
               {"global_p_error", has_toys ? number_or_null(scan.global_p_error) : Json(nullptr)},
               {"global_p_is_bound", is_bound(scan)},
               {"global_z", has_toys ? number_or_null(scan.global_z) : Json(nullptr)},
               {"n_toys", scan.n_toys},
               {"n_left_out_toys", scan.n_left_out_toys},
               {"scan", scan_json(scan)},
               {"categories", Json::array()}};
  for (std::size_t c = 0; c < search.boxes.size(); ++c) {
    json["categories"].push_back(category_json(search, c));
  }
  if (search.n_true_signal) {
    json["true_signal"] = number_or_null(*search.n_true_signal);
  }
  return json;
}

Json cut_json(const search::LossCut& cut) {
  return {{"losses", box_json(cut.box)},
          {"prior", cut.prior.empty() ? Json(nullptr) : Json(cut.prior)},
          {"n_events", cut.n_events},
          {"mass", number_or_null(cut.mass)},
          {"strength", number_or_null(cut.strength)},
          {"strength_error", number_or_null(cut.strength_error)},
          {"z", number_or_null(cut.z)}};
}

/// Method 1, whose best cut must not be quoted.
Json cut_search_json(const search::CutSearch& search) {
  return {{"method", 1},
          {"biased", true},
          {"note", biased_note(search.cuts.size())},
          {"best", cut_json(search.cuts[search.best])},
          {"cuts", json_list(search.cuts, cut_json)},
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

}  // namespace

Json quak_result(const search::QuakOutput& output) {
  Json json = common_result(output);
  json["setup"] = setup(output);
  json["working_points"] = Json::array();
  if (output.categories) {
    json["working_points"].push_back(working_point(*output.categories));
  }
  json["cuts"] = output.cuts ? cut_search_json(*output.cuts) : Json(nullptr);
  json["separation"] = json_list(output.separations, separation_json);
  return json;
}

}  // namespace eddy::report
