#include <eddy/report/closure_panel.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace eddy::report {
namespace {

std::vector<search::ClosurePoint> sorted_by_efficiency(std::vector<search::ClosurePoint> points) {
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.efficiency < b.efficiency; });
  return points;
}

void add_guides(Panel& panel, const std::vector<double>& working_points) {
  for (const double level : {0.9, 1.0, 1.1}) {
    panel.traces.push_back({.kind = TraceKind::kHorizontalLine,
                            .name = "",
                            .role = "guide",
                            .style = level == 1.0 ? "" : "dash",
                            .y = {level}});
  }
  for (const double efficiency : working_points) {
    panel.traces.push_back({.kind = TraceKind::kVerticalLine,
                            .name = "working points",
                            .role = "cut",
                            .style = "dash",
                            .x = {efficiency},
                            .text = format_percent(efficiency)});
  }
}

std::array<double, 2> efficiency_range(const Panel& panel) {
  double low = 1;
  double high = 1e-12;
  for (const Trace& trace : panel.traces) {
    for (const double efficiency : trace.x) {
      low = efficiency > 0 ? std::min(low, efficiency) : low;
      high = std::max(high, efficiency);
    }
  }
  return {low / 1.3, high * 1.3};
}

}  // namespace

Panel empty_closure_panel(const std::string& id, const std::string& title) {
  return {.id = id,
          .title = title,
          .x = {"background efficiency ε_B", "", Scale::kLog},
          .y = {"predicted / true background", ""}};
}

void add_closure_curve(Panel& panel, const search::ClosureCurve& curve, const std::string& role,
                       const std::string& band_legend) {
  Trace band{.kind = TraceKind::kBand, .name = curve.name + ", Poisson band", .legend = band_legend};
  band.role = role + "_band";
  Trace points{.kind = TraceKind::kPoints, .name = curve.name, .role = role};
  for (const auto& point : sorted_by_efficiency(curve.points)) {
    band.x.push_back(point.efficiency);
    band.low.push_back(1 - point.observed_error);
    band.high.push_back(1 + point.observed_error);
    points.x.push_back(point.efficiency);
    points.y.push_back(point.ratio);
    points.low.push_back(point.ratio - point.ratio_error);
    points.high.push_back(point.ratio + point.ratio_error);
    points.counts.push_back(point.observed);
  }
  if (!band_legend.empty()) {
    std::swap(band, points);
  }
  panel.traces.push_back(std::move(band));
  panel.traces.push_back(std::move(points));
}

void finish_closure_panel(Panel& panel, const std::vector<double>& working_points) {
  panel.x.range = efficiency_range(panel);
  panel.y.range = ratio_range(panel.traces);
  add_guides(panel, working_points);
}

}  // namespace eddy::report
