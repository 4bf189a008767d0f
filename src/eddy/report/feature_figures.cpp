#include <eddy/report/feature_figures.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/sample_columns.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::report {
namespace {

constexpr std::size_t kBins = 45;
constexpr std::size_t kCornerBins = 20;
constexpr std::size_t kMaxCornerFeatures = 6;  // 15 pairs: more cannot be read on a page
constexpr double kMinEventsForPull = 10;       // of data and template together; below, a Gaussian pull misleads

/// What data are compared with.
struct Names {
  const char* data;
  const char* reference;
  const char* reference_role;  // its colour
};
constexpr Names kTemplateNames = {"data", "template", "template"};
constexpr Names kSidebandNames = {"data, signal region", "data, sidebands", "control"};

/// One quantity in the three samples.
struct Shapes {
  Names names;
  std::vector<float> data;
  std::vector<float> reference;
  std::vector<float> signal;
  std::vector<float> reference_weight = {};  ///< empty: 1 each
  std::vector<float> signal_weight = {};
};

Axis density_axis(const search::Quantity& quantity) {
  return {.label = "probability density", .unit = quantity.unit.empty() ? "" : "1/" + quantity.unit};
}

LowerPanel ratio_panel(const Names& names, const Histogram& data, const Histogram& reference) {
  const bool is_template = names.reference == kTemplateNames.reference;
  LowerPanel panel{.y = {.label = is_template ? "data / template" : "SR / sidebands", .unit = ""}, .traces = {}};
  panel.traces.push_back(relative_error_band(reference, is_template ? "template statistics" : "sideband statistics",
                                             std::string(names.reference_role) + "_band"));
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
  panel.traces.push_back(ratio_points(data, reference, names.data, "data"));
  panel.y.range = ratio_range({panel.traces.back()});
  return panel;
}

/// Adds the shapes that have events; the ratio only where both have.
void add_shapes(Panel& panel, const Shapes& shapes, const std::vector<double>& edges) {
  const Histogram data = fill(edges, shapes.data);
  const Histogram reference = fill(edges, shapes.reference, shapes.reference_weight);
  if (!shapes.reference.empty()) {
    panel.traces.push_back(density_step(reference, shapes.names.reference, shapes.names.reference_role));
  }
  if (!shapes.signal.empty()) {
    panel.traces.push_back(
        density_step(fill(edges, shapes.signal, shapes.signal_weight), "signal (simulated)", "signal"));
  }
  if (!shapes.data.empty()) {
    panel.traces.push_back(density_points(data, shapes.names.data, "data"));
  }
  if (data.total() > 0 && reference.total() > 0) {
    panel.below = ratio_panel(shapes.names, data, reference);
  }
}

Panel shape_panel(const search::Quantity& quantity, const std::string& region, const Shapes& shapes, double anchor) {
  const std::array<std::vector<float>, 2> ranged = {shapes.data, shapes.reference};
  Panel panel{.id = quantity.name,
              .title = quantity.name + ", " + region,
              .x = {quantity.name, quantity.unit},
              .y = density_axis(quantity)};
  const std::vector<double> edges = common_edges(ranged, kBins, anchor);
  panel.x.range = {edges.front(), edges.back()};
  add_shapes(panel, shapes, edges);
  return panel;
}

Panel context_panel(const search::Finding& output, const search::ScoredSample& signal) {
  const Region region = output.is_blind ? Region::kControl : Region::kAll;
  const Shapes shapes{kTemplateNames,
                      context_column(output.data, region),
                      context_column(output.template_sample, region),
                      context_column(signal, region),
                      weight_column(output.template_sample, region),
                      weight_column(signal, region)};
  Panel panel = shape_panel(output.context, output.is_blind ? "outside the signal region" : "whole selection", shapes,
                            *output.context_cut);
  panel.y.scale = Scale::kLog;
  panel.y.range = log_range(panel.traces);
  if (!output.is_blind) {  // then it would be the end of the axis
    panel.traces.push_back({.kind = TraceKind::kVerticalLine,
                            .name = "signal region threshold",
                            .role = "cut",
                            .x = {*output.context_cut},
                            .text = "signal region →"});
  }
  return panel;
}

/// (n_data - s n_template) / sqrt(s (n_data + n_template)), s = N_data / N_template: the deviation of n_data from its
/// expectation given the sum of both, in units of its (binomial) standard deviation. Of weighted template n_template is
/// the effective number, sum^2 / `squares`, each of which counts squares / sum.
std::vector<double> pulls(const std::vector<double>& data, const std::vector<double>& reference,
                          const std::vector<double>& squares, double scale) {
  std::vector<double> values(data.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t bin = 0; bin < data.size(); ++bin) {
    const double unit = reference[bin] > 0 ? squares[bin] / reference[bin] : 1;
    const double n_reference = reference[bin] / unit;
    const double both = data[bin] + n_reference;
    if (both >= kMinEventsForPull) {
      values[bin] = (data[bin] - scale * reference[bin]) / std::sqrt(scale * unit * both);
    }
  }
  return values;
}

std::string pull_summary(const std::vector<double>& values) {
  double sum_of_squares = 0;
  std::size_t n = 0;
  for (const double value : values) {
    if (std::isfinite(value)) {
      sum_of_squares += value * value;
      ++n;
    }
  }
  return n == 0 ? std::string("too few events") : fmt::format("Σ pull² / bins = {:.0f} / {}", sum_of_squares, n);
}

std::vector<float> squared(std::vector<float> values) {
  std::ranges::transform(values, values.begin(), [](float value) { return value * value; });
  return values;
}

Panel pull_panel(const search::Finding& output, std::size_t x, std::size_t y) {
  const auto& quantities = output.features;
  const std::array<std::vector<float>, 2> data = {feature_column(output.data, x, Region::kSignal),
                                                  feature_column(output.data, y, Region::kSignal)};
  const std::array<std::vector<float>, 2> reference = {feature_column(output.template_sample, x, Region::kSignal),
                                                       feature_column(output.template_sample, y, Region::kSignal)};
  const std::vector<double> x_edges = common_edges(std::array{data[0], reference[0]}, kCornerBins);
  const std::vector<double> y_edges = common_edges(std::array{data[1], reference[1]}, kCornerBins);
  const std::vector<float> weight = weight_column(output.template_sample, Region::kSignal);
  const std::vector<double> in_reference = fill_2d(x_edges, y_edges, reference[0], reference[1], weight);
  const std::vector<double> squares = fill_2d(x_edges, y_edges, reference[0], reference[1], squared(weight));
  const double scale =
      static_cast<double>(data[0].size()) / std::accumulate(in_reference.begin(), in_reference.end(), 0.0);
  Trace map{.kind = TraceKind::kHeatmap, .name = "pull", .role = "pull", .x = x_edges, .y = y_edges};
  map.counts = fill_2d(x_edges, y_edges, data[0], data[1]);
  map.z = pulls(map.counts, in_reference, squares, scale);
  Panel panel{.id = quantities[y].name + " vs " + quantities[x].name,
              .title = pull_summary(map.z),
              .row = y,
              .column = x,
              .x = {quantities[x].name, quantities[x].unit},
              .y = {quantities[y].name, quantities[y].unit}};
  panel.x.range = {x_edges.front(), x_edges.back()};
  panel.y.range = {y_edges.front(), y_edges.back()};
  panel.traces = {std::move(map)};
  return panel;
}

Panel diagonal_panel(const search::Finding& output, std::size_t feature) {
  const Shapes shapes{kTemplateNames,
                      feature_column(output.data, feature, Region::kSignal),
                      feature_column(output.template_sample, feature, Region::kSignal),
                      {},
                      weight_column(output.template_sample, Region::kSignal)};
  Panel panel = shape_panel(output.features[feature], "signal region", shapes, 0);
  panel.title = output.features[feature].name;
  panel.row = feature;
  panel.column = feature;
  panel.below.reset();
  return panel;
}

}  // namespace

