#include <eddy/report/evidence/abcd/plane_figures.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/score_figure.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace eddy::report {
namespace {

constexpr std::size_t kBins = 40;
constexpr std::size_t kExcessBins = 24;
constexpr std::size_t kMaxSignalPoints = 1000;
constexpr std::size_t kMaxAnnotated = 3;  // working points whose counts are written into the plane
constexpr const char* kSelectionLabel = "−log10(ε_B), tighter selection →";

std::vector<double> selection_edges(const search::Finding& output, std::size_t n_bins) {
  double high = 1;
  for (const float value : selection_column(output.data, Region::kAll)) {
    high = std::fmax(high, value);  // fmax passes over NaN
  }
  for (const auto& point : output.working_points) {
    high = std::max(high, -std::log10(point.efficiency) + 0.5);
  }
  return round_edges(0, high, n_bins);
}

Trace working_point_line(const search::WorkingPoint& point, TraceKind kind) {
  Trace line{.kind = kind, .name = "working points", .role = "cut", .style = "dash"};
  (kind == TraceKind::kVerticalLine ? line.x : line.y) = {-std::log10(point.efficiency)};
  line.text = format_percent(point.efficiency);
  return line;
}

/// Control-region counts scaled to the size of the signal region, with the Poisson error of the counts as a band.
struct Expectation {
  Trace step;
  Trace band;
};
Expectation expectation_of(const Histogram& control, double scale) {
  Expectation expectation{
      {.kind = TraceKind::kStep, .name = "expected from the control region", .role = "expectation", .x = control.edges},
      {.kind = TraceKind::kBand, .name = "its statistical error", .role = "expectation_band", .x = control.edges}};
  for (const double count : control.counts) {
    expectation.step.y.push_back(scale * count);
    expectation.band.low.push_back(scale * std::max(0.0, count - std::sqrt(count)));
    expectation.band.high.push_back(scale * (count + std::sqrt(count)));
  }
  expectation.step.counts = control.counts;
  return expectation;
}

LowerPanel excess_ratio(const Histogram& observed, const Histogram& control, double scale) {
  LowerPanel panel{.y = {.label = "observed / expected", .unit = ""}, .traces = {}};
  panel.traces.push_back(relative_error_band(control, "its statistical error", "expectation_band"));
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
  // ratio_points compares shapes: scaling both totals back makes it a ratio of counts.
  Trace ratio = ratio_points(observed, control, "data", "data");
  const double to_counts = observed.total() / (scale * control.total());
  for (auto* values : {&ratio.y, &ratio.low, &ratio.high}) {
    std::transform(values->begin(), values->end(), values->begin(), [&](double v) { return v * to_counts; });
  }
  panel.y.range = ratio_range_from_zero(ratio.y);
  panel.traces.push_back(std::move(ratio));
  return panel;
}

Panel excess_panel(const search::Finding& output, const Histogram& observed, const Histogram& control) {
  const double scale = observed.total() / control.total();
  Panel panel{.id = "excess", .title = "Signal region", .x = {kSelectionLabel, ""}, .y = {"events per bin", ""}};
  panel.x.range = {observed.edges.front(), observed.edges.back()};
  Expectation expectation = expectation_of(control, scale);
  panel.traces = {std::move(expectation.band), std::move(expectation.step)};
  add_labelled_signal(output.data, observed.edges, panel);
  panel.traces.push_back(count_points(observed, "data", "data"));
  panel.y.scale = Scale::kLog;
  panel.y.range = std::array<double, 2>{0.3, log_range(panel.traces, 3)[1]};
  for (const auto& point : output.working_points) {
    panel.traces.push_back(working_point_line(point, TraceKind::kVerticalLine));
  }
  panel.below = excess_ratio(observed, control, scale);
  return panel;
}

/// The count of a region, written beside the line of a working point.
Trace count_note(std::string text, double x, double y, const std::string& anchor) {
  return {.kind = TraceKind::kNote,
          .name = "counts",
          .role = "note",
          .x = {x},
          .y = {y},
          .text = std::move(text),
          .frame = "panel_x",
          .anchor = anchor};
}

void annotate(Panel& panel, const search::WorkingPoint& point) {
  const double y = -std::log10(point.efficiency);
  const stats::AbcdCounts& counts = std::get<search::Abcd>(point.evidence).counts;
  const std::string expected = format_with_error(point.predicted, point.predicted_error);
  panel.traces.push_back(count_note("C = " + format_count(counts.c), 0.01, y, "left bottom"));
  panel.traces.push_back(count_note("D = " + format_count(counts.d), 0.01, y, "left top"));
  panel.traces.push_back(
      count_note(fmt::format("A = {} (expected {})", format_count(counts.a), expected), 0.99, y, "right bottom"));
  panel.traces.push_back(count_note("B = " + format_count(counts.b), 0.99, y, "right top"));
}

/// Every k-th event such that at most kMaxSignalPoints remain: the same points in every run.
Trace signal_points(const search::ScoredSample& signal, const std::vector<double>& x_edges,
                    const std::vector<double>& y_edges) {
  const std::vector<float> x = context_column(signal, Region::kAll);
  const std::vector<float> y = selection_column(signal, Region::kAll);
  const std::size_t n = std::min(x.size(), y.size());
  const std::size_t stride = (n + kMaxSignalPoints - 1) / kMaxSignalPoints;
  Trace trace{.kind = TraceKind::kPoints, .name = "signal (simulated)", .role = "signal", .style = "dots"};
  for (std::size_t i = 0; i < n; i += stride) {
    if (!std::isnan(y[i])) {
      trace.x.push_back(std::min<double>(x[i], x_edges.back()));
      trace.y.push_back(std::min<double>(y[i], y_edges.back()));
    }
  }
  if (stride > 1) {
    trace.name += fmt::format(", {} of {} events", format_count(static_cast<double>(trace.x.size())),
                              format_count(static_cast<double>(n)));
  }
  return trace;
}

Trace density_map(const search::Finding& output, const std::vector<double>& x_edges,
                  const std::vector<double>& y_edges) {
  Trace map{.kind = TraceKind::kHeatmap, .name = "data", .role = "density", .x = x_edges, .y = y_edges};
  map.counts =
      fill_2d(x_edges, y_edges, context_column(output.data, Region::kAll), selection_column(output.data, Region::kAll));
  map.z = map.counts;
  for (double& count : map.z) {
    count = count > 0 ? count : std::numeric_limits<double>::quiet_NaN();
  }
  return map;
}

void add_cuts(Panel& panel, const search::Finding& output) {
  panel.traces.push_back({.kind = TraceKind::kVerticalLine,
                          .name = "signal region threshold",
                          .role = "cut",
                          .x = {*output.context_cut},
                          .text = "signal region →"});
  for (std::size_t i = 0; i < output.working_points.size(); ++i) {
    panel.traces.push_back(working_point_line(output.working_points[i], TraceKind::kHorizontalLine));
    panel.traces.back().text = i < kMaxAnnotated ? std::string{} : panel.traces.back().text;
    if (i < kMaxAnnotated) {
      annotate(panel, output.working_points[i]);
    }
  }
}

}  // namespace

