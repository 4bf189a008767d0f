#include <eddy/report/detector_style.hpp>
#include <eddy/report/sensitivity_figures.hpp>

#include <eddy/classify/roc.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

namespace eddy::report {
namespace {

constexpr std::array<double, 2> kEfficiencyRange = {1e-5, 1};

/// The points above the statistics cut-off, in order of increasing efficiency.
std::vector<classify::RocPoint> quotable(std::vector<classify::RocPoint> curve) {
  std::erase_if(curve, [](const auto& point) {
    return point.n_background < classify::kMinBackgroundForSic || point.efficiency_background <= 0;
  });
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
  const double from_background = 0.25 * (1 - point.efficiency_background) / static_cast<double>(point.n_background);
  const double from_signal =
      point.n_signal > 0 ? (1 - point.efficiency_signal) / static_cast<double>(point.n_signal) : 1.0;
  return std::sqrt(from_background + from_signal);
}

Trace sic_line(const std::vector<classify::RocPoint>& curve, const std::string& name, std::size_t index) {
  Trace line{.kind = TraceKind::kLine, .name = name, .role = detector_role(index), .style = detector_style(index)};
  line.x_choices = choices_of(curve);
  for (const auto& point : curve) {
    line.y.push_back(classify::significance_improvement(point));
    line.counts.push_back(static_cast<double>(point.n_background));
  }
  return line;
}

Trace sic_band(const std::vector<classify::RocPoint>& curve, const std::string& name) {
  Trace band{.kind = TraceKind::kBand, .name = name + ": statistical error", .role = "method_band"};
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

/// Median and central 68 % over retrainings, under the legend entry of the detector.
std::array<Trace, 2> retraining_traces(std::vector<search::MedianBand> points, const std::string& name,
                                       std::size_t index) {
  std::erase_if(points, [](const auto& point) { return !(point.efficiency > 0) || !std::isfinite(point.median); });
  Trace band{.kind = TraceKind::kBand, .name = name + ", 68 % of retrainings", .legend = name};
  Trace median{.kind = TraceKind::kLine, .name = name + ", median of retrainings", .legend = name, .style = "thin"};
  band.role = detector_role(index) + "_band";
  median.role = detector_role(index);
  band.x_choices = choices_of(points);
  median.x_choices = band.x_choices;
  for (const auto& point : points) {
    band.low.push_back(point.low);
    band.high.push_back(point.high);
    median.y.push_back(point.median);
  }
  return {band, median};
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

double smallest_efficiency(const std::vector<search::Evaluation>& evaluations) {
  double low = 1;
  for (const auto& evaluation : evaluations) {
    const auto curve = quotable(evaluation.curve);
    low = curve.empty() ? low : std::min(low, curve.front().efficiency_background);
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

Panel sic_panel(const std::vector<search::Evaluation>& evaluations) {
  const double low = smallest_efficiency(evaluations);
  Panel panel{.id = "sic", .title = "", .y = {"significance improvement ε_S / √ε_B", ""}};
  panel.x_choices = {{"ε_B", {"background efficiency ε_B", "", Scale::kLog, std::array{low / 1.2, 1.0}}},
                     {"ε_S", {"signal efficiency ε_S", "", Scale::kLinear, std::array{0.0, 1.0}}},
                     {"1/ε_B", {"background rejection 1/ε_B", "", Scale::kLog, std::array{1.0, 1.2 / low}}}};
  panel.x = panel.x_choices.front().axis;
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    const auto curve = quotable(evaluations[i].curve);
    if (curve.empty()) {
      continue;
    }
    const bool has_retrainings = !evaluations[i].band.empty();
    if (i == 0 && !has_retrainings) {
      panel.traces.push_back(sic_band(curve, evaluations[i].name));
    }
    panel.traces.push_back(sic_line(curve, evaluations[i].name, i));
    if (has_retrainings) {
      std::ranges::move(retraining_traces(evaluations[i].band, evaluations[i].name, i),
                        std::back_inserter(panel.traces));
    }
  }
  Trace random{.kind = TraceKind::kLine, .name = "random", .role = "reference", .style = "dot"};
  random.x_choices = choices_of(random_points(low));
  random.y = random.x_choices.front();
  std::transform(random.y.begin(), random.y.end(), random.y.begin(), [](double e) { return std::sqrt(e); });
  panel.traces.push_back(std::move(random));
  panel.y.range = std::array<double, 2>{0, 1.25 * largest_sic(panel)};
  return panel;
}

Panel roc_panel(const std::vector<search::Evaluation>& evaluations) {
  const double low = smallest_efficiency(evaluations);
  Panel panel{.id = "roc",
              .title = "",
              .x = {"signal efficiency ε_S", "", Scale::kLinear, std::array{0.0, 1.0}},
              .y = {"background rejection 1/ε_B", "", Scale::kLog, std::array{1.0, 1.5 / low}}};
  for (std::size_t i = 0; i <= evaluations.size(); ++i) {
    const bool is_random = i == evaluations.size();
    const auto curve = is_random ? random_points(low) : quotable(evaluations[i].curve);
    auto x = choices_of(curve);
    Trace line{.kind = TraceKind::kLine,
               .name = is_random ? "random" : evaluations[i].name,
               .role = is_random ? "reference" : detector_role(i),
               .style = is_random ? "dot" : detector_style(i),
               .x = std::move(x[1]),
               .y = std::move(x[2])};
    if (!line.x.empty()) {
      panel.traces.push_back(std::move(line));
    }
  }
  return panel;
}

const char* band_sentence(const std::vector<search::Evaluation>& evaluations) {
  const bool any = std::any_of(evaluations.begin(), evaluations.end(), [](const auto& e) { return !e.band.empty(); });
  return any ? ". Thick: the average of all retrainings, which the search uses; thin line and band: median and central "
               "68 % of single retrainings at equal background efficiency."
             : "; the band is the statistical error of the method's curve.";
}

bool has_curve(const std::vector<search::Evaluation>& evaluations) {
  return std::any_of(evaluations.begin(), evaluations.end(),
                     [](const auto& evaluation) { return !quotable(evaluation.curve).empty(); });
}

}  // namespace

std::optional<Figure> sic_figure(const search::SearchOutput& output) {
  if (!has_curve(output.evaluations)) {
    return std::nullopt;
  }
  Figure figure{
      .id = "sic",
      .section = "Sensitivity",
      .title = "Significance improvement",
      .caption = fmt::format(
          "By how much a cut on the score multiplies S/√B, for labelled events: the method, the benchmarks, and a "
          "score without information (random, √ε). Curves end where fewer than {} background events pass{} Above "
          "one, the cut helps.",
          classify::kMinBackgroundForSic, band_sentence(output.evaluations))};
  figure.panels = {sic_panel(output.evaluations)};
  return figure;
}

std::optional<Figure> roc_figure(const search::SearchOutput& output) {
  if (!has_curve(output.evaluations)) {
    return std::nullopt;
  }
  Figure figure{
      .id = "roc",
      .section = "Sensitivity",
      .title = "Background rejection",
      .caption = fmt::format("One over the background efficiency against the signal efficiency, for labelled events; "
                             "higher is better. Curves end where fewer than {} background events pass.",
                             classify::kMinBackgroundForSic)};
  figure.panels = {roc_panel(output.evaluations)};
  return figure;
}

}  // namespace eddy::report