std::optional<Figure> template_feature_figure(const search::Finding& output, const search::ScoredSample& signal) {
  if (output.data.size() == 0 && output.template_sample.size() == 0) {
    return std::nullopt;
  }
  const Region region = output.is_blind ? Region::kControl : Region::kSignal;
  const char* name = output.is_blind ? "outside the signal region" : "signal region";
  Figure figure{
      .id = "features",
      .section = "Inputs",
      .title = "Features of data and template",
      .caption = fmt::format(
          "Shapes, each normalised to unit area: {0} {3} "
          "({1}). Data with 68 % Garwood intervals; below, data divided by template, where the shaded band is the "
          "statistical uncertainty of the template. The first and last bins include everything beyond the axis. "
          "A template may differ from data in {0}: the method conditions on it. Ratios beyond the axis are in the "
          "CSV.{2}",
          output.context.name, cut_with_unit(output.signal_region, output.context),
          output.template_sample.weight.empty() ? "" : " Template events count by their weights.",
          output.is_blind ? "and the features outside of the signal region, which is closed"
                          : "over the whole selection, the features in the signal region")};
  figure.panels.push_back(context_panel(output, signal));
  for (std::size_t j = 0; j < output.features.size(); ++j) {
    const Shapes shapes{kTemplateNames,
                        feature_column(output.data, j, region),
                        feature_column(output.template_sample, j, region),
                        feature_column(signal, j, region),
                        weight_column(output.template_sample, region),
                        weight_column(signal, region)};
    figure.panels.push_back(shape_panel(output.features[j], name, shapes, 0));
  }
  place_in_two_columns(figure);
  return figure;
}

