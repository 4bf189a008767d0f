#pragma once
// Background estimate from four counts, and the profile likelihood on top of it. The formulae, their sources and their
// limits of validity are on one page: docs/statistics.md.

#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>

#include <array>
#include <cstddef>

namespace eddy::stats {

/// Events in the four regions of CONRAD (fig. 1): A: M > M_c, R > R_c (signal region); B: M > M_c, R <= R_c;
/// C: M <= M_c, R > R_c; D: M <= M_c, R <= R_c.
struct AbcdCounts {
  double a = 0;
  double b = 0;
  double c = 0;
  double d = 0;
};

/// N_A = N_B N_C / N_D (CONRAD eq. 4) with the Poisson errors of B, C and D propagated.
struct AbcdPrediction {
  double predicted = 0;
  double error = 0;
};
/// Linear propagation with variance n of a count n. An empty B or C enters the error as the upper end 1.84 of its 68 %
/// Garwood interval, with that same error, so that the error is never zero.
/// Throws InputError for a count that is negative or not finite, NumericError when D is empty.
[[nodiscard]] AbcdPrediction predict_abcd(const AbcdCounts& counts);
/// The same from sums of weights, whose variances are sums of squared weights. One event more in an empty B or C would
/// count as much as a mean over all events, each with the weight with which it counts.
[[nodiscard]] AbcdPrediction predict_abcd(const AbcdCounts& sums, const AbcdCounts& variances);

/// The paper's figure of merit (N_A - N_pred) / sqrt(N_pred); 0 when nothing is predicted. Not a significance: it
/// ignores the uncertainty of the prediction. Throws InputError for values that are negative or not finite.
[[nodiscard]] double s_over_sqrt_b(double observed, double predicted);

/// The likelihood: Poisson counts in A, B, C, D with means
///   A: s + kappa * tau * b,   B: leakage_b * s + b,   C: leakage_c * s + tau * d,   D: leakage_d * s + d
/// (tau = C/D transfer factor) and a log-normal constraint on the closure factor kappa: ln kappa ~ N(ln closure,
/// closure_error).
struct AbcdModel {
  double closure = 1;        ///< expected N_A / (N_B N_C / N_D) of background, 1 if independent; > 0
  double closure_error = 0;  ///< relative systematic uncertainty of it (measured on the template); >= 0
  double leakage_b = 0;      ///< signal in B per signal event in A
  double leakage_c = 0;      ///< signal in C per signal event in A
  double leakage_d = 0;      ///< signal in D per signal event in A
};

/// Result of the fit. All yields are events in A.
struct AbcdFit {
  double signal = 0;  ///< maximum-likelihood s, unbounded: negative for a deficit (N_A minus background)
  double signal_error =
      0;  ///< from the curvature of the profile likelihood at `signal` (empty counts as in predict_abcd)
  double background =
      0;  ///< kappa tau b at the best fit: what B, C, D and the closure predict, leaked signal taken out
  double background_error = 0;      ///< of `background`: statistics of B, C, D and the closure uncertainty
  double null_background = 0;       ///< background in A of the fit with s = 0, where A itself takes part
  double q0 = 0;                    ///< discovery test statistic (Cowan et al. eq. 12): 0 for signal <= 0
  double p_value = 0.5;             ///< of s = 0 against s > 0, from the signed root of q0: above 0.5 for a deficit
  double p_value_error = 0;         ///< statistical error of `p_value` from pseudo-experiments; 0 when it is asymptotic
  double p_value_asymptotic = 0.5;  ///< 1 - Phi(signed root), always there
  double z = 0;                     ///< Phi^-1(1 - p_value): negative for a deficit; see nothing_to_test
  double upper_limit = 0;           ///< CLs limit on s at options.confidence_level, q~mu
  std::array<double, 5> expected_limit{};  ///< of background only: -2, -1, 0 (median), +1, +2 sigma
  bool from_toys = false;                  ///< true when p-value and limits come from pseudo-experiments
  bool p_value_extrapolated =
      false;               ///< counts are small, yet pseudo-experiments could not resolve p (relative error above
                           ///< one half): p_value is the asymptotic one and should be quoted as approximate
  std::size_t n_toys = 0;  ///< pseudo-experiments behind p_value
};

struct AbcdFitOptions {
  double small_count = 10;          ///< below this observed count, or expectation without signal, in any region: toys
  std::size_t n_toys = 20000;       ///< for the p-value
  std::size_t n_limit_toys = 2000;  ///< per tested signal strength, for the limit
  double confidence_level = 0.95;
  base::Monitor monitor = {};  ///< asked between pseudo-experiments whether to stop
};

/// Whether nothing was seen in A and nothing is expected there: whatever the truth, there is nothing that could have
/// been an excess or a deficit. p is 1 then and z minus infinity, which is no significance.
[[nodiscard]] bool nothing_to_test(const AbcdFit& fit);

/// Fits the model to `counts`, which may be fractional (Asimov data). Pseudo-experiment i draws from numbers of
/// `stream` that depend on i only, so the result is the same for any number of threads; the cursor of `stream` does not
/// matter. Throws InputError for counts, model or options outside their range; NumericError when D is empty, when the
/// leakage leaves no sensitivity to s, and when a fit does not converge (a number is never returned then).
[[nodiscard]] AbcdFit fit_abcd(const AbcdCounts& counts, const AbcdModel& model, base::RandomStream stream,
                               const AbcdFitOptions& options = {});

}  // namespace eddy::stats
