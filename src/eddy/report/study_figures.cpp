#include <eddy/base/json.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/study_figures.hpp>
#include <eddy/report/study_reader.hpp>
#include <eddy/report/study_table.hpp>
#include <eddy/report/study_titles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace eddy::report {
namespace {

constexpr std::size_t kColors = 8;  // series_1 to series_8
constexpr std::array<const char*, 5> kDashes = {"", "dash", "dot", "dashdot", "longdash"};

bool has_numbers(const Json& axis) {
  return axis.is_object() &&
         std::ranges::all_of(axis.at("values"), [](const Json& value) { return value.is_number(); });
}

/// The x axis: numbers where its values are, else their texts side by side.
Axis drawn_axis(const Json& axis) {
  if (axis.is_null()) {
    return {.range = std::array{0.0, 2.0}, .ticks = {"all repeats"}};
  }
  Axis drawn{.label = axis.at("label")};
  const auto n = static_cast<double>(axis.at("values").size());
  if (!has_numbers(axis)) {
    drawn.range = {0.5, n + 0.5};
    std::ranges::transform(axis.at("values"), std::back_inserter(drawn.ticks), value_text);
    return drawn;
  }
  const auto values = axis.at("values").get<std::vector<double>>();
  const auto [low, high] = std::ranges::minmax(values);
  constexpr double kManyTimes = 30;  // then equal steps would press the small values together
  constexpr double kMargin = 0.04;
  if (low > 0 && high / low >= kManyTimes) {
    const double margin = std::pow(high / low, kMargin);
    drawn.scale = Scale::kLog;
    drawn.range = {low / margin, high * margin};
  } else if (high > low) {
    drawn.range = {low - kMargin * (high - low), high + kMargin * (high - low)};
  }
  return drawn;
}

/// Whose curves have which colour: one for each group; where there is one group alone, for each detector.
std::size_t color_of(const Json& study, const Json& curve, bool several) {
  if (!several) {
    return column_of(study, curve).at("place");
  }
  std::vector<Json> groups;
  for (const Json& other : study.at("curves")) {
    if (std::ranges::find(groups, other.at("group")) == groups.end()) {
      groups.push_back(other.at("group"));
    }
  }
  return curve.value("shared", false)
             ? groups.size() + column_of(study, curve).at("place").get<std::size_t>() - 1
             : static_cast<std::size_t>(std::ranges::find(groups, curve.at("group")) - groups.begin());
}

/// Where a curve stands at a point of the x axis.
double x_of(const Json& axis, const Json& point) {
  if (axis.is_null()) {
    return 1;
  }
  if (has_numbers(axis)) {
    return value_of(point, "x");
  }
  const Json& values = axis.at("values");
  return static_cast<double>(std::ranges::find(values, point.at("x")) - values.begin()) + 1;
}

/// The medians that there are, as one trace without a kind.
Trace medians(const Json& axis, const Json& curve) {
  Trace trace;
  for (const Json& point : curve.at("points")) {
    if (has_value(point, "median")) {
      trace.x.push_back(x_of(axis, point));
      trace.y.push_back(value_of(point, "median"));
      trace.low.push_back(value_of(point, "low"));
      trace.high.push_back(value_of(point, "high"));
      trace.counts.push_back(value_of(point, "n"));
    }
  }
  return trace;
}

struct Look {
  std::string name;
  std::string role;
  std::string style;
};

/// Against numbers: a line with a band. Else marks with error bars, those of several curves beside each other.
void add_study_curve(Panel& panel, const Json& axis, const Json& curve, const Look& look, double shift) {
  Trace all = medians(axis, curve);
  if (all.x.empty()) {
    return;
  }
  const bool is_line = has_numbers(axis);
  const bool has_band = all.low != all.high;
  Trace marks{.kind = TraceKind::kPoints, .name = look.name, .role = look.role, .x = all.x, .y = all.y};
  marks.counts = all.counts;
  if (is_line) {
    panel.traces.push_back({.kind = TraceKind::kLine,
                            .name = look.name,
                            .role = look.role,
                            .style = look.style,
                            .x = all.x,
                            .y = all.y,
                            .counts = all.counts});
    if (has_band) {
      panel.traces.push_back({.kind = TraceKind::kBand,
                              .name = look.name + ", central 68 %",
                              .legend = look.name,
                              .role = look.role + "_band",
                              .x = all.x,
                              .low = all.low,
                              .high = all.high});
    }
    marks.legend = look.name;
    marks.name = look.name + ", medians";
  } else {
    std::ranges::transform(marks.x, marks.x.begin(), [&](double x) { return x + shift; });
    marks.low = all.low;
    marks.high = all.high;
  }
  panel.traces.push_back(std::move(marks));
}

/// What went in, to compare with what came out.
void add_injected_line(Panel& panel, const Json& axis, const std::string& metric) {
  const bool is_strength = axis.is_object() && axis.at("key") == "inject.s_over_sqrt_b" && has_numbers(axis);
  if (is_strength && metric.starts_with("working_points") && metric.ends_with(".s_over_sqrt_b")) {
    const auto values = axis.at("values").get<std::vector<double>>();
    const auto [low, high] = std::ranges::minmax(values);
    panel.traces.push_back({.kind = TraceKind::kLine,
                            .name = "as injected: without a cut",
                            .role = "reference",
                            .style = "dot",
                            .x = {low, high},
                            .y = {low, high}});
  }
}

/// From all that is drawn; from 0 where that is not far away.
std::optional<std::array<double, 2>> y_range(const Panel& panel) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Trace& trace : panel.traces) {
    for (const std::vector<double>* values : {&trace.y, &trace.low, &trace.high}) {
      for (const double value : *values) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  if (!(low <= high)) {
    return std::nullopt;
  }
  low = low > 0 && low < 0.6 * high ? 0 : low;
  constexpr double kMargin = 0.08;
  const double margin = high > low ? kMargin * (high - low) : kMargin * std::max(std::abs(high), 1.0);
  return std::array{low == 0 ? low : low - margin, high + margin};
}

Panel study_panel(const Json& study, const std::string& metric, const std::vector<Json>& curves) {
  const Json axis = x_axis_of(study);
  const Json& column = column_of(study, curves.front());
  const bool several = has_several_groups(study);
  Panel panel{.id = column.at("path"), .x = drawn_axis(axis), .y = {metric_title(metric)}};
  panel.title = column.at("element_kind") == "name" ? "" : element_title(column);
  constexpr double kWidth = 0.5;  // of the space between two values that curves share
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::size_t place = column_of(study, curves[i]).at("element_kind") == "name"
                                  ? column_of(study, curves[i]).at("place").get<std::size_t>()
                                  : 0;
    const bool single_color = !several && column.at("element_kind") != "name";
    const Look look{
        .name = curve_title(study, curves[i], several),
        .role = fmt::format("series_{}", single_color ? 1 : color_of(study, curves[i], several) % kColors + 1),
        .style = kDashes[place % kDashes.size()]};
    const double shift = kWidth * ((static_cast<double>(i) + 0.5) / static_cast<double>(curves.size()) - 0.5);
    add_study_curve(panel, axis, curves[i], look, shift);
  }
  if (!panel.traces.empty()) {
    add_injected_line(panel, axis, metric);
    panel.y.range = y_range(panel);
  }
  return panel;
}

