#pragma once
// Background estimate from four counts, and the profile likelihood on top of it.

#include <eddy/base/random.hpp>

#include <array>

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
/// Throws NumericError when D is empty. With B = 0 or C = 0 the error uses the upper Garwood limit of an empty count, so it
/// is never zero.
[[nodiscard]] AbcdPrediction predict_abcd(const AbcdCounts& counts);

/// The paper's figure of merit (N_A - N_pred) / sqrt(N_pred); 0 when nothing is predicted.
[[nodiscard]] double s_over_sqrt_b(double observed, double predicted);

/// The likelihood: Poisson counts in A, B, C, D with means
///   A: s + kappa * tau * b,   B: leakage.b * s + b,   C: leakage.c * s + tau * d,   D: leakage.d * s + d
/// (tau = C/D transfer factor) and a log-normal constraint on the closure factor kappa: ln kappa ~ N(ln closure, closure_error).
struct AbcdModel {
  double closure = 1;        ///< expected N_A / (N_B N_C / N_D) of background, 1 if independent
  double closure_error = 0;  ///< relative systematic uncertainty of it (measured on the template)
  double leakage_b = 0;      ///< signal in B per signal event in A
  double leakage_c = 0;      ///< signal in C per signal event in A
  double leakage_d = 0;      ///< signal in D per signal event in A
};

/// Result of the fit, in events of signal in A.
struct AbcdFit {
  double signal = 0;            ///< maximum-likelihood s >= 0 of the model with s bounded below (q0 uses s_hat unbounded sign)
  double signal_error = 0;      ///< from the curvature of the profile likelihood
  double background = 0;        ///< fitted background in A at s = 0 ... see abcd.cpp
  double background_error = 0;
  double q0 = 0;                ///< discovery test statistic, one-sided
  double p_value = 0.5;         ///< of the background-only hypothesis
  double z = 0;                 ///< Phi^-1(1 - p)
  double upper_limit = 0;       ///< 95 % CLs on s, q~mu
  std::array<double, 5> expected_limit{};  ///< median and bands: -2, -1, 0, +1, +2 sigma
  bool from_toys = false;       ///< true when p and limit come from pseudo-experiments instead of asymptotic formulae
  std::size_t n_toys = 0;
};

struct AbcdFitOptions {
  double small_count = 10;         ///< below this expectation or observation in A (or C) pseudo-experiments are used
  std::size_t n_toys = 20000;      ///< for the p-value
  std::size_t n_limit_toys = 2000; ///< per tested signal strength, for the limit
  double confidence_level = 0.95;
};

/// Fits the model to `counts`. Throws NumericError when a fit does not converge (never returns a number then).
[[nodiscard]] AbcdFit fit_abcd(const AbcdCounts& counts, const AbcdModel& model, base::RandomStream stream,
                               const AbcdFitOptions& options = {});

}  // namespace eddy::stats
