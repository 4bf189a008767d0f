#include <eddy/report/sculpting_panel.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace eddy::report {
namespace {

constexpr double kLargestOnLinear = 4;  // chi2/ndof above which the axis is logarithmic

/// In order of efficiency; without the point at efficiency one, where chi2 is zero by construction.
std::vector<search::MedianBand> drawable(std::vector<search::MedianBand> points) {
  std::erase_if(points, [](const auto& point) {
    return !(point.efficiency > 0 && point.median > 0 && std::isfinite(point.median));
  });
  std::ranges::stable_sort(points, {}, &search::MedianBand::efficiency);
  return points;
}

Trace band_of(const std::vector<search::MedianBand>& points) {
  Trace band{.kind = TraceKind::kBand};
  for (const auto& point : points) {
    band.x.push_back(point.efficiency);
    band.low.push_back(point.low);
    band.high.push_back(point.high);
  }
  return band;
}

Trace median_of(const std::vector<search::MedianBand>& points) {
  Trace line{.kind = TraceKind::kLine};
  for (const auto& point : points) {
    line.x.push_back(point.efficiency);
    line.y.push_back(point.median);
  }
  return line;
}

void set_sculpting_ranges(Panel& panel) {
  double left = 1;
  double low = 1;
  double high = 1;
  for (const Trace& trace : panel.traces) {
    left = std::min(left, *std::ranges::min_element(trace.x));
    for (const auto* values : {&trace.y, &trace.low, &trace.high}) {
      for (const double value : *values) {
        low = value > 0 ? std::min(low, value) : low;
        high = std::fmax(high, value);
      }
    }
  }
  panel.x.range = {left / 1.15, 1.0};
  panel.y.scale = high > kLargestOnLinear ? Scale::kLog : Scale::kLinear;
  panel.y.range =
      panel.y.scale == Scale::kLog ? std::array{std::max(low / 1.5, 0.1), 2 * high} : std::array{0.0, 1.25 * high};
}

}  // namespace

Panel empty_sculpting_panel() {
  return {.id = "sculpting",
          .title = "",
          .x = {"efficiency of the cut in the signal region", "", Scale::kLog},
          .y = {"χ²/ndof of the mass spectrum", ""}};
}

void add_sculpting_curve(Panel& panel, const search::SculptingCurve& curve, const std::string& role,
                         const std::string& style) {
  const auto points = drawable(curve.points);
  if (points.empty()) {
    return;
  }
  Trace line = median_of(points);
  line.name = curve.name;
  line.role = role;
  line.style = style;
  Trace band = band_of(points);
  band.name = curve.name + ", 68 % of retrainings";
  band.legend = curve.name;
  band.role = role + "_band";
  panel.traces.push_back(std::move(line));
  panel.traces.push_back(std::move(band));
}

void add_random_subsets(Panel& panel, const std::vector<search::MedianBand>& subsets) {
  const auto points = drawable(subsets);
  if (!points.empty()) {
    panel.traces.push_back(band_of(points));
    panel.traces.back().name = "random subsets (68 %)";
    panel.traces.back().role = "data_band";
  }
}

void finish_sculpting_panel(Panel& panel) {
  set_sculpting_ranges(panel);
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
}

}  // namespace eddy::report
