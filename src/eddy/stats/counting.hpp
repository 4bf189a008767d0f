#pragma once
// A count against an expectation that is itself uncertain.

#include <eddy/stats/intervals.hpp>

namespace eddy::stats {

/// P(n >= observed) when the mean is `expected` with the Gaussian error `error`, cut off below 0: the Poisson
/// probability averaged over the mean (prior-predictive). An integral, by quadrature to a relative accuracy of 1e-7 for
/// p > 1e-200; 0 below about 1e-300. 1 for observed = 0. Throws InputError for arguments that are negative or not
/// finite, or expected = error = 0.
[[nodiscard]] PValue counting_p_value(double observed, double expected, double error);

}  // namespace eddy::stats
