#include <eddy/report/evidence/template_count/template_count_figure.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/score_figure.hpp>
#include <eddy/search/families.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

namespace eddy::report {
namespace {

constexpr std::size_t kScoreBins = 20;
constexpr double kStepsPerDecade = 10;
constexpr double kMinExpected = 3;  // events; tighter cuts say nothing

/// Constructed events of the signal region, before any cut.
double expected_without_cut(const search::Finding& output) {
  const auto found =
      std::ranges::find_if(output.regions, [](const auto& region) { return region.region == "signal region"; });
  return found == output.regions.end() ? 0 : std::accumulate(found->weight.begin(), found->weight.end(), 0.0);
}

/// Efficiencies from 1 down to where too few events are expected.
std::vector<double> cuts_of(const search::Finding& output, double n_expected) {
  double lowest = std::min(1.0, kMinExpected / n_expected);
  for (const auto& point : output.working_points) {
    lowest = std::min(lowest, 0.8 * point.efficiency);
  }
  std::vector<double> cuts;
  for (int step = 0; std::pow(10.0, -step / kStepsPerDecade) >= lowest; ++step) {
    cuts.push_back(std::pow(10.0, -step / kStepsPerDecade));
  }
  return cuts;
}

double n_passing(const search::ScoredSample& data, double cut) {
  double n = 0;
  for (std::size_t i = 0; i < data.background_efficiency.size(); ++i) {
    n += data.in_signal_region[i] != 0 && data.background_efficiency[i] <= static_cast<float>(cut) ? 1 : 0;
  }
  return n;
}

/// Data that pass each cut, with Garwood limits; divided by `expected(cut)`.
template <class Expected>
std::array<Trace, 2> passing(const std::vector<double>& cuts, const search::ScoredSample& data, Expected expected) {
  Trace line{.kind = TraceKind::kLine, .name = "data", .role = "data", .x = cuts};
  Trace band{.kind = TraceKind::kBand, .name = "data: 68 % interval", .role = "data_band", .x = cuts};
  for (const double cut : cuts) {
    const double n = n_passing(data, cut);
    const stats::Interval interval = stats::garwood(n);
    line.y.push_back(n / expected(cut));
    line.counts.push_back(n);
    band.low.push_back(interval.low / expected(cut));
    band.high.push_back(interval.high / expected(cut));
  }
  return {band, line};
}

/// Predictions at the working points with their whole error; divided by themselves where `is_ratio`.
Trace predictions(const search::Finding& output, bool is_ratio) {
  Trace trace{
      .kind = TraceKind::kPoints, .name = "prediction at the working points, whole error", .role = "expectation"};
  for (const auto& point : output.working_points) {
    const double scale = is_ratio ? point.predicted : 1;
    trace.x.push_back(point.efficiency);
    trace.y.push_back(point.predicted / scale);
    trace.low.push_back(std::max(0.0, point.predicted - point.predicted_error) / scale);
    trace.high.push_back((point.predicted + point.predicted_error) / scale);
  }
  return trace;
}

/// From 0, or narrower where everything is close to one.
std::array<double, 2> range_of_ratio(const std::vector<Trace>& traces) {
  double reach = 0.1;
  for (const Trace& trace : traces) {
    for (const auto* values : {&trace.y, &trace.low, &trace.high}) {
      for (const double value : *values) {
        reach = std::isfinite(value) ? std::max(reach, std::abs(value - 1)) : reach;
      }
    }
  }
  return {std::max(0.0, 1 - 1.1 * reach), std::min(1 + 1.1 * reach, kMaxRatio)};
}

Panel cumulative_panel(const search::Finding& output, double n_expected) {
  const std::vector<double> cuts = cuts_of(output, n_expected);
  Trace expected{.kind = TraceKind::kLine, .name = "constructed background", .role = "expectation", .x = cuts};
  std::ranges::transform(cuts, std::back_inserter(expected.y), [&](double cut) { return cut * n_expected; });
  auto [band, data] = passing(cuts, output.data, [](double) { return 1.0; });
  Panel panel{.id = "passing",
              .title = "events that pass",
              .x = {"background efficiency ε_B of the cut", "", Scale::kLog, std::array{cuts.back() / 1.1, 1.1}},
              .y = {"events that pass", "", Scale::kLog}};
  panel.traces = {band, expected, predictions(output, false), data};
  panel.y.range = log_range(panel.traces);
  auto [ratio_band, ratio] = passing(cuts, output.data, [&](double cut) { return cut * n_expected; });
  panel.below = LowerPanel{.y = {.label = "data / expected", .unit = ""}, .traces = {}};
  panel.below->traces = {ratio_band,
                         {.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}},
                         predictions(output, true),
                         ratio};
  panel.below->y.range = range_of_ratio(panel.below->traces);
  return panel;
}

/// The constructed background falls by a factor of ten per unit: its efficiencies are uniform by construction.
Trace expected_step(const std::vector<double>& edges, double n_expected) {
  Trace step{.kind = TraceKind::kStep, .name = "constructed background", .role = "expectation", .x = edges};
  for (std::size_t bin = 0; bin + 1 < edges.size(); ++bin) {
    const bool is_last = bin + 2 == edges.size();
    const double beyond = is_last ? 0 : std::pow(10.0, -edges[bin + 1]);
    step.y.push_back(n_expected * (std::pow(10.0, -edges[bin]) - beyond));
  }
  return step;
}

LowerPanel binned_ratio(const Histogram& observed, const Trace& expected) {
  LowerPanel panel{.y = {.label = "data / expected", .unit = ""}, .traces = {}};
  Trace ratio = count_points(observed, "data", "data");
  for (std::size_t bin = 0; bin < expected.y.size(); ++bin) {
    for (auto* values : {&ratio.y, &ratio.low, &ratio.high}) {
      (*values)[bin] /= expected.y[bin];
    }
  }
  panel.y.range = ratio_range_from_zero(ratio.y);
  panel.traces = {{.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}}, std::move(ratio)};
  return panel;
}

