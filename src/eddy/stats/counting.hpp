#pragma once
// A count against an expectation that is itself uncertain.

#include <eddy/stats/intervals.hpp>

#include <array>

namespace eddy::stats {

/// P(n >= observed) when the mean is `expected` with the Gaussian error `error`, cut off below 0: the Poisson
/// probability averaged over the mean (prior-predictive). An integral, by quadrature to a relative accuracy of 1e-7 for
/// p > 1e-200; 0 below about 1e-300. 1 for observed = 0. Throws InputError for arguments that are negative or not
/// finite, or expected = error = 0.
[[nodiscard]] PValue counting_p_value(double observed, double expected, double error);

/// What a count says of a signal on top of an uncertain background.
struct CountingResult {
  double p_value = 1;      ///< counting_p_value of no signal
  double z = 0;            ///< Phi^-1(1 - p): negative for a deficit
  double upper_limit = 0;  ///< on the signal, by CLs = P(n <= observed | s + b) / P(n <= observed | b) (Read 2002)
  std::array<double, 5> expected_limit{};  ///< for counts of background alone at -2, -1, 0 (median), +1, +2 sigma
};
/// Both probabilities of CLs are averaged over the background as in counting_p_value, to an accuracy of 1e-15; the
/// limit of a count that background alone falls to in less than one of 1e9 cases is that of the count with this rarity.
/// Throws InputError as that, and for a confidence level outside (0, 1).
[[nodiscard]] CountingResult judge_count(double observed, double expected, double error,
                                         double confidence_level = 0.95);

}  // namespace eddy::stats
