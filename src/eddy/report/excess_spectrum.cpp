#include <eddy/base/matrix.hpp>
#include <eddy/report/excess_spectrum.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/stats/intervals.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::report {
namespace {

std::size_t n_bins_for(std::size_t n_events) {
  constexpr double kFewest = 8;
  constexpr double kMost = 30;
  return static_cast<std::size_t>(std::clamp(2 * std::cbrt(static_cast<double>(n_events)), kFewest, kMost));
}

void add(const WeightedHistogram& part, WeightedHistogram& sum) {
  for (std::size_t bin = 0; bin < sum.sums.size(); ++bin) {
    sum.sums[bin] += part.sums[bin];
    sum.variance[bin] += part.variance[bin];
  }
}

/// The labelled signal among values of the selected events.
std::optional<Histogram> labelled(const std::vector<double>& edges, const std::vector<float>& values,
                                  const std::vector<std::uint8_t>& truth) {
  if (truth.empty()) {
    return std::nullopt;
  }
  std::vector<float> of_signal;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (truth[i] != 0) {
      of_signal.push_back(values[i]);
    }
  }
  return fill(edges, of_signal);
}

ExcessSpectrum spectrum_of(const search::SelectedEvents& selected, const search::Quantity& quantity, std::size_t c) {
  const std::vector<float> data = base::column(selected.columns, c);
  std::vector<std::vector<float>> ranged = {data};
  for (const search::ExpectedEvents& part : selected.expected) {
    ranged.push_back(base::column(part.columns, c));
  }
  const std::vector<double> edges = common_edges(ranged, n_bins_for(data.size()));
  ExcessSpectrum spectrum{.quantity = quantity,
                          .observed = fill(edges, data),
                          .background = fill_weighted(edges, {}, {}, {}),
                          .relative_error = selected.predicted_error / selected.predicted,
                          .signal = labelled(edges, data, selected.truth)};
  for (std::size_t p = 0; p < selected.expected.size(); ++p) {
    const search::ExpectedEvents& part = selected.expected[p];
    add(fill_shares(edges, ranged[p + 1], part.weight, part.source), spectrum.background);
  }
  return spectrum;
}

}  // namespace

double background_error(const ExcessSpectrum& spectrum, std::size_t bin) {
  return std::hypot(std::sqrt(spectrum.background.variance[bin]),
                    spectrum.relative_error * spectrum.background.sums[bin]);
}

Trace excess_points(const ExcessSpectrum& spectrum) {
  Trace trace{.kind = TraceKind::kPoints,
              .name = "data − background",
              .role = "data",
              .x = centres_of(spectrum.observed.edges),
              .counts = spectrum.observed.counts};
  for (std::size_t bin = 0; bin < spectrum.observed.counts.size(); ++bin) {
    const double n = spectrum.observed.counts[bin];
    const stats::Interval count = stats::garwood(n);
    const double error = background_error(spectrum, bin);
    const double excess = n - spectrum.background.sums[bin];
    trace.y.push_back(excess);
    trace.low.push_back(excess - std::hypot(n - count.low, error));
    trace.high.push_back(excess + std::hypot(count.high - n, error));
  }
  return trace;
}

WeightedHistogram fill_shares(const std::vector<double>& edges, std::span<const float> values,
                              std::span<const float> weights, std::span<const std::size_t> source) {
  WeightedHistogram histogram = fill_weighted(edges, values, weights, source);
  const double sum = std::accumulate(histogram.sums.begin(), histogram.sums.end(), 0.0);
  const double variance = std::accumulate(histogram.variance.begin(), histogram.variance.end(), 0.0);
  for (std::size_t bin = 0; bin < histogram.sums.size() && sum > 0; ++bin) {
    const double share = histogram.sums[bin] / sum;
    histogram.variance[bin] = std::max(0.0, (1 - 2 * share) * histogram.variance[bin] + share * share * variance);
  }
  return histogram;
}

std::vector<ExcessSpectrum> excess_spectra(const search::Finding& finding) {
  std::vector<ExcessSpectrum> spectra;
  if (!finding.anomaly || !finding.anomaly->selected) {
    return spectra;
  }
  const search::SelectedEvents& selected = *finding.anomaly->selected;
  std::vector<search::Quantity> quantities = finding.features;
  quantities.insert(quantities.end(), finding.contexts.begin(), finding.contexts.end());
  for (std::size_t c = 0; c < selected.columns.cols(); ++c) {
    spectra.push_back(spectrum_of(selected, quantities[c], c));
  }
  return spectra;
}

}  // namespace eddy::report
