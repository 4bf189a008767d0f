#pragma once
// The ABCD likelihood as a function of the signal: deviance, gradient, and the fits of its nuisances.

#include <eddy/stats/abcd.hpp>

#include <array>
#include <optional>
#include <string>

namespace eddy::stats {

/// Background means in B, C, D and the pull of the closure: ln kappa = ln closure + closure_error * pull.
struct AbcdNuisances {
  double b = 0;
  double c = 0;
  double d = 0;
  double pull = 0;
};

/// kappa b c / d, the mean background in A.
[[nodiscard]] double background_in_a(const AbcdNuisances& nuisances, const AbcdModel& model);

/// The four Poisson means.
[[nodiscard]] AbcdCounts expected_counts(const AbcdNuisances& nuisances, double signal, const AbcdModel& model);

/// mu - n + n ln(n / mu): -ln of the Poisson probability of n relative to its largest value. Free of cancellation;
/// infinite for mean = 0 < n.
[[nodiscard]] double poisson_half_deviance(double n, double mean);

/// -ln L relative to its smallest value possible (means equal to counts, no pull): sum of mu - n + n ln(n / mu), plus
/// pull^2 / 2.
struct AbcdDeviance {
  double value = 0;
  double slope = 0;                  ///< d value / d signal
  std::array<double, 4> gradient{};  ///< d value / d (ln b, ln c, ln d, pull)
};
/// Needs nuisances.b, c, d > 0; infinite where a mean is 0 and the count is not.
[[nodiscard]] AbcdDeviance half_deviance(const AbcdCounts& counts, const AbcdModel& model, double signal,
                                         const AbcdNuisances& nuisances);

/// The fit of the nuisances at one value of the signal.
struct AbcdProfile {
  AbcdNuisances nuisances;
  AbcdCounts expected;       ///< the four Poisson means
  double half_deviance = 0;  ///< error below 1e-12 (counts up to 1e14; 1e-6 where means vanish together)
  double slope = 0;          ///< d half_deviance / d signal along the profile
};
/// Needs signal >= 0. Throws NumericError, with the counts, when Newton's method does not converge.
[[nodiscard]] AbcdProfile profile_at(const AbcdCounts& counts, const AbcdModel& model, double signal);

/// The signal, of either sign, at which all four means can equal the counts; none when that needs a negative
/// background.
[[nodiscard]] std::optional<double> saturated_signal(const AbcdCounts& counts, const AbcdModel& model);

/// The best fit with signal >= 0.
struct AbcdBestFit {
  double signal = 0;
  double half_deviance = 0;
};
[[nodiscard]] AbcdBestFit bounded_best_fit(const AbcdCounts& counts, const AbcdModel& model);

/// sqrt(q0) where the best fit is positive; minus the root of the deviance of s = 0 else, so that background gives N(0,
/// 1).
[[nodiscard]] double signed_root(const AbcdCounts& counts, const AbcdModel& model);

/// "A = 65, B = 65000, C = 435, D = 435000", for messages.
[[nodiscard]] std::string describe(const AbcdCounts& counts);

}  // namespace eddy::stats
