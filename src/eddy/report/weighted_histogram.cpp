#include <eddy/report/weighted_histogram.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eddy::report {
namespace {

constexpr double kMinPredicted = 5;  // below, chi2 does not follow its distribution

/// One event in its bin.
struct Entry {
  std::size_t bin;
  std::size_t source;
  double weight;
};

std::vector<Entry> entries_of(const std::vector<double>& edges, std::span<const float> values,
                              std::span<const float> weights, std::span<const std::size_t> source) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) {
      const auto inner = std::upper_bound(edges.begin() + 1, edges.end() - 1, values[i]);
      entries.push_back(
          {static_cast<std::size_t>(inner - edges.begin()) - 1, source.empty() ? i : source[i], weights[i]});
    }
  }
  std::ranges::stable_sort(entries, {}, [](const Entry& entry) { return std::pair(entry.bin, entry.source); });
  return entries;
}

}  // namespace

WeightedHistogram fill_weighted(std::vector<double> edges, std::span<const float> values,
                                std::span<const float> weights, std::span<const std::size_t> source) {
  const std::vector<Entry> entries = entries_of(edges, values, weights, source);
  WeightedHistogram histogram{std::move(edges), {}, {}};
  histogram.sums.assign(histogram.edges.size() - 1, 0.0);
  histogram.variance = histogram.sums;
  for (std::size_t begin = 0; begin < entries.size();) {
    double of_source = 0;
    std::size_t end = begin;
    while (end < entries.size() && entries[end].bin == entries[begin].bin &&
           entries[end].source == entries[begin].source) {
      of_source += entries[end++].weight;
    }
    histogram.sums[entries[begin].bin] += of_source;
    histogram.variance[entries[begin].bin] += of_source * of_source;
    begin = end;
  }
  return histogram;
}

WeightedHistogram scaled(const Histogram& histogram, double factor) {
  WeightedHistogram scaled{histogram.edges, histogram.counts,
                           histogram.variance.empty() ? histogram.counts : histogram.variance};
  for (std::size_t bin = 0; bin < scaled.sums.size(); ++bin) {
    scaled.sums[bin] *= factor;
    scaled.variance[bin] *= factor * factor;
  }
  return scaled;
}

Trace sum_step(const WeightedHistogram& histogram, const std::string& name, const std::string& role) {
  return {.kind = TraceKind::kStep, .name = name, .role = role, .x = histogram.edges, .y = histogram.sums};
}

Trace sum_band(const WeightedHistogram& histogram, const std::string& name, const std::string& role) {
  Trace band{.kind = TraceKind::kBand, .name = name, .role = role, .x = histogram.edges};
  for (std::size_t bin = 0; bin < histogram.sums.size(); ++bin) {
    const double error = std::sqrt(histogram.variance[bin]);
    band.low.push_back(histogram.sums[bin] - error);
    band.high.push_back(histogram.sums[bin] + error);
  }
  return band;
}

Agreement agreement(const Histogram& observed, const WeightedHistogram& predicted) {
  Agreement result;
  for (std::size_t bin = 0; bin < observed.counts.size(); ++bin) {
    const double expected = predicted.sums[bin];
    if (expected >= kMinPredicted) {
      const double distance = observed.counts[bin] - expected;
      result.chi2 += distance * distance / (expected + predicted.variance[bin]);
      ++result.n_bins;
    }
  }
  return result;
}

}  // namespace eddy::report
