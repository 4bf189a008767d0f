#include <eddy/report/evidence/bump/bump_figures.hpp>
#include <eddy/report/evidence/bump/bump_labels.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace eddy::report {
namespace {

constexpr double kMinPullRange = 3.5;
constexpr double kMaxPullRange = 8;  // beyond, the spectrum shows it better
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Histogram histogram_of(const stats::MassHistogram& spectrum) { return {spectrum.edges, spectrum.counts, 0}; }

/// The bins of the signal region alone.
Histogram signal_bins_of(const search::BumpHunt& hunt) {
  const auto first = static_cast<std::ptrdiff_t>(hunt.signal_bins.first);
  const auto last = static_cast<std::ptrdiff_t>(hunt.signal_bins.last);
  const auto& [edges, counts] = hunt.spectrum;
  return {{edges.begin() + first, edges.begin() + last + 1}, {counts.begin() + first, counts.begin() + last}, 0};
}

double narrowest_bin(const Histogram& histogram) {
  double narrowest = histogram.width(0);
  for (std::size_t bin = 1; bin < histogram.counts.size(); ++bin) {
    narrowest = std::min(narrowest, histogram.width(bin));
  }
  return narrowest;
}

/// Background of each bin: of the fit that did not look at the signal region, where there is one.
std::vector<double> background_of(const search::BumpHunt& hunt) {
  if (hunt.prediction) {
    return hunt.prediction->fit.background;
  }
  return hunt.signal ? hunt.signal->null.background : std::vector<double>{};
}

/// Events of each bin to events per `width`: bins of the tail are merged, and their contents must not jump.
void scale_to_width(std::vector<double>& values, const Histogram& histogram, double width) {
  for (std::size_t bin = 0; bin < values.size(); ++bin) {
    values[bin] *= width / histogram.width(bin);
  }
}

Trace fit_line(const std::vector<double>& means, const Histogram& histogram, double width) {
  Trace line{.kind = TraceKind::kLine, .x = centres_of(histogram.edges), .y = means, .counts = means};
  scale_to_width(line.y, histogram, width);
  return line;
}

void add_fits(Panel& panel, const search::BumpHunt& hunt, const Histogram& histogram, double width) {
  const std::vector<double> background = background_of(hunt);
  if (!background.empty()) {
    Trace line = fit_line(background, histogram, width);
    line.name = hunt.prediction ? "background fit to the sidebands" : "background fit";
    line.role = "expectation";
    panel.traces.push_back(std::move(line));
  }
  if (hunt.signal) {
    Trace line = fit_line(hunt.signal->best.mean, histogram, width);
    line.name = "signal + background fit";
    line.role = "signal";
    line.style = "dash";
    panel.traces.push_back(std::move(line));
  }
}

std::vector<double> pulls(const std::vector<double>& values, const std::vector<double>& background) {
  std::vector<double> result(values.size(), kNaN);
  for (std::size_t bin = 0; bin < values.size(); ++bin) {
    if (background[bin] > 0) {
      result[bin] = (values[bin] - background[bin]) / std::sqrt(background[bin]);
    }
  }
  return result;
}

double pull_range(const std::vector<double>& values) {
  double largest = kMinPullRange;
  for (const double value : values) {
    largest = std::fmax(largest, 1.15 * std::abs(value));
  }
  return std::min(largest, kMaxPullRange);
}

LowerPanel pull_panel(const search::BumpHunt& hunt, const Histogram& histogram, const std::vector<double>& background) {
  LowerPanel panel{.y = {.label = "(n − fit) / √fit", .unit = ""}, .traces = {}};
  for (const double level : {-2.0, 0.0, 2.0}) {
    panel.traces.push_back({.kind = TraceKind::kHorizontalLine,
                            .name = "",
                            .role = "guide",
                            .style = level == 0 ? "" : "dash",
                            .y = {level}});
  }
  if (hunt.signal) {
    panel.traces.push_back({.kind = TraceKind::kLine,
                            .name = "signal + background fit",
                            .role = "signal",
                            .style = "dash",
                            .x = centres_of(histogram.edges),
                            .y = pulls(hunt.signal->best.mean, background)});
  }
  Trace data{.kind = TraceKind::kPoints, .name = "data", .role = "data", .x = centres_of(histogram.edges)};
  data.y = pulls(histogram.counts, background);
  data.counts = histogram.counts;
  const double range = pull_range(data.y);
  panel.y.range = {-range, range};
  panel.traces.push_back(std::move(data));
  return panel;
}

/// Quality of the background fit and what was found, in the corner of the panel.
void add_notes(Panel& panel, const search::BumpHunt& hunt) {
  std::size_t line = 0;
  if (hunt.prediction) {
    const stats::FitQuality& q = hunt.prediction->fit.quality;
    panel.traces.push_back(corner_note(
        fmt::format("sidebands: χ²/ndof = {:.1f}/{}, p = {}", q.chi2, q.n_dof, format_p_value(q.goodness_of_fit)),
        "right top", line++));
  }
  if (hunt.signal) {
    const stats::BumpSignal& signal = *hunt.signal;
    panel.traces.push_back(
        corner_note(fmt::format("signal {}, Z = {}", format_with_error(signal.strength, signal.strength_error),
                                format_decimals(signal.z, 1)),
                    "right top", line++));
  }
  if (!hunt.prediction || !hunt.signal) {
    panel.traces.push_back(corner_note("not every fit converged", "right top", line));
  }
}

Trace data_points(const Histogram& histogram, double width) {
  Trace data = count_points(histogram, "data", "data");
  for (auto* values : {&data.y, &data.low, &data.high}) {
    scale_to_width(*values, histogram, width);
  }
  return data;
}

std::string panel_title(const search::WorkingPoint& point) {
  return point.efficiency >= 1 ? "no cut" : cut_name(point.efficiency) + " of the signal region kept";
}

Panel bump_panel(const search::Finding& output, const search::WorkingPoint& point) {
  const auto& hunt = std::get<search::BumpHunt>(point.evidence);
  const Histogram histogram = histogram_of(hunt.spectrum);
  const double width = narrowest_bin(histogram);
  const std::string unit = output.context.unit.empty() ? "" : " " + output.context.unit;
  Panel panel{.id = cut_name(point.efficiency),
              .title = panel_title(point),
              .x = {output.context.name, output.context.unit},
              .y = {fmt::format("events / {:.3g}{}", width, unit), "", Scale::kLog}};
  Trace data = data_points(histogram, width);
  panel.x.range = {histogram.edges.front(), histogram.edges.back()};
  panel.y.range = log_range({data}, 6);  // room for the notes
  add_fits(panel, hunt, histogram, width);
  panel.traces.push_back(std::move(data));
  panel.traces.insert(panel.traces.begin(), signal_region_band(output, panel));
  add_notes(panel, hunt);
  const std::vector<double> background = background_of(hunt);
  if (!background.empty()) {
    panel.below = pull_panel(hunt, histogram, background);
  }
  return panel;
}

std::vector<double> errors_of(const base::SymmetricMatrix& covariance) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < covariance.size; ++i) {
    errors.push_back(std::sqrt(covariance(i, i)));
  }
  return errors;
}

