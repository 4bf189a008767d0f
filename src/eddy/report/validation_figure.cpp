#include <eddy/report/number_format.hpp>
#include <eddy/report/validation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::report {
namespace {

/// Observed over predicted of each experiment, beside its cut.
Trace experiments_trace(const std::vector<search::ValidatedCut>& cuts) {
  Trace trace{.kind = TraceKind::kPoints, .name = "trainings without signal", .role = "data", .style = "open"};
  for (std::size_t c = 0; c < cuts.size(); ++c) {
    const std::size_t n = cuts[c].observed.size();
    for (std::size_t i = 0; i < n; ++i) {
      const double ratio = cuts[c].observed[i] / cuts[c].predicted[i];
      if (std::isfinite(ratio)) {
        const double offset = 0.1 + 0.25 * static_cast<double>(i) / static_cast<double>(std::max<std::size_t>(1, n));
        trace.x.push_back(static_cast<double>(c + 1) + offset);
        trace.y.push_back(ratio);
      }
    }
  }
  return trace;
}

Trace correction_trace(const std::vector<search::ValidatedCut>& cuts) {
  Trace trace{.kind = TraceKind::kPoints, .name = "correction of the search, with its error", .role = "prediction"};
  for (std::size_t c = 0; c < cuts.size(); ++c) {
    if (cuts[c].is_known) {
      const search::Correction& correction = cuts[c].correction;
      trace.x.push_back(static_cast<double>(c + 1));
      trace.y.push_back(correction.factor);
      trace.low.push_back(correction.factor * std::exp(-correction.error));
      trace.high.push_back(correction.factor * std::exp(correction.error));
    }
  }
  return trace;
}

/// Observed over predicted of each window at one cut, with the errors of count and fit.
Trace windows_trace(const std::vector<search::ValidationWindow>& windows, double efficiency) {
  Trace trace{.kind = TraceKind::kPoints, .name = "validation windows", .role = "data"};
  for (const search::ValidationWindow& window : windows) {
    const auto cut = std::ranges::find(window.cuts, efficiency, &search::WindowCut::efficiency);
    if (cut == window.cuts.end() || !(cut->predicted > 0)) {
      continue;
    }
    const double ratio = cut->observed / cut->predicted;
    const double error = relative_error(cut->predicted, cut->predicted_error);
    trace.x.push_back((window.low + window.high) / 2);
    trace.y.push_back(ratio);
    trace.low.push_back(ratio - error);
    trace.high.push_back(ratio + error);
    trace.counts.push_back(cut->observed);
  }
  return trace;
}

/// What the prediction in the signal region is multiplied by, over its width.
Trace correction_band(const search::Correction& correction, stats::MassWindow signal_region) {
  return {.kind = TraceKind::kBand,
          .name = "correction of the search, with its error",
          .role = "prediction",
          .x = {signal_region.low, signal_region.high},
          .low = {correction.factor * std::exp(-correction.error)},
          .high = {correction.factor * std::exp(correction.error)}};
}

Panel windows_panel(const search::TriedWindows& tried, const search::ValidatedCut& cut) {
  Panel panel{.id = "efficiency_" + format_percent(cut.efficiency),
              .title = "ε = " + format_percent(cut.efficiency),
              .x = {.label = tried.axis.name, .unit = tried.axis.unit},
              .y = {.label = "observed / predicted"}};
  if (cut.is_known) {
    panel.traces.push_back(correction_band(cut.correction, tried.signal_region));
  }
  panel.traces.push_back(windows_trace(tried.windows, cut.efficiency));
  if (cut.is_known) {
    panel.traces.push_back({.kind = TraceKind::kHorizontalLine,
                            .name = "trainings without signal",
                            .role = "prediction",
                            .style = "dash",
                            .y = {cut.experiments.factor}});
  }
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
  return panel;
}

}  // namespace

std::optional<Figure> windows_figure(const std::optional<search::Validation>& validation) {
  if (!validation) {
    return std::nullopt;
  }
  Figure figure{.id = "validation_windows",
                .section = "Validation",
                .title = "The chain beside the signal region",
                .caption =
                    "Events that pass each cut over what was predicted, where the whole chain was trained anew as if a "
                    "window beside the signal region was that, and no event of the real one was used."};
  if (validation->n_experiments > 0) {
    figure.caption +=
        " Points at the dashed line: the trainings without signal know all that is wrong. The band stands at the "
        "signal region: what its prediction is multiplied by.";
  }
  const search::TriedWindows& tried = validation->tried;
  for (const search::ValidatedCut& cut : validation->cuts) {
    if ((cut.is_known || validation->n_experiments == 0) && !windows_trace(tried.windows, cut.efficiency).x.empty()) {
      figure.panels.push_back(windows_panel(tried, cut));
    }
  }
  if (figure.panels.empty()) {
    return std::nullopt;
  }
  place_in_two_columns(figure);
  return figure;
}

std::optional<Figure> validation_figure(const std::optional<search::Validation>& validation) {
  if (!validation) {
    return std::nullopt;
  }
  Panel panel{.id = "ratio", .x = {.label = "cut"}, .y = {"background / prediction", ""}};
  for (const search::ValidatedCut& cut : validation->cuts) {
    panel.x.ticks.push_back("ε = " + format_percent(cut.efficiency));
  }
  panel.x.range = {{0.5, static_cast<double>(validation->cuts.size()) + 0.7}};
  panel.traces = {experiments_trace(validation->cuts),
                  correction_trace(validation->cuts),
                  {.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}}};
  if (panel.traces.front().x.empty()) {
    return std::nullopt;
  }
  Figure figure{.id = "validation",
                .section = "Validation",
                .title = "What the chain predicts where there is nothing",
                .caption = fmt::format(
                    "Background that passes each cut in the signal region over what was predicted, for {} trainings of "
                    "the whole chain without signal ({}), each judged on many fresh events. Above 1: the score finds "
                    "what the background model gets wrong. The prediction of the search is multiplied by their mean, "
                    "and its error holds their spread.",
                    validation->n_experiments - validation->n_failed, validation->source)};
  figure.panels.push_back(std::move(panel));
  return figure;
}

}  // namespace eddy::report
