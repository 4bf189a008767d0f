#include <eddy/base/matrix.hpp>
#include <eddy/report/evidence/template_count/marginal_figures.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/weighted_histogram.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace eddy::report {
namespace {

constexpr std::size_t kFeatureBins = 32;
constexpr double kSteep = 0.05;  // median over largest bin
constexpr const char* kBandName = "constructed: statistical error";

/// One quantity of a region in common bins.
struct Marginal {
  Histogram truth;
  WeightedHistogram constructed;
  WeightedHistogram simulation;  ///< scaled to the number of true events
};

Marginal marginal_of(const search::RegionComparison& region, std::size_t c) {
  const std::vector<float> truth = base::column(region.truth, c);
  const std::vector<float> constructed = base::column(region.constructed, c);
  const std::vector<float> simulation = base::column(region.simulation, c);
  const std::vector<double> edges = common_edges(std::array{truth, simulation}, kFeatureBins);
  const Histogram simulated = fill(edges, simulation, region.simulation_weight);
  const double scale = static_cast<double>(truth.size()) / simulated.total();
  return {fill(edges, truth), fill_weighted(edges, constructed, region.weight, region.source),
          scaled(simulated, scale)};
}

/// "34/30"; `n_fixed`: sums that were made equal, each of which takes a degree of freedom.
std::string chi2_text(const Histogram& truth, const WeightedHistogram& predicted, std::size_t n_fixed) {
  const Agreement found = agreement(truth, predicted);
  return found.n_bins <= n_fixed ? std::string("–") : fmt::format("{:.0f}/{}", found.chi2, found.n_bins - n_fixed);
}

/// Bins divided by those of the truth; NaN where it has none.
WeightedHistogram over_truth(WeightedHistogram histogram, const Histogram& truth) {
  for (std::size_t bin = 0; bin < truth.counts.size(); ++bin) {
    const double n = truth.counts[bin] > 0 ? truth.counts[bin] : std::numeric_limits<double>::quiet_NaN();
    histogram.sums[bin] /= n;
    histogram.variance[bin] /= n * n;
  }
  return histogram;
}

LowerPanel ratios(const Marginal& marginal) {
  LowerPanel panel{.y = {.label = "ratio to true", .unit = ""}, .traces = {}};
  const WeightedHistogram constructed = over_truth(marginal.constructed, marginal.truth);
  panel.traces.push_back(relative_error_band(marginal.truth, "Poisson error of true events", "data_band"));
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
  panel.traces.push_back(sum_step(over_truth(marginal.simulation, marginal.truth), "simulation as it is", "template"));
  panel.traces.push_back(sum_band(constructed, kBandName, "method_band"));
  panel.traces.push_back(sum_step(constructed, "constructed", "method"));
  panel.y.range = ratio_range(panel.traces);
  return panel;
}

/// Whether most bins of a linear axis would look empty.
bool is_steep(const Histogram& histogram) {
  std::vector<double> counts = histogram.counts;
  std::ranges::sort(counts);
  return counts[counts.size() / 2] < kSteep * counts.back();
}

Panel marginal_panel(const search::Quantity& quantity, const Marginal& marginal, const std::string& truth_name) {
  const std::string chi2 = chi2_text(marginal.truth, marginal.constructed, 0);
  Panel panel{.id = quantity.name,
              .title = fmt::format("{}: χ²/ndof = {} (simulation {})", quantity.name, chi2,
                                   chi2_text(marginal.truth, marginal.simulation, 1)),
              .x = {quantity.name, quantity.unit},
              .y = {"events per bin", ""}};
  panel.x.range = {marginal.truth.edges.front(), marginal.truth.edges.back()};
  panel.traces = {sum_step(marginal.simulation, "simulation as it is", "template"),
                  sum_band(marginal.constructed, kBandName, "method_band"),
                  sum_step(marginal.constructed, "constructed", "method"),
                  count_points(marginal.truth, truth_name, "data")};
  const bool steep = is_steep(marginal.truth);
  panel.y.scale = steep ? Scale::kLog : Scale::kLinear;
  const std::array<double, 2> range = log_range(panel.traces, steep ? 2 : 1.15);
  panel.y.range = steep ? std::array{std::max(range[0], 0.3), range[1]} : std::array{0.0, range[1]};
  panel.below = ratios(marginal);
  return panel;
}

std::string caption_of(const search::RegionComparison& region, const std::string& method) {
  const double n = std::accumulate(region.weight.begin(), region.weight.end(), 0.0);
  return fmt::format(
      "Events per bin in the {}: {} (68 % Garwood intervals), the background that {} constructs, as it predicts it "
      "({} events for {}; band: √Σw², copies of one simulated event added first), and the simulation as it is, scaled "
      "to the same number. Below, both divided by the true events, whose Poisson error is the grey band. χ² counts "
      "the errors of both sides in bins where at least five events are expected; neighbouring variables share "
      "events. The first and last bins are inclusive.",
      region.region, region.true_name, method, format_count(std::round(n)),
      format_count(static_cast<double>(region.truth.rows())));
}

}  // namespace

std::optional<Figure> marginal_figure(const search::Finding& output, const std::string& region) {
  const auto found = std::ranges::find_if(output.regions, [&](const auto& r) { return r.region == region; });
  if (found == output.regions.end() || found->truth.rows() == 0 || found->simulation.rows() == 0) {
    return std::nullopt;
  }
  const bool is_control = region == "control region";
  Figure figure{
      .id = is_control ? "marginals-control" : "marginals-signal",
      .section = "Constructed background",
      .title = is_control ? "Control region: events that no training has seen" : "Signal region: extrapolated",
      .caption = caption_of(*found, search::method_title(output.method))};
  std::vector<search::Quantity> quantities = output.features;
  quantities.insert(quantities.end(), output.contexts.begin(), output.contexts.end());
  for (std::size_t c = 0; c < quantities.size(); ++c) {
    figure.panels.push_back(marginal_panel(quantities[c], marginal_of(*found, c), found->true_name));
  }
  place_in_two_columns(figure);
  return figure;
}

}  // namespace eddy::report
