#pragma once
// Histograms for figures: bins chosen from the values, first and last bin inclusive, errors from Garwood intervals.

#include <eddy/report/figure.hpp>

#include <array>
#include <span>
#include <string>
#include <vector>

namespace eddy::report {

/// What lies outside one standard deviation of a normal distribution, on each side: quantiles at it and at 1 minus it
/// hold the central 68 %.
inline constexpr double kOneSigmaTail = 0.1587;

/// Counts between increasing edges. Values below the first edge are in the first bin, values above the last edge in the
/// last one, so that nothing is lost; NaN is counted apart.
struct Histogram {
  std::vector<double> edges;   ///< n + 1
  std::vector<double> counts;  ///< n; of weighted events sums of weights
  std::size_t n_nan = 0;
  std::vector<double> variance = {};  ///< of weighted events: sums of squared weights; empty: that of counts

  [[nodiscard]] double total() const;
  [[nodiscard]] double width(std::size_t bin) const { return edges[bin + 1] - edges[bin]; }
  [[nodiscard]] double centre(std::size_t bin) const { return 0.5 * (edges[bin] + edges[bin + 1]); }
};

/// The middle of each bin between `edges`.
[[nodiscard]] std::vector<double> centres_of(const std::vector<double>& edges);

/// Edges of about n_bins (0.7 to 1.5 times as many) bins of equal, round width (1, 2, 2.5 or 5 times a power of ten)
/// that cover [low, high]; `anchor` is an edge or in line with the edges. A range without extent gets one bin of
/// width 1. Needs n_bins >= 1 and finite limits.
[[nodiscard]] std::vector<double> round_edges(double low, double high, std::size_t n_bins, double anchor = 0);

/// The value below which a fraction q of the (finite) values lies; NaN when there are none.
[[nodiscard]] double quantile(std::vector<float> values, double q);

/// round_edges from the smallest 0.1 % to the largest 99.9 % quantile of the samples that are not empty; [0, 1] when
/// all are.
[[nodiscard]] std::vector<double> common_edges(std::span<const std::vector<float>> samples, std::size_t n_bins,
                                               double anchor = 0);

/// `weights`: what each value counts; empty: 1 each.
[[nodiscard]] Histogram fill(std::vector<double> edges, std::span<const float> values,
                             std::span<const float> weights = {});
/// Effective events of a bin, count^2 / variance, and what each of them counts: the count itself and 1 without weights.
struct EffectiveCount {
  double n = 0;
  double unit = 1;
};
[[nodiscard]] EffectiveCount effective_count(const Histogram& histogram, std::size_t bin);

/// Counts in a grid of (y_edges.size() - 1) x (x_edges.size() - 1) bins, row-major, all outer bins inclusive.
[[nodiscard]] std::vector<double> fill_2d(const std::vector<double>& x_edges, const std::vector<double>& y_edges,
                                          std::span<const float> x, std::span<const float> y,
                                          std::span<const float> weights = {});

/// Shapes: probability density, counts / (total * width).
[[nodiscard]] Trace density_step(const Histogram& histogram, const std::string& name, const std::string& role);
[[nodiscard]] Trace density_points(const Histogram& histogram, const std::string& name, const std::string& role);

/// Counts per bin, with 68.3 % Garwood intervals (of weighted events: those of their effective number).
[[nodiscard]] Trace count_points(const Histogram& histogram, const std::string& name, const std::string& role);

/// Ratio of two shapes where both have events, errors from the Garwood interval of the numerator.
[[nodiscard]] Trace ratio_points(const Histogram& numerator, const Histogram& denominator, const std::string& name,
                                 const std::string& role);
/// 1 +- relative Poisson error of a histogram, in its non-empty bins: the uncertainty of the denominator of a ratio.
[[nodiscard]] Trace relative_error_band(const Histogram& histogram, const std::string& name, const std::string& role);

/// [0.5, 1.5] when nine in ten finite values of the traces lie inside, else [0, 2].
[[nodiscard]] std::array<double, 2> ratio_range(const std::vector<Trace>& traces);

/// The largest ratio that is drawn: beyond, the upper panel shows it better.
inline constexpr double kMaxRatio = 6;
/// From 0 to somewhat above the largest of `ratios`, between 2 and kMaxRatio.
[[nodiscard]] std::array<double, 2> ratio_range_from_zero(const std::vector<double>& ratios);

/// From half the smallest positive value to `headroom` times the largest, for a logarithmic y axis.
[[nodiscard]] std::array<double, 2> log_range(const std::vector<Trace>& traces, double headroom = 2);

}  // namespace eddy::report
