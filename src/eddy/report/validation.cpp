#include <eddy/base/json.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/validation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::report {
namespace {

constexpr const char* kWindowsOfOpenRegion =
    "What they see beyond the trainings without signal is what those cannot know; where chance does not explain it, "
    "the prediction is corrected by it, too.";
constexpr const char* kWindowsOfClosedRegion =
    "A score finds where a prediction is too low: how much of what they see that explains, the trainings without "
    "signal say once the region is opened, and the prediction is corrected by both.";

Json numbers(const std::vector<double>& values) {
  Json json = Json::array();
  for (const double value : values) {
    json.push_back(number_or_null(value));
  }
  return json;
}

Json correction_json(const search::Correction& correction) {
  Json json = {{"factor", correction.factor}, {"error", correction.error}};
  if (correction.spurious > 0) {
    json["spurious"] = correction.spurious;
  }
  return json;
}

Json shift_json(const stats::SharedShift& shift) {
  return {{"mean", shift.mean},       {"mean_error", shift.mean_error}, {"scatter", shift.scatter},
          {"p_value", shift.p_value}, {"applied", shift.applied},       {"error", shift.error}};
}

Json validated_cut_json(const search::ValidatedCut& cut) {
  return {{"efficiency", number_or_null(cut.efficiency)},
          {"observed", numbers(cut.observed)},
          {"predicted", numbers(cut.predicted)},
          {"experiments", cut.is_known ? correction_json(cut.experiments) : Json(nullptr)},
          {"windows", cut.windows ? shift_json(*cut.windows) : Json(nullptr)},
          {"spurious", cut.spurious ? shift_json(*cut.spurious) : Json(nullptr)},
          {"correction", cut.is_known ? correction_json(cut.correction) : Json(nullptr)}};
}

Json window_cut_json(const search::WindowCut& cut) {
  return {{"efficiency", number_or_null(cut.efficiency)},
          {"observed", cut.observed},
          {"predicted", number_or_null(cut.predicted)},
          {"predicted_error", number_or_null(cut.predicted_error)}};
}

Json window_json(const search::ValidationWindow& window) {
  Json json = {{"low", window.low}, {"high", window.high}, {"cuts", json_list(window.cuts, window_cut_json)}};
  if (!window.failure.empty()) {
    json["failure"] = window.failure;
  }
  return json;
}

/// The working point of a cut; null where there is none.
Json point_at(const Json& result, double efficiency) {
  for (const Json& point : result.at("working_points")) {
    if (value_of(point, "efficiency") == efficiency) {
      return point;
    }
  }
  return nullptr;
}

std::string prediction_cell(const Json& numbers) {
  return format_with_error(value_of(numbers, "predicted"), value_of(numbers, "predicted_error"));
}

std::string closed_line(const search::ValidatedCut& cut) {
  return fmt::format(
      "efficiency {}: windows beside the closed signal region see {:.3f} ± {:.3f} times the background they predict "
      "(p = {:.2g} by counts and fits alone; how much of it trainings explain is known once the region is open)",
      cut.efficiency, 1 + cut.windows->mean, cut.windows->mean_error, cut.windows->p_value);
}

/// "1.91", "none" where nothing was seen or expected.
std::string z_words(double z) { return std::isfinite(z) ? fmt::format("{:.2f}", z) : "none"; }

std::string corrected_line(const search::WorkingPoint& point, const search::ValidatedCut& cut, std::size_t n) {
  const std::string windows =
      cut.windows ? fmt::format(", windows beside the signal region {:.3f} ± {:.3f} times what that lets expect",
                                1 + cut.windows->mean, cut.windows->mean_error)
                  : "";
  return fmt::format(
      "efficiency {}: {} trainings without signal see {:.3f} times the background they predict{}; the prediction is "
      "corrected from {:.1f} ± {:.1f} to {:.1f} ± {:.1f}, Z from {} to {}",
      point.efficiency, n, cut.experiments.factor, windows, point.raw->predicted, point.raw->predicted_error,
      point.predicted, point.predicted_error, z_words(point.raw->z), z_words(point.z));
}

}  // namespace

Json validation_json(const search::Validation& validation) {
  return {{"source", validation.source},
          {"experiments", validation.n_experiments},
          {"failed", validation.n_failed},
          {"fresh_per_event", validation.fresh.beside},
          {"fresh_per_event_signal_region", validation.fresh.inside},
          {"cuts", json_list(validation.cuts, validated_cut_json)},
          {"windows", json_list(validation.tried.windows, window_json)},
          {"windows_axis", {{"name", validation.tried.axis.name}, {"unit", validation.tried.axis.unit}}}};
}

