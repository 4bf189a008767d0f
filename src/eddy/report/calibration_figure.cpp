#include <eddy/report/calibration.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::report {
namespace {

/// Bins of half a standard deviation around everything that is shown.
std::vector<double> z_edges(const search::CalibratedPoint& point) {
  double low = -3;
  double high = 3;
  for (const double z : point.null_z) {
    low = std::min(low, z);
    high = std::max(high, z);
  }
  if (std::isfinite(point.observed_z)) {
    low = std::min(low, point.observed_z);
    high = std::max(high, point.observed_z);
  }
  std::vector<double> edges;
  for (double edge = std::floor(low * 2) / 2 - 0.5; edge <= high + 1; edge += 0.5) {
    edges.push_back(edge);
  }
  return edges;
}

/// Experiments that a standard normal Z would put in each bin.
Trace normal_step(const std::vector<double>& edges, std::size_t n) {
  Trace trace{.kind = TraceKind::kStep, .name = "N(0, 1)", .role = "prediction", .style = "dash", .x = edges};
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const double fraction = stats::to_p_value({edges[i]}).value - stats::to_p_value({edges[i + 1]}).value;
    trace.y.push_back(static_cast<double>(n) * fraction);
  }
  return trace;
}

std::string cut_name(const search::CalibratedPoint& point) {
  return std::isfinite(point.efficiency) && point.efficiency < 1 ? "efficiency " + format_percent(point.efficiency)
                                                                 : "no cut";
}

Panel z_panel(const search::CalibratedPoint& point) {
  const std::vector<float> z(point.null_z.begin(), point.null_z.end());
  const std::vector<double> edges = z_edges(point);
  Panel panel{.id = fmt::format("z-{}", point.efficiency),
              .title = cut_name(point),
              .x = {"Z", ""},
              .y = {"null experiments per bin", ""}};
  panel.traces.push_back(count_points(fill(edges, z), "null experiments", "data"));
  panel.traces.push_back(normal_step(edges, z.size()));
  if (std::isfinite(point.observed_z)) {
    panel.traces.push_back(
        {.kind = TraceKind::kVerticalLine, .name = "this search", .role = "signal", .x = {point.observed_z}});
  }
  return panel;
}

}  // namespace

std::optional<Figure> calibration_figure(const std::optional<search::NullCalibration>& calibration) {
  if (!calibration) {
    return std::nullopt;
  }
  Figure figure{
      .id = "calibration",
      .section = "Calibration",
      .title = "What the search finds where there is nothing",
      .caption = fmt::format(
          "The Z of {} whole searches without signal ({}), behind each cut, with 68.3 % Poisson intervals. If "
          "the search made no error they would follow N(0, 1); where they lie to the right of it, the score "
          "finds what the background model gets wrong. Line: the Z of this search, before calibration.",
          calibration->n_experiments - calibration->n_failed, calibration->source)};
  for (const search::CalibratedPoint& point : calibration->points) {
    if (!point.null_z.empty()) {
      figure.panels.push_back(z_panel(point));
    }
  }
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(figure);
}

}  // namespace eddy::report
