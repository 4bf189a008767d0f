#include <eddy/report/sic_panel.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

namespace eddy::report {
namespace {

constexpr std::array<double, 2> kEfficiencyRange = {1e-5, 1};

/// The points above the statistics cut-off, in order of increasing efficiency.
std::vector<classify::RocPoint> quotable_part(std::vector<classify::RocPoint> curve) {
  std::erase_if(curve,
                [](const auto& point) { return !classify::is_quotable(point) || point.efficiency_background <= 0; });
  std::stable_sort(curve.begin(), curve.end(),
                   [](const auto& a, const auto& b) { return a.efficiency_background < b.efficiency_background; });
  return curve;
}

/// x for the three choices of the axis.
std::vector<std::vector<double>> choices_of(const std::vector<classify::RocPoint>& curve) {
  std::vector<std::vector<double>> x(3);
  for (const auto& point : curve) {
    x[0].push_back(point.efficiency_background);
    x[1].push_back(point.efficiency_signal);
    x[2].push_back(1 / point.efficiency_background);
  }
  return x;
}

/// Relative error of eps_S / sqrt(eps_B) from the binomial errors of both efficiencies.
double relative_error(const classify::RocPoint& point) {
  const double from_background = 0.25 * (1 - point.efficiency_background) / classify::effective_background(point);
  const double n_signal = classify::effective_signal(point);
  const double from_signal = n_signal > 0 ? std::max(0.0, 1 - point.efficiency_signal) / n_signal : 1.0;
  return std::sqrt(from_background + from_signal);
}

Trace sic_trace(const std::vector<classify::RocPoint>& curve, const ScoreLine& score) {
  Trace line{.kind = TraceKind::kLine, .name = score.name, .role = score.role, .style = score.style};
  line.x_choices = choices_of(curve);
  for (const auto& point : curve) {
    line.y.push_back(classify::significance_improvement(point));
    line.counts.push_back(static_cast<double>(point.n_background));
  }
  return line;
}

Trace sic_band(const std::vector<classify::RocPoint>& curve, const ScoreLine& score) {
  Trace band{.kind = TraceKind::kBand, .name = score.name + ": statistical error", .role = score.role + "_band"};
  band.x_choices = choices_of(curve);
  for (const auto& point : curve) {
    const double value = classify::significance_improvement(point);
    const double error = value * relative_error(point);
    band.low.push_back(value - error);
    band.high.push_back(value + error);
  }
  return band;
}

/// x of a band that is given against the background efficiency; its signal efficiency is that of the median.
std::vector<std::vector<double>> choices_of(const std::vector<search::MedianBand>& band) {
  std::vector<std::vector<double>> x(3);
  for (const auto& point : band) {
    x[0].push_back(point.efficiency);
    x[1].push_back(point.median * std::sqrt(point.efficiency));
    x[2].push_back(1 / point.efficiency);
  }
  return x;
}

/// Median and central 68 % over retrainings, under the legend entry of the score.
std::array<Trace, 2> retraining_traces(const ScoreLine& score) {
  std::vector<search::MedianBand> points = score.band;
  std::erase_if(points, [](const auto& point) { return !(point.efficiency > 0) || !std::isfinite(point.median); });
  Trace band{.kind = TraceKind::kBand, .name = score.name + ", 68 % of retrainings", .legend = score.name};
  Trace median{.kind = TraceKind::kLine, .name = score.name + ", median of retrainings", .legend = score.name};
  band.role = score.role + "_band";
  median.role = score.role;
  median.style = score.median_style;
  band.x_choices = choices_of(points);
  median.x_choices = band.x_choices;
  for (const auto& point : points) {
    band.low.push_back(point.low);
    band.high.push_back(point.high);
    median.y.push_back(point.median);
  }
  return {median, band};
}

/// A score that knows nothing: eps_S = eps_B, so SIC = sqrt(eps).
std::vector<classify::RocPoint> random_points(double low) {
  std::vector<classify::RocPoint> points;
  constexpr int kSteps = 40;
  for (int i = 0; i <= kSteps; ++i) {
    const double efficiency = std::pow(low, 1.0 - static_cast<double>(i) / kSteps);
    points.push_back({.threshold = 0, .efficiency_background = efficiency, .efficiency_signal = efficiency});
  }
  return points;
}

double smallest_efficiency(const std::vector<ScoreLine>& scores) {
  double low = 1;
  for (const auto& score : scores) {
    const auto curve = quotable_part(score.curve);
    low = curve.empty() ? low : std::min(low, curve.front().efficiency_background);
    for (const auto& point : score.curve.empty() ? score.band : std::vector<search::MedianBand>()) {
      low = point.efficiency > 0 && std::isfinite(point.median) ? std::min(low, point.efficiency) : low;
    }
  }
  return std::clamp(low, kEfficiencyRange[0], 0.1);
}

double largest_sic(const Panel& panel) {
  double high = 1;
  for (const Trace& trace : panel.traces) {
    for (const double y : trace.y) {
      high = std::max(high, y);
    }
  }
  return high;
}

Trace random_line(double low) {
  Trace random{.kind = TraceKind::kLine, .name = "random", .role = "reference", .style = "dot"};
  random.x_choices = choices_of(random_points(low));
  random.y = random.x_choices.front();
  std::transform(random.y.begin(), random.y.end(), random.y.begin(), [](double e) { return std::sqrt(e); });
  return random;
}

void add_score(Panel& panel, const ScoreLine& score) {
  const auto curve = quotable_part(score.curve);
  if (!curve.empty() && score.with_error) {
    panel.traces.push_back(sic_band(curve, score));
  }
  if (!curve.empty()) {
    panel.traces.push_back(sic_trace(curve, score));
  }
  if (!score.band.empty()) {
    std::ranges::move(retraining_traces(score), std::back_inserter(panel.traces));
  }
}

Trace roc_line(const std::vector<classify::RocPoint>& curve, const ScoreLine& score) {
  auto x = choices_of(curve);
  return {.kind = TraceKind::kLine,
          .name = score.name,
          .role = score.role,
          .style = score.style,
          .x = std::move(x[1]),
          .y = std::move(x[2])};
}

}  // namespace

bool is_drawable(const ScoreLine& score) { return !quotable_part(score.curve).empty(); }

Panel sic_panel(const std::vector<ScoreLine>& scores) {
  const double low = smallest_efficiency(scores);
  Panel panel{.id = "sic", .title = "", .y = {"significance improvement ε_S / √ε_B", ""}};
  panel.x_choices = {{"ε_B", {"background efficiency ε_B", "", Scale::kLog, std::array{low / 1.2, 1.0}}},
                     {"ε_S", {"signal efficiency ε_S", "", Scale::kLinear, std::array{0.0, 1.0}}},
                     {"1/ε_B", {"background rejection 1/ε_B", "", Scale::kLog, std::array{1.0, 1.2 / low}}}};
  panel.x = panel.x_choices.front().axis;
  for (const ScoreLine& score : scores) {
    add_score(panel, score);
  }
  panel.traces.push_back(random_line(low));
  panel.y.range = std::array<double, 2>{0, 1.25 * largest_sic(panel)};
  return panel;
}

Panel roc_panel(const std::vector<ScoreLine>& scores) {
  const double low = smallest_efficiency(scores);
  Panel panel{.id = "roc",
              .title = "",
              .x = {"signal efficiency ε_S", "", Scale::kLinear, std::array{0.0, 1.0}},
              .y = {"background rejection 1/ε_B", "", Scale::kLog, std::array{1.0, 1.5 / low}}};
  for (const ScoreLine& score : scores) {
    if (is_drawable(score)) {
      panel.traces.push_back(roc_line(quotable_part(score.curve), score));
    }
  }
  panel.traces.push_back(roc_line(random_points(low), {.name = "random", .role = "reference", .style = "dot"}));
  return panel;
}

}  // namespace eddy::report
