#include <eddy/report/flow_figures.hpp>
#include <eddy/report/histogram.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

namespace eddy::report {
namespace {

constexpr const char* kFlowSection = "The flow";
constexpr std::size_t kContextBins = 4;
constexpr double kLatentRange = 4;       // beyond, N(0, 1) has 6e-5 of its events
constexpr std::size_t kLatentBins = 40;  // of width 0.2

double normal_density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi); }

double normal_cumulative(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// Inner quantiles of the context; events are in bin k when k of them are not above their context.
std::vector<double> context_quantiles(const std::vector<float>& context) {
  std::vector<double> limits;
  for (std::size_t k = 1; k < kContextBins; ++k) {
    limits.push_back(quantile(context, static_cast<double>(k) / kContextBins));
  }
  return limits;
}

std::size_t context_bin(const std::vector<double>& limits, float context) {
  return static_cast<std::size_t>(std::upper_bound(limits.begin(), limits.end(), context) - limits.begin());
}

std::string bin_name(const std::vector<double>& limits, std::size_t bin, const search::Quantity& context) {
  const std::string unit = context.unit.empty() ? "" : " " + context.unit;
  if (bin == 0) {
    return fmt::format("{} < {:.4g}{}", context.name, limits.front(), unit);
  }
  if (bin == limits.size()) {
    return fmt::format("{} > {:.4g}{}", context.name, limits.back(), unit);
  }
  return fmt::format("{:.4g} – {:.4g}{}", limits[bin - 1], limits[bin], unit);
}

/// The N(0, 1) probability of each bin (the outer ones inclusive), as a histogram of `total` expected events.
Histogram normal_histogram(const std::vector<double>& edges, double total) {
  Histogram histogram{edges, std::vector<double>(edges.size() - 1), 0};
  for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    const double low = bin == 0 ? 0.0 : normal_cumulative(edges[bin]);
    const double high = bin + 2 == edges.size() ? 1.0 : normal_cumulative(edges[bin + 1]);
    histogram.counts[bin] = total * (high - low);
  }
  return histogram;
}

Trace normal_curve() {
  Trace trace{.kind = TraceKind::kLine, .name = "N(0, 1)", .role = "reference"};
  constexpr int kSteps = 80;
  for (int i = 0; i <= kSteps; ++i) {
    trace.x.push_back(kLatentRange * (2.0 * i / kSteps - 1));
    trace.y.push_back(normal_density(trace.x.back()));
  }
  return trace;
}

Panel latent_panel(const search::Finding& output, const search::ScoredSample& sample, std::size_t dimension,
                   const std::vector<double>& limits) {
  std::vector<std::vector<float>> values(kContextBins);
  std::vector<std::vector<float>> weights(kContextBins);
  for (std::size_t i = 0; i < sample.latent.rows(); ++i) {
    const std::size_t bin = context_bin(limits, sample.context(i, 0));
    values[bin].push_back(sample.latent(i, dimension));
    if (!sample.weight.empty()) {
      weights[bin].push_back(static_cast<float>(sample.weight[i]));
    }
  }
  const std::string name = fmt::format("z{}", dimension + 1);
  Panel panel{
      .id = name,
      .title = "",
      .row = dimension / 3,
      .column = dimension % 3,
      .x = {name + " (latent)", "", Scale::kLinear, std::array{-kLatentRange, kLatentRange}},
      .y = {"probability density", ""},
      .traces = {normal_curve()},
      .below = LowerPanel{.y = {.label = "ratio to N(0, 1)", .unit = "", .range = std::array{0.5, 1.5}}, .traces = {}}};
  panel.below->traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
  for (std::size_t bin = 0; bin < kContextBins; ++bin) {
    const Histogram histogram = fill(round_edges(-kLatentRange, kLatentRange, kLatentBins), values[bin], weights[bin]);
    if (histogram.total() > 0) {
      const std::string role = fmt::format("context_{}", bin + 1);
      const std::string label = bin_name(limits, bin, output.context);
      panel.traces.push_back(density_step(histogram, label, role));
      panel.below->traces.push_back(
          ratio_points(histogram, normal_histogram(histogram.edges, histogram.total()), label, role));
    }
  }
  return panel;
}

std::string name_without_number(const std::string& name) { return name.substr(0, name.find_first_of(" 0123456789")); }

std::vector<double> epochs(std::size_t n) {
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = static_cast<double>(i + 1);
  }
  return values;
}

