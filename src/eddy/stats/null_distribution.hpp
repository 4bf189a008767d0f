#pragma once
// What experiments without signal say of a significance: how often a search that finds nothing would claim as much.

#include <cstddef>
#include <span>

namespace eddy::stats {

/// Fewer null experiments are not worth a distribution.
inline constexpr std::size_t kFewestNullExperiments = 3;

/// A p-value from null experiments.
struct CalibratedPValue {
  double p_value = 1;
  double p_value_error = 0;  ///< one standard deviation: of the fraction, or of the distribution that was fitted
  double z = 0;              ///< Phi^-1(1 - p_value)
  /// Fewer than five experiments reach the observed Z: p_value is the tail of a distribution that was fitted to all of
  /// them, and as good as the assumption that they are normally distributed.
  bool is_extrapolated = false;
};

/// Mean and standard deviation of the Z of null experiments. NaN without any; the standard deviation without two.
struct NullMoments {
  std::size_t n = 0;
  double mean = 0;
  double mean_error = 0;
  double sd = 0;
};
[[nodiscard]] NullMoments null_moments(std::span<const double> null_z);

/// P(Z >= `observed_z`) without signal. Where five or more of the experiments reach it, (k + 1) / (n + 1), which is
/// never too small on average (Phipson and Smyth, arXiv:1603.05766). Beyond, the Student distribution that predicts one
/// more value of a normal sample whose mean and spread are known from n: it charges that n is small. The spread is
/// taken to be 1 at least, what a Z without any systematic effect has. Throws InputError for fewer than
/// kFewestNullExperiments, and for numbers that are not finite.
/// `n_nothing` further experiments had nothing to test: they count, and reach no Z.
[[nodiscard]] CalibratedPValue calibrated_p_value(double observed_z, std::span<const double> null_z,
                                                  std::size_t n_nothing = 0);

}  // namespace eddy::stats
