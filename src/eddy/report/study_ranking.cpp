#include <eddy/base/json.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/study_ranking.hpp>
#include <eddy/report/study_reader.hpp>
#include <eddy/report/study_table.hpp>
#include <eddy/report/study_titles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace eddy::report {
namespace {

enum class Better { kLarger, kSmaller };

std::string metric_without_choices(const std::string& metric) {
  std::string plain;
  bool inside = false;
  for (const char letter : metric) {
    inside = inside || letter == '[';
    plain += inside ? "" : std::string(1, letter);
    inside = inside && letter != ']';
  }
  return plain;
}

/// Sizes and counts have no better end.
std::optional<Better> better_end(const std::string& metric) {
  constexpr auto kLarger = std::to_array<std::string_view>(
      {"evaluation.sic.max", "evaluation.sic.at_1e-2", "evaluation.sic.at_1e-3", "evaluation.auc", "separation.auc",
       "separation.rejection_at_30", "separation.rejection_at_50", "working_points.z", "working_points.global_z",
       "working_points.calibrated.z", "argos.best.value", "argos.to_best"});
  constexpr auto kSmaller = std::to_array<std::string_view>(
      {"working_points.simultaneous.events_per_sigma", "working_points.expected_upper_limit.median"});
  const std::string plain = metric_without_choices(metric);
  if (std::ranges::count(kLarger, plain) > 0) {
    return Better::kLarger;
  }
  return std::ranges::count(kSmaller, plain) > 0 ? std::optional(Better::kSmaller) : std::nullopt;
}

/// The places of a column that have a number.
std::vector<Json> places_in(const Json& study, std::size_t column) {
  std::vector<Json> places;
  for (const Json& curve : study.at("curves")) {
    if (curve.at("column").get<std::size_t>() != column) {
      continue;
    }
    for (const Json& point : curve.at("points")) {
      if (point.at("median").is_number()) {
        places.push_back({{"group", curve.at("group")},
                          {"x", point.at("x")},
                          {"n", point.at("n")},
                          {"median", point.at("median")},
                          {"low", point.at("low")},
                          {"high", point.at("high")}});
      }
    }
  }
  return places;
}

/// "quak.categories = 3, quak.preselection = 0.1".
std::string setting_of(const Json& study, const Json& place) {
  std::string text;
  const auto add = [&](const std::string& label, const Json& value) {
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", label, value_text(value));
  };
  for (const Json& axis : place.at("group")) {
    add(axis.at("label"), axis.at("value"));
  }
  if (const Json x = x_axis_of(study); !x.is_null()) {
    add(x.at("label"), place.at("x"));
  }
  return text;
}

std::string ranked_number(const Json& value) { return fmt::format("{:.4g}", value.get<double>()); }

std::string ranking_table(const Json& study, const Json& places) {
  HtmlTable table({"", "setting", "median", "central 68 %", "repeats"});
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Json& place = places.at(i);
    const auto n = place.at("n").get<std::size_t>();
    table.add_row(
        {fmt::format("{}", i + 1), html_text(setting_of(study, place)),
         "<strong>" + ranked_number(place.at("median")) + "</strong>",
         n > 1 ? fmt::format("{} to {}", ranked_number(place.at("low")), ranked_number(place.at("high"))) : "–",
         fmt::format("{}", n)});
  }
  return table.html();
}

}  // namespace

Json study_ranking(const Json& study) {
  Json ranking = Json::array();
  for (std::size_t c = 0; c < study.at("columns").size(); ++c) {
    const std::optional<Better> better = better_end(study.at("columns").at(c).at("metric"));
    std::vector<Json> places = better ? places_in(study, c) : std::vector<Json>();
    if (places.size() < 2) {
      continue;
    }
    const double sign = *better == Better::kLarger ? -1 : 1;
    std::ranges::stable_sort(places, {}, [&](const Json& place) { return sign * place.at("median").get<double>(); });
    ranking.push_back(
        {{"column", c}, {"better", *better == Better::kLarger ? "larger" : "smaller"}, {"places", std::move(places)}});
  }
  return ranking;
}

std::string ranking_section(const Json& study) {
  std::string content;
  for (const Json& order : study.value("ranking", Json::array())) {
    const Json& column = study.at("columns").at(order.at("column").get<std::size_t>());
    const std::string element = element_title(column);
    const std::string better = order.at("better");
    content += details_html(fmt::format("By {}{} ({} is better)", metric_title(column.at("metric")),
                                        element.empty() ? "" : ", " + element, better),
                            ranking_table(study, order.at("places")));
  }
  if (content.empty()) {
    return {};
  }
  return section_html(
      "Ranking",
      "<p class=\"note\">Settings by their medians, best first; where bands overlap, their order says little. With "
      "injected or labelled signal, numbers say how well a setting finds it. Without, an order by the observed Z is "
      "one "
      "by the excess: no setting may be chosen by it, and the Z of one that was is no significance. Events per σ and "
      "expected limits hardly know the excess.</p>" +
          content);
}

}  // namespace eddy::report
