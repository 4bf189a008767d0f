#include <eddy/base/json.hpp>
#include <eddy/report/calibration.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/result_reader.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::report {
namespace {

Json point_json(const search::CalibratedPoint& point) {
  return {{"efficiency", number_or_null(point.efficiency)},
          {"null_z", point.null_z},
          {"nothing_to_test", point.n_nothing},
          {"without_z", point.n_without},
          {"null_mean", number_or_null(point.moments.mean)},
          {"null_mean_error", number_or_null(point.moments.mean_error)},
          {"null_sd", number_or_null(point.moments.sd)}};
}

Json best_cut_json(const search::CalibratedPoint& best_cut) {
  Json json = point_json(best_cut);
  json.erase("efficiency");
  json["observed_z"] = number_or_null(best_cut.observed_z);
  json["calibrated"] = calibrated_json(best_cut);
  return json;
}

std::string p_value_cell(const Json& calibrated) {
  if (calibrated.is_null()) {
    return "–";
  }
  const std::string p = fmt::format("{} ± {}", format_p_value(value_of(calibrated, "p_value")),
                                    format_p_value(value_of(calibrated, "p_value_error")));
  return calibrated.at("extrapolated").get<bool>() ? p + " <span class=\"muted\">fitted tail</span>" : p;
}

std::string moments_cell(const Json& point) {
  const double mean = value_of(point, "null_mean");
  if (point.at("null_z").size() < 2) {
    return fmt::format("{} with a Z", point.at("null_z").size());
  }
  return fmt::format("{} <span class=\"muted\">spread {} ({} with a Z)</span>",
                     format_with_error(mean, value_of(point, "null_mean_error")),
                     format_decimals(value_of(point, "null_sd"), 2), point.at("null_z").size());
}

}  // namespace

std::string calibration_sentence(const Json& result, const Json& point) {
  if (!has_value(result, "calibration") || !point.is_object() || !has_value(point, "calibrated")) {
    return {};
  }
  const Json& calibrated = point.at("calibrated");
  return fmt::format(" Calibrated with {} searches without signal, p {} {} (Z = {}).",
                     calibrated.at("experiments").get<std::size_t>(),
                     calibrated.at("extrapolated").get<bool>() ? "≈" : "=",
                     format_p_value(value_of(calibrated, "p_value")), format_decimals(value_of(calibrated, "z"), 1));
}

std::vector<std::string> calibration_lines(const std::optional<search::NullCalibration>& calibration) {
  std::vector<std::string> lines;
  if (!calibration) {
    return lines;
  }
  std::vector<search::CalibratedPoint> points = calibration->points;
  if (calibration->best_cut) {
    points.push_back(*calibration->best_cut);
  }
  for (const search::CalibratedPoint& point : points) {
    const std::string nulls =
        point.null_z.size() < 2
            ? fmt::format("{} null experiments have a Z", point.null_z.size())
            : fmt::format("{} null experiments have Z = {:.2f} ± {:.2f}, spread {:.2f}", point.null_z.size(),
                          point.moments.mean, point.moments.mean_error, point.moments.sd);
    const bool is_best_cut = calibration->best_cut && &point == &points.back();
    const std::string cut = is_best_cut ? std::string("method 1, the best of all cuts and masses")
                            : std::isfinite(point.efficiency) && point.efficiency < 1
                                ? fmt::format("efficiency {}", point.efficiency)
                                : "no cut";
    lines.push_back(point.p ? fmt::format("{}: calibrated Z = {:.2f} (p = {:.2g} ± {:.1g}{}); {}", cut, point.p->z,
                                          point.p->p_value, point.p->p_value_error,
                                          point.p->is_extrapolated ? ", fitted tail" : "", nulls)
                            : fmt::format("{}: not calibrated; {}", cut, nulls));
  }
  return lines;
}

Json calibration_json(const search::NullCalibration& calibration) {
  Json json = {{"source", calibration.source},
               {"experiments", calibration.n_experiments},
               {"failed", calibration.n_failed},
               {"points", json_list(calibration.points, point_json)},
               {"global",
                {{"method", "bonferroni"},
                 {"p_value", calibration.global_p_value ? number_or_null(*calibration.global_p_value) : Json(nullptr)},
                 {"z", calibration.global_z ? number_or_null(*calibration.global_z) : Json(nullptr)}}}};
  if (calibration.best_cut) {
    json["best_cut"] = best_cut_json(*calibration.best_cut);
  }
  return json;
}

Json calibrated_json(const search::CalibratedPoint& point) {
  if (!point.p) {
    return nullptr;
  }
  return {{"p_value", point.p->p_value},
          {"p_value_error", point.p->p_value_error},
          {"z", number_or_null(point.p->z)},
          {"experiments", point.null_z.size()},
          {"extrapolated", point.p->is_extrapolated}};
}

std::string calibration_table(const Json& result) {
  if (!has_value(result, "calibration")) {
    return {};
  }
  const Json& calibration = result.at("calibration");
  HtmlTable table({"cut", "Z of the search", "Z of the null experiments", "calibrated p", "calibrated Z"});
  for (std::size_t i = 0; i < calibration.at("points").size(); ++i) {
    const Json& point = result.at("working_points").at(i);
    const Json calibrated = point.value("calibrated", Json(nullptr));
    table.add_row({cut_of(point), format_decimals(value_of(point, "z"), 2),
                   moments_cell(calibration.at("points").at(i)), p_value_cell(calibrated),
                   calibrated.is_null() ? "–" : format_decimals(value_of(calibrated, "z"), 2)});
  }
  if (has_value(calibration, "best_cut")) {
    const Json& best = calibration.at("best_cut");
    const Json& calibrated = best.at("calibrated");
    table.add_row({"method 1: the best of all cuts and masses", format_decimals(value_of(best, "observed_z"), 2),
                   moments_cell(best), p_value_cell(calibrated),
                   calibrated.is_null() ? "–" : format_decimals(value_of(calibrated, "z"), 2)});
  }
  const EvidencePage& page = page_of(result);
  const Json& global = calibration.at("global");
  const std::string of_all =
      has_value(global, "p_value")
          ? fmt::format(" Over all cuts, p ≤ {} (Z = {}): the smallest times their number.",
                        format_p_value(value_of(global, "p_value")), format_decimals(value_of(global, "z"), 1))
          : "";
  return table.html() +
         fmt::format(
             "<p class=\"note\">{} whole searches without signal, {}; events from {}. "
             "Calibrated: how often they claim as much{}. “Fitted tail”: fewer than five reach the Z of the "
             "search, and p is that of a Student distribution through all of them.{}</p>",
             calibration.at("experiments").get<std::size_t>() - calibration.at("failed").get<std::size_t>(),
             page.experiments, html_text(calibration.at("source").get<std::string>()), page.where_claimed, of_all);
}

}  // namespace eddy::report
