#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/weighted_spectrum.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/weighted_histogram.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace eddy::report {
namespace {

Trace step_of(const std::vector<double>& edges, std::vector<double> values, const char* name, const char* role) {
  return {.kind = TraceKind::kStep, .name = name, .role = role, .x = edges, .y = std::move(values)};
}

/// `values` with the errors of the sums of weights.
Trace weighted_points(const search::WeightedSpectrum& spectrum, const std::vector<double>& values) {
  Trace trace{.kind = TraceKind::kPoints,
              .name = "data, weighted",
              .role = "data",
              .x = centres_of(spectrum.edges),
              .y = values};
  for (std::size_t bin = 0; bin < values.size(); ++bin) {
    const double error = std::sqrt(spectrum.variance[bin]);
    trace.low.push_back(values[bin] - error);
    trace.high.push_back(values[bin] + error);
  }
  return trace;
}

std::vector<double> without(std::vector<double> values, const std::vector<double>& background) {
  std::ranges::transform(values, background, values.begin(), std::minus<>());
  return values;
}

LowerPanel difference_panel(const search::WeightedSpectrum& spectrum) {
  LowerPanel panel{.y = {.label = "difference", .unit = ""}, .traces = {}};
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {0}});
  panel.traces.push_back(
      step_of(spectrum.edges, without(spectrum.fitted, spectrum.background), "signal + background fit", "signal"));
  panel.traces.push_back(weighted_points(spectrum, without(spectrum.sums, spectrum.background)));
  return panel;
}

std::string caption_of(const search::WeightedSpectrum& spectrum) {
  return fmt::format(
      "All events of the fit range, each with the likelihood ratio R = s / (1 − s) of its score s as weight, in place "
      "of "
      "a cut. Errors are √ΣR². Background alone, and background with a signal of the shape that is sought, are fitted "
      "to the sums over {:.3g}, the weight of one equivalent event in the sidebands (scaled Poisson); below, what is "
      "above the background alone. Signal: {} (sum of weights), local {}; goodness of the background shape in the "
      "sidebands {:.2g}. Not calibrated, and no verdict: validation and null experiments are those of the cuts, and "
      "what "
      "the score learned from the background model's errors weighs here too.",
      spectrum.event_weight, format_with_error(spectrum.strength, spectrum.strength_error),
      significance_text(spectrum.z, spectrum.p_value), spectrum.goodness_of_fit);
}

}  // namespace

Json weighted_spectrum_json(const search::WeightedSpectrum& spectrum) {
  return {{"edges", spectrum.edges},
          {"sums", numbers_or_null(spectrum.sums)},
          {"variance", numbers_or_null(spectrum.variance)},
          {"background", numbers_or_null(spectrum.background)},
          {"fitted", numbers_or_null(spectrum.fitted)},
          {"event_weight", number_or_null(spectrum.event_weight)},
          {"n_effective", number_or_null(spectrum.n_effective)},
          {"strength", number_or_null(spectrum.strength)},
          {"strength_error", number_or_null(spectrum.strength_error)},
          {"p_value", number_or_null(spectrum.p_value)},
          {"z", number_or_null(spectrum.z)},
          {"goodness_of_fit", number_or_null(spectrum.goodness_of_fit)}};
}

std::optional<Figure> weighted_spectrum_figure(const search::Finding& finding) {
  if (!finding.weighted_spectrum) {
    return std::nullopt;
  }
  const search::WeightedSpectrum& spectrum = *finding.weighted_spectrum;
  Panel panel{.id = "spectrum",
              .title = "",
              .x = {finding.context.name, finding.context.unit},
              .y = {"sum of weights per bin", "", Scale::kLog}};
  panel.x.range = {spectrum.edges.front(), spectrum.edges.back()};
  panel.traces = {step_of(spectrum.edges, spectrum.background, "background alone", "expectation"),
                  step_of(spectrum.edges, spectrum.fitted, "signal + background fit", "signal"),
                  weighted_points(spectrum, spectrum.sums)};
  panel.y.range = log_range(panel.traces);
  panel.below = difference_panel(spectrum);
  Figure figure{.id = "weighted-spectrum",
                .section = "Cross-check without a cut",
                .title = "Spectrum weighted by the likelihood ratio: not calibrated",
                .caption = caption_of(spectrum)};
  figure.panels = {std::move(panel)};
  return figure;
}

std::string weighted_spectrum_line(const search::WeightedSpectrum& spectrum) {
  return fmt::format(
      "weighted by likelihood ratio instead of a cut: signal {} (sum of weights), {}; not calibrated, no "
      "verdict",
      format_with_error(spectrum.strength, spectrum.strength_error), significance_text(spectrum.z, spectrum.p_value));
}

}  // namespace eddy::report