void add_correction(Json& json, const search::WorkingPoint& point) {
  if (!point.raw) {
    return;
  }
  json["correction"] = correction_json(point.correction);
  json["raw"] = {{"predicted", number_or_null(point.raw->predicted)},
                 {"predicted_error", number_or_null(point.raw->predicted_error)},
                 {"p_value", number_or_null(point.raw->p_value)},
                 {"z", number_or_null(point.raw->z)}};
}

double relative_error(double predicted, double error) { return std::hypot(std::sqrt(predicted), error) / predicted; }

std::string windows_table(const Json& result) {
  if (!has_value(result, "validation") || !result.at("validation").contains("windows")) {
    return {};
  }
  const Json axis = result.at("validation").value("windows_axis", Json::object());
  const std::string along = axis.value("name", std::string());
  const bool is_closed = result.at("validation").at("experiments") == 0;
  HtmlTable table({along.empty() ? "validation window" : "validation window: " + along, "cut", "observed", "predicted",
                   "observed / predicted"});
  bool is_empty = true;
  for (const Json& window : result.at("validation").at("windows")) {
    for (const Json& cut : window.at("cuts")) {
      const double observed = value_of(cut, "observed");
      const double predicted = value_of(cut, "predicted");
      table.add_row({fmt::format("{:.5g} to {:.5g}", value_of(window, "low"), value_of(window, "high")),
                     "ε = " + format_percent(value_of(cut, "efficiency")), fmt::format("{:.0f}", observed),
                     format_with_error(predicted, value_of(cut, "predicted_error")),
                     predicted > 0 ? format_with_error(observed / predicted,
                                                       relative_error(predicted, value_of(cut, "predicted_error")))
                                   : "–"});
      is_empty = false;
    }
  }
  return is_empty ? ""
                  : table.html() +
                        "<p class=\"note\">In each window the whole chain was trained anew as if it was the signal "
                        "region, without any event of the real one. " +
                        (is_closed ? kWindowsOfClosedRegion : kWindowsOfOpenRegion) +
                        " A signal in a window would be seen there as an excess.</p>";
}

std::vector<std::string> validation_lines(const search::Finding& finding) {
  std::vector<std::string> lines;
  if (!finding.validation) {
    return lines;
  }
  const search::Validation& validation = *finding.validation;
  for (const search::ValidatedCut& cut : validation.cuts) {
    if (finding.is_blind && cut.windows) {
      lines.push_back(closed_line(cut));
    }
  }
  for (const search::WorkingPoint& point : finding.working_points) {
    const auto cut = std::ranges::find(validation.cuts, point.efficiency, &search::ValidatedCut::efficiency);
    if (point.raw && std::isfinite(point.raw->predicted) && cut != validation.cuts.end()) {
      lines.push_back(corrected_line(point, *cut, validation.n_experiments - validation.n_failed));
    }
  }
  return lines;
}

std::string validation_table(const Json& result) {
  if (!has_value(result, "validation")) {
    return {};
  }
  const Json& validation = result.at("validation");
  if (validation.at("experiments") == 0) {
    return {};
  }
  HtmlTable table({"cut", "background over prediction", "predicted before", "predicted", "Z before", "Z"});
  for (const Json& cut : validation.at("cuts")) {
    const Json point = point_at(result, value_of(cut, "efficiency"));
    if (point.is_null() || !has_value(point, "raw")) {
      continue;
    }
    const Json& correction = point.at("correction");
    const double factor = value_of(correction, "factor");
    table.add_row({cut_of(point), format_with_error(factor, factor * value_of(correction, "error")),
                   prediction_cell(point.at("raw")), prediction_cell(point),
                   format_decimals(value_of(point.at("raw"), "z"), 2), format_decimals(value_of(point, "z"), 2)});
  }
  const double beside = value_of(validation, "fresh_per_event");
  const double inside = validation.contains("fresh_per_event_signal_region")
                            ? value_of(validation, "fresh_per_event_signal_region")
                            : beside;
  return table.html() +
         fmt::format(
             "<p class=\"note\">A score finds what the background model gets wrong, so that more passes in the signal "
             "region than is predicted, without any signal. {} trainings without signal (events from {}) measure by "
             "how much, on {:.3g} times as many fresh events as the data in the signal region and {:.3g} times as many "
             "beside it; the prediction is multiplied by what they saw. The error holds how differently they went.</p>",
             validation.at("experiments").get<std::size_t>() - validation.at("failed").get<std::size_t>(),
             html_text(validation.at("source").get<std::string>()), inside, beside);
}

}  // namespace eddy::report
