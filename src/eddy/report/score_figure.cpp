#include <eddy/report/histogram.hpp>
#include <eddy/report/sample_columns.hpp>
#include <eddy/report/score_figure.hpp>

#include <array>
#include <utility>
#include <vector>

namespace eddy::report {
namespace {

constexpr std::size_t kBins = 40;

}  // namespace

std::optional<Figure> score_figure(const search::Finding& output, const search::ScoredSample& reference,
                                   const search::ScoredSample& signal, const ScoreText& text) {
  const std::array<std::vector<float>, 4> scores = {
      score_column(reference, Region::kAll), score_column(output.data, Region::kControl),
      score_column(signal, Region::kSignal), score_column(output.data, Region::kSignal)};
  if (scores[1].empty() && scores[3].empty()) {
    return std::nullopt;
  }
  const std::vector<double> edges = common_edges(scores, kBins);
  Panel panel{.id = "scores", .title = "", .x = {"classifier output", ""}, .y = {"probability density", ""}};
  panel.x.range = {edges.front(), edges.back()};
  const std::array<std::string, 3> names = {text.reference, "data, " + text.control_region, "signal (simulated)"};
  constexpr std::array<const char*, 3> kRoles = {"template", "control", "signal"};
  const std::array<std::vector<float>, 3> weights = {
      weight_column(reference, Region::kAll), {}, weight_column(signal, Region::kSignal)};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!scores[i].empty()) {
      panel.traces.push_back(density_step(fill(edges, scores[i], weights[i]), names[i], kRoles[i]));
    }
  }
  if (!scores[3].empty()) {
    panel.traces.push_back(density_points(fill(edges, scores[3]), "data, signal region", "data"));
  }
  panel.y.scale = Scale::kLog;
  panel.y.range = log_range(panel.traces);
  Figure figure{
      .id = "scores",
      .section = text.section,
      .title = "Classifier output",
      .caption = "Shapes, normalised to unit area; every event was scored by classifiers that never saw it. " +
                 text.judgement + " The first and last bins are inclusive."};
  figure.panels = {std::move(panel)};
  return figure;
}

void add_labelled_signal(const search::ScoredSample& data, const std::vector<double>& edges, Panel& panel) {
  const std::vector<float> signal = selection_column(labelled_signal(data), Region::kSignal);
  if (signal.empty()) {
    return;
  }
  const Histogram known = fill(edges, signal);
  panel.traces.push_back({.kind = TraceKind::kStep,
                          .name = "labelled signal in data",
                          .role = "signal",
                          .x = known.edges,
                          .y = known.counts,
                          .counts = known.counts});
}

}  // namespace eddy::report
