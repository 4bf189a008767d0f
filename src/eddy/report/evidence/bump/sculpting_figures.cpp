#include <eddy/report/detector_style.hpp>
#include <eddy/report/evidence/bump/bump_labels.hpp>
#include <eddy/report/evidence/bump/sculpting_figures.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/sculpting_panel.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::report {
namespace {

constexpr std::size_t kMaxBins = 45;  // of a spectrum that is drawn

Panel sculpting_panel(const search::Finding& output) {
  Panel panel = empty_sculpting_panel();
  add_random_subsets(panel, output.sculpting->random_subsets);
  for (std::size_t i = 0; i < output.sculpting->curves.size(); ++i) {
    const auto& curve = output.sculpting->curves[i];
    const std::size_t detector = detector_index(output.evaluations, curve.name, i);
    add_sculpting_curve(panel, curve, detector_role(detector), detector_style(detector));
  }
  return panel;
}

/// Neighbouring bins merged until at most kMaxBins are left.
Histogram merged(const stats::MassHistogram& spectrum) {
  const std::size_t group = (spectrum.n_bins() + kMaxBins - 1) / kMaxBins;
  Histogram histogram{{spectrum.edges.front()}, {}, 0};
  for (std::size_t bin = 0; bin < spectrum.n_bins(); bin += group) {
    const std::size_t end = std::min(bin + group, spectrum.n_bins());
    histogram.edges.push_back(spectrum.edges[end]);
    double sum = 0;
    for (std::size_t i = bin; i < end; ++i) {
      sum += spectrum.counts[i];
    }
    histogram.counts.push_back(sum);
  }
  return histogram;
}

/// The ratio to the spectrum before the cut: points with errors for the method, lines for benchmarks.
Trace ratio_to(const Histogram& before, const Histogram& after, const std::string& name, std::size_t detector) {
  Trace ratio = ratio_points(after, before, name, detector_role(detector));
  if (detector > 0) {
    ratio.kind = TraceKind::kLine;
    ratio.style = "thin";
    ratio.low.clear();
    ratio.high.clear();
  }
  return ratio;
}

Panel empty_spectrum_panel(const search::Finding& output, const Histogram& before, double efficiency) {
  const std::string unit = output.context.unit;
  Panel panel{.id = cut_name(efficiency),
              .title = cut_name(efficiency) + " of the signal region kept",
              .x = {output.context.name, unit},
              .y = {"probability density", unit.empty() ? "" : "1/" + unit, Scale::kLog}};
  panel.x.range = {before.edges.front(), before.edges.back()};
  panel.traces.push_back(density_step(before, "before the cut", "data"));
  panel.below = LowerPanel{.y = {.label = "after / before", .unit = ""}, .traces = {}};
  panel.below->traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
  return panel;
}

void add_spectrum(Panel& panel, const Histogram& before, const search::Spectrum& spectrum, std::size_t detector) {
  const Histogram after = merged(spectrum.histogram);
  if (!(after.total() > 0)) {
    return;
  }
  panel.traces.push_back(density_step(after, spectrum.name, detector_role(detector)));
  if (after.edges == before.edges && before.total() > 0) {
    panel.below->traces.push_back(ratio_to(before, after, spectrum.name, detector));
  }
}

Panel spectrum_panel(const search::Finding& output, const Histogram& before, double efficiency) {
  Panel panel = empty_spectrum_panel(output, before, efficiency);
  std::size_t n_shown = 0;
  for (const auto& spectrum : output.spectra) {
    if (spectrum.efficiency == efficiency) {
      add_spectrum(panel, before, spectrum, detector_index(output.evaluations, spectrum.name, n_shown++));
    }
  }
  panel.y.range = log_range(panel.traces);
  panel.below->y.range = ratio_range(panel.below->traces);
  panel.traces.insert(panel.traces.begin(), signal_region_band(output, panel));
  return panel;
}

/// Efficiencies of the cuts, loosest first.
std::vector<double> cuts_of(const std::vector<search::Spectrum>& spectra) {
  std::vector<double> cuts;
  for (const auto& spectrum : spectra) {
    if (spectrum.efficiency < 1 && std::ranges::find(cuts, spectrum.efficiency) == cuts.end()) {
      cuts.push_back(spectrum.efficiency);
    }
  }
  std::ranges::sort(cuts, std::greater<>());
  return cuts;
}

}  // namespace

std::optional<Figure> sculpting_figure(const search::Finding& output) {
  if (!output.sculpting) {
    return std::nullopt;
  }
  Panel panel = sculpting_panel(output);
  if (panel.traces.empty()) {
    return std::nullopt;
  }
  finish_sculpting_panel(panel);
  const search::Sculpting& sculpting = *output.sculpting;
  Figure figure{
      .id = "sculpting",
      .section = "Sculpting",
      .title = "Does the cut change the spectrum?",
      .caption = fmt::format(
          "χ²/ndof between the normalised mass spectra before and after a cut, in {} bins of equal population ({}: {} "
          "events), against the fraction of the signal region that the cut keeps. Lines and bands: median and central "
          "68 % over retrainings; grey: random subsets of the same size. A cut inside the grey band leaves the shape "
          "of the spectrum alone; above it, the cut makes or hides bumps by itself.",
          sculpting.n_bins, sculpting.events, format_count(static_cast<double>(sculpting.n_events)))};
  figure.panels = {std::move(panel)};
  return figure;
}

std::optional<Figure> spectra_figure(const search::Finding& output) {
  const auto all = std::ranges::find_if(output.spectra, [](const auto& s) { return s.efficiency >= 1; });
  const std::vector<double> cuts = cuts_of(output.spectra);
  if (all == output.spectra.end() || cuts.empty() || all->histogram.n_bins() == 0) {
    return std::nullopt;
  }
  const Histogram before = merged(all->histogram);
  Figure figure{
      .id = "spectra",
      .section = "Sculpting",
      .title = "Spectra before and after the cut",
      .caption = fmt::format(
          "{} of {}, normalised to unit area, before and after cuts on each score; below, after divided by before "
          "(points with 68 % Garwood intervals for the method, lines for the benchmarks). The shaded band is the "
          "signal region. A cut that does not sculpt gives a ratio that is flat at one.",
          output.context.name, output.sculpting ? output.sculpting->events : std::string("data"))};
  for (const double cut : cuts) {
    figure.panels.push_back(spectrum_panel(output, before, cut));
  }
  place_in_two_columns(figure);
  return figure;
}

}  // namespace eddy::report