void add_curve(Panel& panel, const search::TrainingCurve& curve, const std::string& role) {
  if (!curve.train.empty()) {
    panel.traces.push_back({.kind = TraceKind::kLine,
                            .name = curve.name + ", training",
                            .legend = curve.name,
                            .role = role,
                            .style = "thin",
                            .x = epochs(curve.train.size()),
                            .y = curve.train});
  }
  if (curve.validation.empty()) {
    return;
  }
  panel.traces.push_back({.kind = TraceKind::kLine,
                          .name = curve.name + ", validation",
                          .legend = curve.name,
                          .role = role,
                          .style = "dash",
                          .x = epochs(curve.validation.size()),
                          .y = curve.validation});
  if (curve.best_epoch < curve.validation.size()) {
    panel.traces.push_back({.kind = TraceKind::kPoints,
                            .name = curve.name + ", best epoch",
                            .legend = curve.name,
                            .role = role,
                            .style = "open",
                            .x = {static_cast<double>(curve.best_epoch + 1)},
                            .y = {curve.validation[curve.best_epoch]}});
  }
}

bool has_flow(const search::Finding& output) {
  return std::any_of(output.training.begin(), output.training.end(),
                     [](const auto& curve) { return name_without_number(curve.name) == "flow"; });
}

/// From the lowest loss to the loss after the first tenth of the epochs: the first steps would hide everything else.
std::optional<std::array<double, 2>> loss_range(const Panel& panel) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Trace& trace : panel.traces) {
    const std::size_t first = trace.y.size() / 10;
    for (std::size_t i = 0; i < trace.y.size(); ++i) {
      if (std::isfinite(trace.y[i])) {
        low = std::min(low, trace.y[i]);
        high = i >= first ? std::max(high, trace.y[i]) : high;
      }
    }
  }
  if (!(low < high)) {
    return std::nullopt;
  }
  const double margin = 0.08 * (high - low);
  return std::array<double, 2>{low - margin, high + margin};
}

}  // namespace

std::optional<Figure> latent_figure(const search::Finding& output, const search::ScoredSample& sample,
                                    const LatentText& text) {
  if (sample.latent.rows() == 0 || sample.context.rows() != sample.latent.rows()) {
    return std::nullopt;
  }
  Figure figure{.id = text.id,
                .section = kFlowSection,
                .title = text.title,
                .caption = fmt::format("The latent of each {} event in four bins of {} with equal numbers of events; "
                                       "below, divided by the N(0, 1) density. {}",
                                       text.events, output.context.name, text.judgement)};
  const std::vector<double> limits = context_quantiles(search::first_context(sample));
  for (std::size_t dimension = 0; dimension < sample.latent.cols(); ++dimension) {
    figure.panels.push_back(latent_panel(output, sample, dimension, limits));
  }
  return figure;
}

std::optional<Figure> training_figure(const search::Finding& output) {
  Figure figure{
      .id = "training",
      .section = has_flow(output) ? kFlowSection : "Training",
      .title = "Training",
      .caption =
          "Mean loss per event after each epoch on the training events (solid) and on the events kept aside "
          "for validation (dashed); circles mark the epochs whose weights were kept. The loss axis leaves out "
          "the first tenth of the epochs. Validation far above training means over-fitting; a curve that "
          "still falls at the end was stopped too early, unless its learning rate came down to 0 (schedule = cosine)."};
  std::map<std::string, std::size_t> n_curves;
  for (const auto& curve : output.training) {
    const std::string kind = name_without_number(curve.name);
    const std::size_t index = n_curves[kind]++;
    auto panel = std::find_if(figure.panels.begin(), figure.panels.end(), [&](const Panel& p) { return p.id == kind; });
    if (panel == figure.panels.end()) {
      figure.panels.push_back({.id = kind, .title = kind, .x = {"epoch", ""}, .y = {"mean loss per event", "nats"}});
      panel = figure.panels.end() - 1;
      panel->column = figure.panels.size() - 1;
    }
    add_curve(*panel, curve, fmt::format("series_{}", index % 8 + 1));
  }
  std::erase_if(figure.panels, [](const Panel& panel) { return panel.traces.empty(); });
  place_in_two_columns(figure);
  for (Panel& panel : figure.panels) {
    panel.y.range = loss_range(panel);
  }
  return figure.panels.empty() ? std::nullopt : std::optional(figure);
}

}  // namespace eddy::report
