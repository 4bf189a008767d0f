#pragma once
// Histograms of weighted events, for figures: constructed background beside counts.

#include <eddy/report/histogram.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace eddy::report {

/// Sums of weights between increasing edges; as in Histogram, the outer bins hold what lies beyond them.
struct WeightedHistogram {
  std::vector<double> edges;     ///< n + 1
  std::vector<double> sums;      ///< n
  std::vector<double> variance;  ///< n: sum of squared weights
};

/// Events of one `source` in one bin fluctuate together: their weights are added before they are squared. Without
/// sources (empty), every event is on its own. NaN is left out.
[[nodiscard]] WeightedHistogram fill_weighted(std::vector<double> edges, std::span<const float> values,
                                              std::span<const float> weights, std::span<const std::size_t> source);

/// Counts times `factor`, with the variance that this gives.
[[nodiscard]] WeightedHistogram scaled(const Histogram& histogram, double factor);

/// Sums per bin.
[[nodiscard]] Trace sum_step(const WeightedHistogram& histogram, const std::string& name, const std::string& role);
/// Sums -+ the square root of the variance.
[[nodiscard]] Trace sum_band(const WeightedHistogram& histogram, const std::string& name, const std::string& role);

/// How well `predicted` describes `observed`: Pearson's chi2 with the variance of both, predicted + its own, over bins
/// in which at least five events are predicted.
struct Agreement {
  double chi2 = 0;
  std::size_t n_bins = 0;
};
[[nodiscard]] Agreement agreement(const Histogram& observed, const WeightedHistogram& predicted);

}  // namespace eddy::report