Trace prediction_band(const Histogram& histogram, const std::vector<double>& centre, const std::vector<double>& error) {
  Trace band{
      .kind = TraceKind::kBand, .name = "its uncertainty (fit)", .role = "expectation_band", .x = histogram.edges};
  for (std::size_t bin = 0; bin < centre.size(); ++bin) {
    band.low.push_back(centre[bin] - error[bin]);
    band.high.push_back(centre[bin] + error[bin]);
  }
  return band;
}

LowerPanel observed_over_expected(const Histogram& histogram, const std::vector<double>& expected,
                                  std::vector<double> error) {
  LowerPanel panel{.y = {.label = "data / predicted", .unit = ""}, .traces = {}};
  Trace ratio = count_points(histogram, "data", "data");
  double reach = 0.02;
  for (std::size_t bin = 0; bin < expected.size(); ++bin) {
    for (auto* values : {&ratio.y, &ratio.low, &ratio.high}) {
      (*values)[bin] /= expected[bin];
    }
    error[bin] /= expected[bin];
    reach = std::max({reach, ratio.high[bin] - 1, 1 - ratio.low[bin]});
  }
  panel.traces.push_back(prediction_band(histogram, std::vector<double>(expected.size(), 1.0), error));
  panel.traces.push_back({.kind = TraceKind::kHorizontalLine, .name = "", .role = "guide", .y = {1}});
  panel.traces.push_back(std::move(ratio));
  panel.y.range = {std::max(0.0, 1 - 1.2 * reach), 1 + 1.2 * reach};
  return panel;
}

