#include <eddy/report/evidence/template_count/closure_test_figures.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/sic_panel.hpp>
#include <eddy/search/families.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

namespace eddy::report {
namespace {

constexpr const char* kSection = "Closure";
constexpr double kSpread = 0.5;    // of the series of one region on the x axis
constexpr double kBeside = 0.035;  // distance of single runs from their mean there

/// Regions in which there are tests, in their order.
std::vector<std::string> regions_of(const std::vector<ClosureSeries>& series) {
  std::vector<std::string> regions;
  for (const ClosureSeries& one : series) {
    for (const search::ClosureTest& test : one.tests) {
      if (std::ranges::find(regions, test.region) == regions.end()) {
        regions.push_back(test.region);
      }
    }
  }
  return regions;
}

std::string role_of(const std::string& name) {
  return name == "simulation" ? "template" : name == "idealized" ? "data" : "method";
}

std::vector<ClosureSeries> series_of(const search::Finding& output) {
  std::vector<ClosureSeries> series;
  for (const search::ClosureTest& test : output.closure_tests) {
    auto same = std::ranges::find_if(series, [&](const auto& one) { return one.name == test.name; });
    if (same == series.end()) {
      series.push_back({.name = test.name, .role = role_of(test.name)});
      same = series.end() - 1;
    }
    same->tests.push_back(test);
  }
  return series;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The mean with the central 68 % of the runs, and beside it every run.
void add_test(Trace& mean, Trace& runs, const search::ClosureTest& test, double x) {
  const std::vector<float> auc(test.auc.begin(), test.auc.end());
  mean.x.push_back(x);
  mean.y.push_back(mean_of(test.auc));
  mean.low.push_back(std::min(quantile(auc, kOneSigmaTail), mean.y.back()));
  mean.high.push_back(std::max(quantile(auc, 1 - kOneSigmaTail), mean.y.back()));
  for (const double value : test.auc) {
    runs.x.push_back(x + kBeside);
    runs.y.push_back(value);
  }
}

void add_series(Panel& panel, const ClosureSeries& series, double offset) {
  Trace mean{.kind = TraceKind::kPoints, .name = series.name, .role = series.role};
  Trace runs{.kind = TraceKind::kPoints, .name = series.name + ", single runs", .legend = series.name};
  runs.role = series.role;
  runs.style = "dots";
  for (const search::ClosureTest& test : series.tests) {
    const auto place = 1 + (std::ranges::find(panel.x.ticks, test.region) - panel.x.ticks.begin());
    if (!test.auc.empty()) {
      add_test(mean, runs, test, static_cast<double>(place) + offset);
    }
  }
  panel.traces.push_back(std::move(mean));
  panel.traces.push_back(std::move(runs));
}

std::array<double, 2> auc_range(const Panel& panel) {
  double low = 0.49;
  double high = 0.51;
  for (const Trace& trace : panel.traces) {
    for (const double auc : trace.y) {
      low = std::min(low, auc);
      high = std::max(high, auc);
    }
  }
  const double margin = 0.08 * (high - low);
  return {low - margin, high + margin};
}

std::vector<ScoreLine> sic_lines(const std::vector<ClosureSeries>& series, const std::string& region) {
  std::vector<ScoreLine> lines;
  for (const ClosureSeries& one : series) {
    for (const search::ClosureTest& test : one.tests) {
      if (test.region == region && !test.sic.empty()) {
        lines.push_back({.name = one.name, .role = one.role, .band = test.sic});
      }
    }
  }
  return lines;
}

}  // namespace

Panel closure_auc_panel(const std::vector<ClosureSeries>& series) {
  Panel panel{.id = "closure-auc", .x = {"events", ""}, .y = {"AUC of the closure classifier", ""}};
  panel.x.ticks = regions_of(series);
  panel.x.range = {0.5, static_cast<double>(panel.x.ticks.size()) + 0.5};
  const double step = series.size() > 1 ? kSpread / static_cast<double>(series.size() - 1) : 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    add_series(panel, series[i], series.size() > 1 ? step * static_cast<double>(i) - kSpread / 2 : 0);
  }
  panel.y.range = auc_range(panel);
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {0.5}});
  return panel;
}

std::optional<Figure> closure_auc_figure(const search::Finding& output) {
  const std::vector<ClosureSeries> series = series_of(output);
  if (series.empty()) {
    return std::nullopt;
  }
  Figure figure{
      .id = "closure-auc",
      .section = kSection,
      .title = "Can a classifier tell constructed from true background?",
      .caption =
          "AUC of classifiers trained to tell constructed from true background on one half of events that no "
          "other training has seen, and judged on the other half, with the weights; 0.5 is perfect. Dots: single "
          "runs, each with another classifier and, where there are several, another background model; points "
          "with bars: mean and central 68 %. Simulation: as it is, without weights. Idealized: two samples of "
          "true background, half the size; what lies within its spread cannot be told from truth."};
  figure.panels = {closure_auc_panel(series)};
  return figure;
}

std::optional<Figure> closure_sic_figure(const search::Finding& output) {
  const std::vector<ClosureSeries> series = series_of(output);
  Figure figure{
      .id = "closure-sic",
      .section = kSection,
      .title = "Would the difference fake a signal?",
      .caption =
          "Significance improvement of the same classifiers, with true events in the place of a signal and "
          "constructed events as background: median and central 68 % over runs. A curve above that of the "
          "idealized test is a difference that a cut on an anomaly score could enrich; one near the random line "
          "is harmless."};
  for (const std::string& region : regions_of(series)) {
    const std::vector<ScoreLine> lines = sic_lines(series, region);
    if (!lines.empty()) {
      figure.panels.push_back(sic_panel(lines));
      figure.panels.back().id = region;
      figure.panels.back().title = region;
    }
  }
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(figure);
}

}  // namespace eddy::report
