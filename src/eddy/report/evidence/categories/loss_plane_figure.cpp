#include <eddy/report/evidence/categories/loss_plane_figure.hpp>
#include <eddy/report/histogram.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace eddy::report {
namespace {

constexpr std::size_t kBins = 50;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// log10 of one loss of each event.
std::vector<float> log_losses(const search::LossSample& sample, std::size_t d) {
  constexpr float kSmallest = 1e-6F;
  std::vector<float> values(sample.loss.rows());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::log10(std::max(sample.loss(i, d), kSmallest));
  }
  return values;
}

std::string axis_label(const std::string& loss) { return fmt::format("log₁₀ loss of {}", loss); }

/// The part of a box in the plane of the first two losses that lies in the panel, as a closed line.
void add_box(const search::LossBox& box, const Panel& panel, Trace& line) {
  const auto x_range = panel.x.range.value();
  const auto y_range = panel.y.range.value();
  const auto clipped = [](double loss, const std::array<double, 2>& range) {
    return loss > 0 ? std::clamp(std::log10(loss), range[0], range[1]) : range[0];
  };
  const double left = clipped(box.low[0], x_range);
  const double right = clipped(box.high[0], x_range);
  const double bottom = clipped(box.low[1], y_range);
  const double top = clipped(box.high[1], y_range);
  for (const auto& [x, y] : {std::array{left, bottom}, {right, bottom}, {right, top}, {left, top}, {left, bottom}}) {
    line.x.push_back(x);
    line.y.push_back(y);
  }
  line.x.push_back(kNaN);
  line.y.push_back(kNaN);
}

/// Boxes in more than two dimensions overlap in the plane: only the cut that all have in common is drawn then.
void add_selections(const search::Finding& output, Panel& panel) {
  const search::LossSpace& space = *output.loss_space;
  const auto* categories = search::evidence_of<search::CategorySearch>(output);
  if (categories != nullptr && space.losses.size() == 2) {
    Trace boxes{.kind = TraceKind::kLine, .name = "categories (method 2)", .role = "guide", .style = "thin"};
    for (const search::LossBox& box : categories->boxes) {
      add_box(box, panel, boxes);
    }
    panel.traces.push_back(std::move(boxes));
  } else if (categories != nullptr) {
    panel.traces.push_back({.kind = TraceKind::kVerticalLine,
                            .name = "preselection (method 2)",
                            .role = "cut",
                            .x = {std::log10(categories->threshold)}});
  }
  if (space.cuts) {
    Trace best{.kind = TraceKind::kLine, .name = "best cut (method 1, biased)", .role = "series_2", .style = "dash"};
    add_box(space.cuts->cuts[space.cuts->best].box, panel, best);
    panel.traces.push_back(std::move(best));
  }
}

/// Fraction of the sample per bin, in per mille: samples of different size share one scale of colours.
Trace density(const search::LossSample& sample, const std::vector<double>& x_edges,
              const std::vector<double>& y_edges) {
  Trace map{.kind = TraceKind::kHeatmap, .name = sample.name, .role = "density", .x = x_edges, .y = y_edges};
  map.counts = fill_2d(x_edges, y_edges, log_losses(sample, 0), log_losses(sample, 1), sample.weight);
  map.z = map.counts;
  const double total = std::accumulate(map.counts.begin(), map.counts.end(), 0.0);
  for (double& z : map.z) {
    z = z > 0 ? 1000 * z / total : kNaN;
  }
  return map;
}

}  // namespace

std::optional<Figure> loss_plane_figure(const search::Finding& output) {
  const search::LossSpace& space = *output.loss_space;
  if (space.losses.size() < 2 || space.data.loss.rows() == 0) {
    return std::nullopt;
  }
  std::vector<const search::LossSample*> samples = {&space.data, &space.background};
  for (const search::LossSample& prior : space.priors) {
    samples.push_back(&prior);
  }
  std::vector<std::vector<float>> x;
  std::vector<std::vector<float>> y;
  for (const search::LossSample* sample : samples) {
    x.push_back(log_losses(*sample, 0));
    y.push_back(log_losses(*sample, 1));
  }
  const std::vector<double> x_edges = common_edges(x, kBins);
  const std::vector<double> y_edges = common_edges(y, kBins);
  Figure figure{.id = "loss-plane",
                .section = "Space of losses",
                .title = "The plane of two losses",
                .caption = fmt::format(
                    "Where data, held-out background and held-out events of each prior lie: the reconstruction loss of "
                    "the network of {0} against that of the network of {1}, in parts per mille of each sample. "
                    "Background should lie at the left, a signal like {1} at the bottom; an anomaly lies to the right "
                    "of the background. Lines: what the search selects.",
                    space.losses[0], space.losses[1])};
  double most = 1;
  for (const search::LossSample* sample : samples) {
    Panel panel{.id = sample->name,
                .title = sample->name,
                .x = {axis_label(space.losses[0]), ""},
                .y = {axis_label(space.losses[1]), ""}};
    panel.x.range = {x_edges.front(), x_edges.back()};
    panel.y.range = {y_edges.front(), y_edges.back()};
    panel.traces.push_back(density(*sample, x_edges, y_edges));
    for (const double z : panel.traces.back().z) {
      most = std::fmax(most, z);
    }
    add_selections(output, panel);
    figure.panels.push_back(std::move(panel));
  }
  place_in_two_columns(figure);
  figure.colors = ColorScale{"‰ of the sample per bin", "sequential", Scale::kLog, {0.01, most}};
  return figure;
}

}  // namespace eddy::report