std::optional<Figure> sideband_feature_figure(const search::Finding& output, const search::ScoredSample& signal) {
  if (output.data.x.rows() == 0) {
    return std::nullopt;
  }
  Figure figure{
      .id = "features",
      .section = "Features",
      .title = "Features in the signal region and in the sidebands",
      .caption = fmt::format(
          "Shapes, each normalised to unit area, of data in the signal region ({1}; 68 % Garwood intervals) and in the "
          "sidebands; below, their ratio, where the shaded band is the statistical uncertainty of the sidebands. A "
          "ratio that leans is a feature that depends on {0}, which the background does as well as a signal: it is "
          "why the flow is conditioned on {0}. A narrow excess may be a signal. The first and last bins include "
          "everything beyond the axis.",
          output.context.name, cut_with_unit(output.signal_region, output.context))};
  for (std::size_t j = 0; j < output.features.size(); ++j) {
    const Shapes shapes{kSidebandNames,
                        feature_column(output.data, j, Region::kSignal),
                        feature_column(output.data, j, Region::kControl),
                        feature_column(signal, j, Region::kSignal),
                        {},
                        weight_column(signal, Region::kSignal)};
    figure.panels.push_back(shape_panel(output.features[j], "signal region", shapes, 0));
    figure.panels.back().title = output.features[j].name;
  }
  place_in_two_columns(figure);
  return figure;
}

std::optional<Figure> corner_figure(const search::Finding& output) {
  if (feature_column(output.data, 0, Region::kSignal).empty() ||
      feature_column(output.template_sample, 0, Region::kSignal).empty()) {
    return std::nullopt;
  }
  const std::size_t n_shown = std::min(output.features.size(), kMaxCornerFeatures);
  Figure figure{
      .id = "corner",
      .section = "Inputs",
      .title = "Data against template, feature by feature",
      .caption = fmt::format(
          "Signal region. Diagonal: shapes of data (points) and template (line). Below it: the pull of each bin, "
          "(data − scaled template) / standard deviation. Scattered pale bins are statistical fluctuations "
          "(Σ pull² close to the number of bins); a connected coloured patch is a difference. The template is not "
          "reweighted in {}, so a different {} spectrum shows here too. Bins with fewer than {:.0f} events are "
          "left grey.{}",
          output.context.name, output.context.name, kMinEventsForPull,
          n_shown < output.features.size()
              ? fmt::format(" The first {} of {} features are shown.", n_shown, output.features.size())
              : std::string{})};
  figure.colors = ColorScale{"pull", "diverging", Scale::kLinear, {-4, 4}};
  for (std::size_t row = 0; row < n_shown; ++row) {
    for (std::size_t column = 0; column < row; ++column) {
      figure.panels.push_back(pull_panel(output, column, row));
    }
    figure.panels.push_back(diagonal_panel(output, row));
  }
  return figure;
}

}  // namespace eddy::report
