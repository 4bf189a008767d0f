#include <eddy/report/evidence/template_count/weight_figure.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <vector>

namespace eddy::report {
namespace {

constexpr std::size_t kWeightBins = 40;
constexpr double kSmallest = 1e-3;  // of the mean; what is smaller counts for nothing and is in the first bin

/// log10 of weight / mean.
std::vector<float> relative_weights(const search::RegionComparison& region) {
  const double mean = std::accumulate(region.weight.begin(), region.weight.end(), 0.0) /
                      static_cast<double>(std::max<std::size_t>(region.weight.size(), 1));
  std::vector<float> values;
  for (const float weight : region.weight) {
    values.push_back(static_cast<float>(std::log10(std::max(weight / mean, kSmallest))));
  }
  return values;
}

/// Edges that are equally spaced on a logarithmic axis.
std::vector<double> edges_of(const std::vector<std::vector<float>>& weights) {
  float low = 0;
  float high = 0;
  for (const std::vector<float>& values : weights) {
    for (const float value : values) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  return round_edges(low, high, kWeightBins);
}

/// Fraction of the events per bin, against weight / mean itself.
Trace fraction_step(const Histogram& histogram, const std::string& name, const std::string& role) {
  Trace trace{.kind = TraceKind::kStep, .name = name, .role = role, .counts = histogram.counts};
  for (const double edge : histogram.edges) {
    trace.x.push_back(std::pow(10.0, edge));
  }
  for (const double count : histogram.counts) {
    trace.y.push_back(count / histogram.total());
  }
  return trace;
}

/// "control region: mean 0.34 data events per simulated event, largest 4.2 times the mean, 5,003 of 9,000 events ...".
std::string summary_of(const search::WeightSummary& weights, std::size_t n_models) {
  const double n = static_cast<double>(weights.n) / static_cast<double>(std::max<std::size_t>(n_models, 1));
  return fmt::format(
      "In the {}, the mean of {} is {:.3g} data events per simulated event, the largest is {:.3g} times that, and the "
      "{} events of one model have the statistical power of {} without weights.",
      weights.region, weights.kind, weights.mean, weights.largest, format_count(std::round(n)),
      format_count(std::round(weights.effective)));
}

Panel weight_panel(const search::Finding& output) {
  std::vector<std::vector<float>> weights;
  std::ranges::transform(output.regions, std::back_inserter(weights), relative_weights);
  const std::vector<double> edges = edges_of(weights);
  Panel panel{
      .id = "weights", .x = {"weight / mean", "", Scale::kLog}, .y = {"fraction of events per bin", "", Scale::kLog}};
  panel.x.range = {std::pow(10.0, std::floor(edges.front())), std::pow(10.0, std::ceil(edges.back()))};
  for (std::size_t r = 0; r < output.regions.size(); ++r) {
    if (!weights[r].empty()) {
      const bool is_control = output.regions[r].region == "control region";
      panel.traces.push_back(
          fraction_step(fill(edges, weights[r]), output.regions[r].region, is_control ? "control" : "signal_region"));
    }
  }
  panel.y.range = log_range(panel.traces);
  return panel;
}

}  // namespace

std::optional<Figure> weight_figure(const search::Finding& output) {
  Figure figure{.id = "weights",
                .section = "Constructed background",
                .title = "Weights of the constructed events",
                .caption =
                    "Weights over their mean in each region, all models together; the outer bins are inclusive. A "
                    "long tail to the right means that few events carry the prediction."};
  for (const search::WeightSummary& weights : output.weights) {
    figure.caption.append(" ").append(summary_of(weights, output.n_models));
  }
  figure.panels = {weight_panel(output)};
  return figure.panels.front().traces.empty() ? std::nullopt : std::optional(figure);
}

}  // namespace eddy::report
