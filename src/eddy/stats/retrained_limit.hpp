#pragma once
// Limits on a signal whose efficiency depends on how much of it there is: the strength whose passing signal is what the
// counts exclude (docs/limits.md).

#include <eddy/stats/cls.hpp>
#include <eddy/stats/efficiency_curve.hpp>

#include <array>
#include <optional>

namespace eddy::stats {

/// What a cut says of the signal behind it, in events that pass.
struct PassingSignal {
  double fitted = 0;       ///< negative for a deficit
  double error = 0;        ///< one standard deviation, > 0
  double upper_limit = 0;  ///< CLs at 95 %, above `fitted`
};

/// That of background alone whose median lies `n_sigma` standard deviations away, where the limit is `upper_limit`: by
/// the asymptotic CLs of a Gaussian (arXiv:1007.1727, eq. 89).
[[nodiscard]] PassingSignal expected_signal(double upper_limit, double n_sigma);

/// The strength from which on all that was measured is excluded at 95 %: passing(strength) = upper_limit, where the
/// efficiency is known. Its spread v joins the error of the counts, as that of a Gaussian nuisance: excluded is
///   passing - fitted >= sqrt((upper_limit - fitted)^2 + k^2 v^2),   k = Phi^-1(1 - 0.05 Phi(fitted / error)),
/// the number of standard deviations of CLs (for counts to first order what Cousins and Highland find, Nucl. Instrum.
/// Meth. A 320, 331 (1992)). k is that of no signal for a deficit, of which a limit would otherwise be the larger the
/// deeper it is. Nothing where the largest strength is not excluded. Throws InputError for an error or
/// limit that is not as PassingSignal says.
[[nodiscard]] std::optional<double> upper_limit(const EfficiencyCurve& curve, const PassingSignal& signal);

/// The strengths with |passing - fitted| <= sqrt(error^2 + v^2): 68.3 % where errors are Gaussian.
struct StrengthInterval {
  double low = 0;
  std::optional<double> best = {};  ///< passing(best) = fitted; 0 for a deficit, nothing where all is below
  std::optional<double> high = {};  ///< nothing where it lies beyond what was measured
};
[[nodiscard]] StrengthInterval strength_interval(const EfficiencyCurve& curve, const PassingSignal& signal);

}  // namespace eddy::stats
