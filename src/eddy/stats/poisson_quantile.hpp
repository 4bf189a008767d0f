#pragma once

#include <vector>

namespace eddy::stats {

/// The Poisson distribution of one mean, ready to turn many uniform numbers into counts by inversion. Inversion (not
/// rejection) because one uniform then belongs to one count, and a larger mean gives a count at least as large.
/// Exact to rounding below kExactMean; above it the Cornish-Fisher expansion, whose probabilities are right to 1 /
/// mean.
class PoissonQuantile {
 public:
  static constexpr double kExactMean = 1e6;

  /// Throws InputError for a mean that is negative or not finite.
  explicit PoissonQuantile(double mean);

  /// Smallest count k with P(N <= k) >= u, for u in (0, 1).
  [[nodiscard]] double operator()(double u) const;

 private:
  double mean_;
  double first_ = 0;                // the count that cumulative_[0] belongs to
  std::vector<double> cumulative_;  // P(N <= first_ + i), within rounding 0 before and 1 behind; empty for a large mean
};

}  // namespace eddy::stats