void add_working_points(Panel& panel, const search::Finding& output) {
  for (const auto& point : output.working_points) {
    panel.traces.push_back({.kind = TraceKind::kVerticalLine,
                            .name = "working points",
                            .role = "cut",
                            .style = "dash",
                            .x = {-std::log10(point.efficiency)},
                            .text = format_percent(point.efficiency)});
  }
}

Panel binned_panel(const search::Finding& output, const std::vector<float>& selection, double n_expected,
                   double tightest) {
  const Histogram observed = fill(round_edges(0, tightest, kScoreBins), selection);
  const Trace expected = expected_step(observed.edges, n_expected);
  Panel panel{.id = "bins",
              .title = "events per bin",
              .x = {"−log10(ε_B), tighter selection →", ""},
              .y = {"events per bin", "", Scale::kLog}};
  panel.x.range = {observed.edges.front(), observed.edges.back()};
  panel.traces = {expected};
  add_labelled_signal(output.data, observed.edges, panel);
  panel.traces.push_back(count_points(observed, "data", "data"));
  panel.y.range = std::array<double, 2>{0.3, log_range(panel.traces, 3)[1]};
  add_working_points(panel, output);
  panel.below = binned_ratio(observed, expected);
  return panel;
}

}  // namespace

std::optional<Figure> template_count_figure(const search::Finding& output) {
  const std::vector<float> selection = selection_column(output.data, Region::kSignal);
  const double n_expected = expected_without_cut(output);
  if (output.is_blind || selection.empty() || !(n_expected > 0)) {
    return std::nullopt;
  }
  Figure figure{
      .id = "excess",
      .section = "Result",
      .title = "Data against the constructed background",
      .caption = fmt::format(
          "Signal region, after cuts on the anomaly score; every event is scored by classifiers that never saw it. The "
          "cut is given by the fraction ε_B of the background constructed by {} that passes, so the expectation is "
          "ε_B times its whole number, {}. Left: all events that pass, with 68 % Garwood intervals; neighbouring cuts "
          "share events; blue points: predictions at the working points with their whole error. Right: the same events "
          "in bins that share none. A signal shows as an excess at small ε_B.",
          search::method_title(output.method), format_count(std::round(n_expected)))};
  figure.panels = {cumulative_panel(output, n_expected)};
  const double tightest = -std::log10(figure.panels.front().traces.front().x.back());
  figure.panels.push_back(binned_panel(output, selection, n_expected, tightest));
  place_in_two_columns(figure);
  return figure;
}

}  // namespace eddy::report