/// From the lowest to the highest point of data and prediction, with room for two lines of text.
std::array<double, 2> count_range(const Histogram& histogram, const std::vector<double>& expected) {
  const Trace data = count_points(histogram, "", "");
  const double low = std::min(*std::ranges::min_element(data.low), *std::ranges::min_element(expected));
  const double high = std::max(*std::ranges::max_element(data.high), *std::ranges::max_element(expected));
  const double extent = std::max(high - low, 1.0);
  return {std::max(0.0, low - 0.15 * extent), high + 0.45 * extent};
}

/// Whether the sidebands say anything.
bool is_determined(const search::WorkingPoint& point) {
  const auto& prediction = std::get<search::BumpHunt>(point.evidence).prediction;
  return prediction && !prediction->expected.empty() && !point.judgement.has(search::Caveat::kUndeterminedBackground);
}

Panel signal_region_panel(const search::Finding& output, const search::WorkingPoint& point) {
  const auto& hunt = std::get<search::BumpHunt>(point.evidence);
  const Histogram histogram = signal_bins_of(hunt);
  const std::vector<double>& expected = hunt.prediction->expected;
  const std::vector<double> errors = errors_of(hunt.prediction->covariance);
  Panel panel{.id = cut_name(point.efficiency),
              .title = panel_title(point),
              .x = {output.context.name, output.context.unit},
              .y = {"events per bin", ""}};
  panel.x.range = {histogram.edges.front(), histogram.edges.back()};
  panel.y.range = count_range(histogram, expected);
  panel.traces = {prediction_band(histogram, expected, errors),
                  {.kind = TraceKind::kStep,
                   .name = "predicted from the sidebands",
                   .role = "expectation",
                   .x = histogram.edges,
                   .y = expected},
                  count_points(histogram, "data", "data")};
  panel.traces.push_back(
      corner_note(fmt::format("{} observed, {} expected, Z = {}", format_count(hunt.observed),
                              format_with_error(hunt.prediction->total, hunt.prediction->total_error),
                              format_decimals(hunt.counting_z, 1)),
                  "right top", 0));
  if (point.true_background) {
    panel.traces.push_back(
        corner_note(fmt::format("labelled background: {}", format_count(*point.true_background)), "right top", 1));
  }
  panel.below = observed_over_expected(histogram, expected, errors);
  return panel;
}

}  // namespace

std::optional<Figure> bump_figure(const search::Finding& output) {
  Figure figure{
      .id = "bump",
      .section = "Bump hunt",
      .title = "Mass spectra and fits",
      .caption = fmt::format(
          "Data that pass each cut (68 % Garwood intervals), per {0} interval of the narrowest bin; sparse bins are "
          "merged. Solid: the background shape fitted to the sidebands alone; dashed: signal + background fitted to "
          "all bins; shaded: the signal region. Below: distance of the data from the solid line in units of its "
          "Poisson error. χ² is Pearson's in the sidebands, where a signal does not "
          "spoil it; p is that of the likelihood ratio to the saturated model there.",
          output.context.name)};
  for (const auto& point : output.working_points) {
    if (std::get<search::BumpHunt>(point.evidence).spectrum.n_bins() > 0) {
      figure.panels.push_back(bump_panel(output, point));
    }
  }
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(figure);
}

std::optional<Figure> signal_region_figure(const search::Finding& output) {
  Figure figure{
      .id = "signal-region",
      .section = "Bump hunt",
      .title = "The signal region: predicted and observed",
      .caption =
          "Bins of the fit that overlap the signal region, for each cut. Line and band: the fit to the sidebands "
          "continued into them, with the uncertainty of the fit; points: data with 68 % Garwood intervals. Z is "
          "that of the sum of all bins (counting), which knows nothing of the shape of a signal. Neighbouring "
          "bins share the uncertainty of the fit."};
  for (const auto& point : output.working_points) {
    if (is_determined(point)) {
      figure.panels.push_back(signal_region_panel(output, point));
    }
  }
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(figure);
}

}  // namespace eddy::report
