#include <eddy/base/json.hpp>
#include <eddy/report/limit.hpp>
#include <eddy/report/result_parts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

namespace eddy::report {
namespace {

Json optional_json(const std::optional<double>& value) { return value ? number_or_null(*value) : Json(nullptr); }

Json limits_json(const search::ExpectedLimits& limits) {
  Json json = Json::array();
  std::ranges::transform(limits, std::back_inserter(json), optional_json);
  return json;
}

Json knot_json(const stats::EfficiencyKnot& knot) {
  return {{"strength", knot.strength}, {"efficiency", knot.efficiency}, {"spread", knot.spread}};
}

Json impact_json(const stats::Impact& impact) {
  return {{"nuisance", impact.nuisance},
          {"low", number_or_null(impact.low)},
          {"high", number_or_null(impact.high)},
          {"pull", number_or_null(impact.pull)},
          {"pull_error", number_or_null(impact.pull_error)}};
}

Json signal_json(const std::optional<stats::PassingSignal>& signal) {
  if (!signal) {
    return nullptr;
  }
  return {{"fitted", signal->fitted}, {"error", signal->error}, {"upper_limit", signal->upper_limit}};
}

Json injected_cut_json(const search::InjectedCut& cut) {
  return {{"efficiency", number_or_null(cut.efficiency)},
          {"efficiency_error", number_or_null(cut.efficiency_error)},
          {"passed", cut.passed},
          {"signal", signal_json(cut.signal)}};
}

Json injection_json(const search::Injection& injection) {
  return {{"strength", injection.strength},
          {"repetition", injection.repetition},
          {"failure", injection.failure.empty() ? Json(nullptr) : Json(injection.failure)},
          {"cuts", json_list(injection.cuts, injected_cut_json)}};
}

Json limit_cut_json(const search::CutLimit& cut) {
  return {{"efficiency", number_or_null(cut.efficiency)},
          {"no_limit", cut.observed ? Json(nullptr) : Json(search::to_string(cut.why))},
          {"observed", optional_json(cut.observed)},
          {"expected", limits_json(cut.expected)},
          {"expected_of_nulls", {{"experiments", cut.n_nulls}, {"limits", limits_json(cut.expected_of_nulls)}}},
          {"interval",
           {{"low", number_or_null(cut.interval.low)},
            {"best", optional_json(cut.interval.best)},
            {"high", optional_json(cut.interval.high)}}},
          {"signal", signal_json(cut.signal)},
          {"response",
           {{"measured", cut.response.is_measured},
            {"slope", cut.response.slope},
            {"slope_error", cut.response.slope_error},
            {"offset", cut.response.offset}}},
          {"impacts", json_list(cut.impacts, impact_json)},
          {"knots", json_list(cut.knots, knot_json)}};
}

Json cross_section_json(const search::LimitResult& result) {
  if (!result.cross_section) {
    return nullptr;
  }
  return {{"per_event", *result.cross_section}, {"unit", result.cross_section_unit}};
}

/// "12.3 signal events", or as a cross-section.
std::string amount_in_words(const search::LimitResult& result, double strength) {
  return result.cross_section ? fmt::format("{:.3g} {}", strength * *result.cross_section, result.cross_section_unit)
                              : fmt::format("{:.4g} signal events", strength);
}

std::string cut_line(const search::LimitResult& result, const search::CutLimit& cut) {
  const auto said = [&](const std::optional<double>& limit) {
    return limit ? amount_in_words(result, *limit) : std::string("none in the range");
  };
  const std::string name = std::isnan(cut.efficiency) ? std::string("all categories")
                           : cut.efficiency < 1       ? fmt::format("efficiency {}", cut.efficiency)
                                                      : std::string("no cut");
  return fmt::format("{}: 95 % limit {}, expected {}", name, said(cut.observed), said(cut.expected[2]));
}

}  // namespace

Json limit_json(const search::LimitResult& result) {
  Json figures = Json::array();
  for (const Figure& figure : limit_figures(result)) {
    figures.push_back(to_json(figure));
  }
  return {{"format", "eddy-limit-1"},
          {"eddy", EDDY_VERSION},
          {"signal", {{"file", result.signal_file}, {"sha256", result.signal_sha256}, {"in_region", result.in_region}}},
          {"injected_into", result.base},
          {"made_anew", result.anew},
          {"into_nulls", result.in_nulls},
          {"repetitions", result.n_repetitions},
          {"cross_section", cross_section_json(result)},
          {"best", result.best ? Json(*result.best) : Json(nullptr)},
          {"cuts", json_list(result.cuts, limit_cut_json)},
          {"injections", json_list(result.injections, injection_json)},
          {"warnings", result.warnings},
          {"figures", std::move(figures)}};
}

std::vector<std::string> limit_lines(const search::LimitResult& result) {
  std::vector<std::string> lines;
  for (const search::CutLimit& cut : result.cuts) {
    lines.push_back(cut_line(result, cut));
  }
  if (result.best && result.cuts.size() > 1) {
    lines.push_back("the cut with the best expected limit: " + cut_line(result, result.cuts[*result.best]));
  }
  return lines;
}

}  // namespace eddy::report
