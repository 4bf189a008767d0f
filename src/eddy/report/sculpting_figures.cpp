#include <eddy/report/detector_style.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/resonant_labels.hpp>
#include <eddy/report/sculpting_figures.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace eddy::report {
namespace {

constexpr double kLargestOnLinear = 4;  // chi2/ndof above which the axis is logarithmic
constexpr std::size_t kMaxBins = 45;    // of a spectrum that is drawn

/// In order of efficiency; without the point at efficiency one, where chi2 is zero by construction.
std::vector<search::MedianBand> drawable(std::vector<search::MedianBand> points) {
  std::erase_if(points, [](const auto& point) {
    return !(point.efficiency > 0 && point.median > 0 && std::isfinite(point.median));
  });
  std::ranges::stable_sort(points, {}, &search::MedianBand::efficiency);
  return points;
}

Trace band_of(const std::vector<search::MedianBand>& points) {
  Trace band{.kind = TraceKind::kBand};
  for (const auto& point : points) {
    band.x.push_back(point.efficiency);
    band.low.push_back(point.low);
    band.high.push_back(point.high);
  }
  return band;
}

Trace median_of(const std::vector<search::MedianBand>& points) {
  Trace line{.kind = TraceKind::kLine};
  for (const auto& point : points) {
    line.x.push_back(point.efficiency);
    line.y.push_back(point.median);
  }
  return line;
}

void add_curve(Panel& panel, const search::SculptingCurve& curve, std::size_t detector) {
  const auto points = drawable(curve.points);
  if (points.empty()) {
    return;
  }
  Trace line = median_of(points);
  line.name = curve.name;
  line.role = detector_role(detector);
  line.style = detector_style(detector);
  Trace band = band_of(points);
  band.name = curve.name + ", 68 % of retrainings";
  band.legend = curve.name;
  band.role = line.role + "_band";
  panel.traces.push_back(std::move(line));
  panel.traces.push_back(std::move(band));
}

void add_random_subsets(Panel& panel, const std::vector<search::MedianBand>& subsets) {
  const auto points = drawable(subsets);
  if (!points.empty()) {
    panel.traces.push_back(band_of(points));
    panel.traces.back().name = "random subsets (68 %)";
    panel.traces.back().role = "data_band";
  }
}

void set_ranges(Panel& panel) {
  double left = 1;
  double low = 1;
  double high = 1;
  for (const Trace& trace : panel.traces) {
    left = std::min(left, *std::ranges::min_element(trace.x));
    for (const auto* values : {&trace.y, &trace.low, &trace.high}) {
      for (const double value : *values) {
        low = value > 0 ? std::min(low, value) : low;
        high = std::fmax(high, value);
      }
    }
  }
  panel.x.range = {left / 1.15, 1.0};
  panel.y.scale = high > kLargestOnLinear ? Scale::kLog : Scale::kLinear;
  panel.y.range =
      panel.y.scale == Scale::kLog ? std::array{std::max(low / 1.5, 0.1), 2 * high} : std::array{0.0, 1.25 * high};
}

Panel sculpting_panel(const search::ResonantOutput& output) {
  Panel panel{.id = "sculpting",
              .title = "",
              .x = {"efficiency of the cut in the signal region", "", Scale::kLog},
              .y = {"χ²/ndof of the mass spectrum", ""}};
  add_random_subsets(panel, output.sculpting->random_subsets);
  for (std::size_t i = 0; i < output.sculpting->curves.size(); ++i) {
    const auto& curve = output.sculpting->curves[i];
    add_curve(panel, curve, detector_index(output.evaluations, curve.name, i));
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

Panel empty_spectrum_panel(const search::ResonantOutput& output, const Histogram& before, double efficiency) {
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

Panel spectrum_panel(const search::ResonantOutput& output, const Histogram& before, double efficiency) {
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

std::optional<Figure> sculpting_figure(const search::ResonantOutput& output) {
  if (!output.sculpting) {
    return std::nullopt;
  }
  Panel panel = sculpting_panel(output);
  if (panel.traces.empty()) {
    return std::nullopt;
  }
  set_ranges(panel);
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
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

std::optional<Figure> spectra_figure(const search::ResonantOutput& output) {
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
