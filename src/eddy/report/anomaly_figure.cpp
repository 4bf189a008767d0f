#include <eddy/report/anomaly.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/excess_spectrum.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/search/anomaly.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace eddy::report {
namespace {

constexpr const char* kSignalName = "labelled signal in data";

Trace signal_step(const ExcessSpectrum& spectrum) {
  return {.kind = TraceKind::kStep,
          .name = kSignalName,
          .role = "signal",
          .x = spectrum.signal->edges,
          .y = spectrum.signal->counts};
}

/// Background with its whole error.
Trace background_band(const ExcessSpectrum& spectrum) {
  Trace band{.kind = TraceKind::kBand,
             .name = "error of the background",
             .role = "expectation_band",
             .x = spectrum.background.edges};
  for (std::size_t bin = 0; bin < spectrum.background.sums.size(); ++bin) {
    const double error = background_error(spectrum, bin);
    band.low.push_back(std::max(0.0, spectrum.background.sums[bin] - error));
    band.high.push_back(spectrum.background.sums[bin] + error);
  }
  return band;
}

/// Observed minus background, with the labelled signal that it should be.
LowerPanel excess_panel(const ExcessSpectrum& spectrum) {
  LowerPanel panel{.y = {.label = "difference", .unit = ""}, .traces = {}};
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {0}});
  if (spectrum.signal) {
    panel.traces.push_back(signal_step(spectrum));
  }
  Trace excess = excess_points(spectrum);
  const double low = std::min(0.0, std::ranges::min(excess.low));
  const double high = std::max(0.0, std::ranges::max(excess.high));
  const double margin = 0.05 * (high - low);
  panel.y.range = {low - margin, high + margin};
  panel.traces.push_back(std::move(excess));
  return panel;
}

Panel spectrum_panel(const ExcessSpectrum& spectrum, const std::string& background) {
  Panel panel{.id = spectrum.quantity.name,
              .title = spectrum.quantity.name,
              .x = {spectrum.quantity.name, spectrum.quantity.unit},
              .y = {"events per bin", ""}};
  panel.x.range = {spectrum.observed.edges.front(), spectrum.observed.edges.back()};
  panel.traces = {background_band(spectrum),
                  sum_step(spectrum.background, "background expected: " + background, "expectation")};
  if (spectrum.signal) {
    panel.traces.push_back(signal_step(spectrum));
  }
  panel.traces.push_back(count_points(spectrum.observed, "data that pass", "data"));
  const double highest =
      std::max(std::ranges::max(panel.traces.front().high), std::ranges::max(panel.traces.back().high));
  panel.y.range = {0, 1.1 * highest};
  panel.below = excess_panel(spectrum);
  return panel;
}

std::string caption_of(const search::Finding& finding, const search::SelectedEvents& selected) {
  const search::WorkingPoint& point = finding.working_points[selected.working_point];
  return fmt::format(
      "The {} events of the signal region that pass the cut at efficiency {} (the tightest with {:.0f} events, if one "
      "has as many; "
      "68 % Garwood intervals), beside the {} background events that are predicted among them; below, the difference. "
      "{} Its errors are those of both samples and of the prediction, which moves all bins together. A signal shows in "
      "the same events of all features. This describes what the cut selects, and is no evidence: the score was trained "
      "to find where data exceed the background, and a fluctuation looks the same. The first and last bins are "
      "inclusive.",
      format_count(static_cast<double>(selected.columns.rows())), format_percent(point.efficiency),
      search::kFewestShown, format_with_error(selected.predicted, selected.predicted_error),
      page_of(finding.evidence).selected_background);
}

}  // namespace

std::optional<Figure> anomaly_figure(const search::Finding& finding) {
  const std::vector<ExcessSpectrum> spectra = excess_spectra(finding);
  if (spectra.empty()) {
    return std::nullopt;
  }
  const search::SelectedEvents& selected = *finding.anomaly->selected;
  Figure figure{.id = "anomaly",
                .section = kAnomalySection,
                .title = "Selected events, and the background expected among them",
                .caption = caption_of(finding, selected)};
  for (const ExcessSpectrum& spectrum : spectra) {
    figure.panels.push_back(spectrum_panel(spectrum, selected.background));
  }
  place_in_two_columns(figure);
  return figure;
}

}  // namespace eddy::report
