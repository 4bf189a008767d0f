#include <eddy/base/json.hpp>
#include <eddy/report/comparison_figures.hpp>
#include <eddy/report/comparison_style.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/significance_figure.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace eddy::report {
namespace {

constexpr int kLines = 5;  // standard deviations that may get a line

/// One working point in a panel.
struct Shown {
  double efficiency = 0;
  double z = 0;
  double observed = 0;
  bool open = false;  ///< a bound, or a number that must not be quoted
};

using Pick = Shown (*)(const Json& point);

Shown local(const Json& point) {
  return {.efficiency = value_of(point, "efficiency"),
          .z = value_of(point, "z"),
          .observed = value_of(point, "observed"),
          .open = !point["quotable"]};
}

Shown global(const Json& point) {
  const Json& scan = point["global_signal_region"];
  Shown shown = local(point);
  shown.z = value_of(scan, "global_z");
  shown.open = shown.open || (scan.is_object() && scan.value("global_p_is_bound", false));
  return shown;
}

std::vector<Shown> shown_points(const Json& points, Pick pick) {
  std::vector<Shown> shown;
  for (const Json& point : points) {
    shown.push_back(pick(point));
  }
  std::erase_if(shown, [](const Shown& s) { return !std::isfinite(s.z) || !(s.efficiency > 0); });
  std::ranges::stable_sort(shown, {}, &Shown::efficiency);
  return shown;
}

void add(Trace& trace, const Shown& shown) {
  trace.x.push_back(shown.efficiency);
  trace.y.push_back(shown.z);
  trace.counts.push_back(shown.observed);
}

/// A line through the working points of one run, with a mark at each.
void add_run(Panel& panel, const std::vector<Shown>& points, const std::string& label, const LineStyle& look) {
  Trace line{.kind = TraceKind::kLine, .name = label, .role = look.role, .style = look.style};
  Trace marks{.kind = TraceKind::kPoints, .name = label + ", working points", .legend = label, .role = look.role};
  Trace open = marks;
  open.name = label + ", not to be quoted or a lower bound";
  open.style = "open";
  for (const Shown& point : points) {
    add(line, point);
    add(point.open ? open : marks, point);
  }
  for (Trace* trace : {&line, &marks, &open}) {
    if (!trace->x.empty()) {
      panel.traces.push_back(std::move(*trace));
    }
  }
}

void set_significance_ranges(Panel& panel) {
  std::array<double, 2> x{1, 0};
  std::array<double, 2> y{0, 3};
  for (const Trace& trace : panel.traces) {
    x = {std::min(x[0], *std::ranges::min_element(trace.x)), std::max(x[1], *std::ranges::max_element(trace.x))};
    y = {std::min(y[0], *std::ranges::min_element(trace.y)), std::max(y[1], *std::ranges::max_element(trace.y))};
  }
  const double margin = 0.08 * (y[1] - y[0]);
  panel.x.range = {x[0] / 1.3, 1.3 * x[1]};
  panel.y.range = {y[0] - margin, y[1] + margin};
}

void add_sigma_lines(Panel& panel) {
  for (int sigma = 0; sigma <= kLines; ++sigma) {
    if (sigma < (*panel.y.range)[1]) {
      panel.traces.push_back({.kind = TraceKind::kHorizontalLine,
                              .name = "",
                              .role = "guide",
                              .style = sigma == 0 ? "" : "dash",
                              .y = {static_cast<double>(sigma)},
                              .text = sigma == 0 ? "" : fmt::format("{} σ", sigma)});
    }
  }
}

void add_panel(Figure& figure, const Json& comparison, const std::string& id, const std::string& quantity, Pick pick) {
  Panel panel{.id = id, .x = {"efficiency of the cut", "", Scale::kLog}, .y = {quantity, ""}};
  for (const Json& run : comparison["significance"]) {
    const std::string label = run["run"];
    add_run(panel, shown_points(run["points"], pick), label, run_style(comparison, label));
  }
  if (!panel.traces.empty()) {
    set_significance_ranges(panel);
    add_sigma_lines(panel);
    figure.panels.push_back(std::move(panel));
  }
}

}  // namespace

std::optional<Figure> significance_figure(const Json& comparison) {
  Figure figure{
      .id = "significance",
      .section = std::string(kSignificanceSection),
      .title = "Significance against the efficiency of the cut",
      .caption =
          "Z of the excess at each working point, one line for each run; the efficiency is the "
          "fraction that the cut keeps of background (CONRAD, extrapolations) or of the data in the signal region "
          "(bump hunts; 1: no cut). Global: how often background alone does this at any mass of "
          "the signal region. Open marks: numbers that must not be quoted (a poor background fit, "
          "a failed latent gate), or lower bounds. Working points of one run share events."};
  add_panel(figure, comparison, "local", "local Z", local);
  add_panel(figure, comparison, "global", "global Z in the signal region", global);
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(figure);
}

}  // namespace eddy::report
