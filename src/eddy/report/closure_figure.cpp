#include <eddy/report/closure_figure.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::report {
namespace {

std::vector<search::ClosurePoint> sorted_by_efficiency(std::vector<search::ClosurePoint> points) {
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.efficiency < b.efficiency; });
  return points;
}

void add_curve(Panel& panel, const search::ClosureCurve& curve, std::size_t index) {
  const std::string series = fmt::format("closure_{}", index % 4 + 1);
  Trace band{.kind = TraceKind::kBand, .name = curve.name + ", Poisson band", .role = series + "_band"};
  Trace points{.kind = TraceKind::kPoints, .name = curve.name, .role = series};
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
  panel.traces.push_back(std::move(band));
  panel.traces.push_back(std::move(points));
}

void add_guides(Panel& panel, const search::ConradOutput& output) {
  for (const double level : {0.9, 1.0, 1.1}) {
    panel.traces.push_back({.kind = TraceKind::kHorizontalLine,
                            .name = "",
                            .role = "guide",
                            .style = level == 1.0 ? "" : "dash",
                            .y = {level}});
  }
  for (const auto& point : output.working_points) {
    panel.traces.push_back({.kind = TraceKind::kVerticalLine,
                            .name = "working points",
                            .role = "cut",
                            .style = "dash",
                            .x = {point.efficiency},
                            .text = format_percent(point.efficiency)});
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

std::optional<Figure> closure_figure(const search::ConradOutput& output) {
  Panel panel{.id = "closure",
              .title = "",
              .x = {"background efficiency ε_B", "", Scale::kLog},
              .y = {"predicted / true background in A", ""}};
  std::size_t n_curves = 0;
  for (const auto& curve : output.closure) {
    if (!curve.points.empty()) {
      add_curve(panel, curve, n_curves++);
    }
  }
  if (n_curves == 0) {
    return std::nullopt;
  }
  panel.x.range = efficiency_range(panel);
  panel.y.range = ratio_range(panel.traces);
  add_guides(panel, output);
  Figure figure{.id = "closure",
                .section = "Background estimate",
                .title = "Closure of the background estimate",
                .caption =
                    "N_B N_C / N_D divided by the number of background events in A, against the background efficiency. "
                    "Error bars: Poisson errors of B, C and D propagated; shaded: Poisson error of the background "
                    "count in A, around one; dashed lines at ± 10 %. The estimate is sound where the points are "
                    "compatible with one. Neighbouring points share events."};
  figure.panels = {std::move(panel)};
  return figure;
}

}  // namespace eddy::report