std::optional<Figure> excess_figure(const search::Finding& output) {
  const std::vector<double> edges = selection_edges(output, kExcessBins);
  const Histogram observed = fill(edges, selection_column(output.data, Region::kSignal));
  const Histogram control = fill(edges, selection_column(output.data, Region::kControl));
  if (observed.total() == 0 || control.total() == 0) {
    return std::nullopt;
  }
  Figure figure{
      .id = "excess",
      .section = "Result",
      .title = "What the selection leaves",
      .caption =
          "Data in the signal region (68 % Garwood intervals) against −log10 of the background efficiency ε_B at "
          "which an event is still kept, compared with data of the control region scaled to the same number of "
          "events: the background estimate of the ABCD method, bin by bin. A signal shows as an excess on the "
          "right. The dashed lines are the working points: everything to the right of a line is counted."};
  figure.panels = {excess_panel(output, observed, control)};
  return figure;
}

std::optional<Figure> plane_figure(const search::Finding& output, const search::ScoredSample& signal) {
  const std::vector<float> context = context_column(output.data, Region::kAll);
  if (context.empty() || output.data.background_efficiency.size() != context.size()) {
    return std::nullopt;
  }
  const std::vector<double> x_edges = common_edges(std::array{context}, kBins, *output.context_cut);
  const std::vector<double> y_edges = selection_edges(output, kBins);
  Trace map = density_map(output, x_edges, y_edges);
  const double largest = *std::max_element(map.counts.begin(), map.counts.end());
  Figure figure{
      .id = "abcd",
      .section = "Result",
      .title = "The ABCD plane",
      .caption = fmt::format(
          "All data events: {} against −log10 of the background efficiency ε_B. Each dashed line is a working point "
          "and divides the plane, with the threshold of the signal region, into A (top right, where a signal is "
          "looked for), B (below A), C (left of A) and D. The prediction for A is N_B N_C / N_D, which holds when "
          "the score does not depend on {}: rows of equal shape on both sides; where there was a validation, times its "
          "correction.",
          output.context.name, output.context.name)};
  figure.colors = ColorScale{"data events per bin", "sequential", Scale::kLog, {1, std::max(largest, 10.0)}};
  Panel panel{.id = "abcd", .title = "", .x = {output.context.name, output.context.unit}, .y = {kSelectionLabel, ""}};
  panel.x.range = {x_edges.front(), x_edges.back()};
  panel.y.range = {y_edges.front(), y_edges.back()};
  panel.traces = {std::move(map)};
  if (!signal.background_efficiency.empty()) {
    panel.traces.push_back(signal_points(signal, x_edges, y_edges));
  }
  add_cuts(panel, output);
  figure.panels = {std::move(panel)};
  return figure;
}

}  // namespace eddy::report
