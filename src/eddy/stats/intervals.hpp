#pragma once

namespace eddy::stats {

/// A probability under the null hypothesis.
struct PValue {
  double value = 1;
};
/// A one-sided Gaussian significance.
struct Significance {
  double z = 0;
};

/// Z = Phi^-1(1 - p), relative error below 1e-12 for p down to 1e-300; p = 0 gives +inf, p = 1 gives -inf.
/// Throws InputError for p outside [0, 1] or NaN.
[[nodiscard]] Significance to_significance(PValue p);
/// p = 1 - Phi(Z), relative error below 1e-12 while p is above 1e-300; Z = +inf gives 0, -inf gives 1.
/// Throws InputError for NaN.
[[nodiscard]] PValue to_p_value(Significance z);

struct Interval {
  double low = 0;
  double high = 0;
};

/// Central Poisson interval of an observed count n >= 0 (Garwood 1936): both tails (1 - confidence_level) / 2, low = 0
/// for n = 0. A count that is not an integer is taken as it is (the chi-squared formula is continuous in n). Throws
/// InputError for n < 0 or not finite, or a confidence level outside (0, 1).
[[nodiscard]] Interval garwood(double n, double confidence_level = 0.682689492137086);

}  // namespace eddy::stats