std::string caption(const Json& study) {
  std::string repeats;
  for (const Json& axis : study.at("axes")) {
    if (axis.at("role") == "repeat") {
      repeats += fmt::format("{}{} ({} values)", repeats.empty() ? "" : " and ", axis.at("label").get<std::string>(),
                             axis.at("values").size());
    }
  }
  return repeats.empty() ? "One search at each point."
                         : fmt::format("Median and central 68 % over the repeats: {}.", repeats);
}

/// "Largest SIC against injected S/√B"
std::string title_of(const Json& study, const std::string& metric) {
  std::string title = metric_title(metric);
  title[0] = static_cast<char>(title[0] >= 'a' && title[0] <= 'z' ? title[0] - 'a' + 'A' : title[0]);
  const Json axis = x_axis_of(study);
  return axis.is_null() ? title : title + " against " + axis.at("label").get<std::string>();
}

std::optional<Figure> figure_of(const Json& study, const std::string& metric, std::size_t place) {
  Figure figure{.id = metric_figure_id(place),
                .section = metric_section(metric),
                .title = title_of(study, metric),
                .caption = caption(study)};
  for (const std::vector<Json>& curves : curves_by_panel(study, metric)) {
    Panel panel = study_panel(study, metric, curves);
    if (!panel.traces.empty()) {
      figure.panels.push_back(std::move(panel));
    }
  }
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(figure);
}

}  // namespace

std::string metric_figure_id(std::size_t place) { return fmt::format("metric-{}", place + 1); }

Json study_figures(const Json& study) {
  std::vector<std::optional<Figure>> figures;
  for (const std::string& metric : metrics_of(study)) {
    figures.push_back(figure_of(study, metric, figures.size()));
  }
  return figures_document(figures);
}

}  // namespace eddy::report
