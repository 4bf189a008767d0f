#pragma once
// What several measurements of the same difference from 0 say together, when they may scatter more than their errors
// say, and when it may as well be 0.

#include <span>

namespace eddy::stats {

struct SharedShift {
  double mean = 0;        ///< weighted by the errors and the scatter
  double mean_error = 0;  ///< of that mean
  double scatter = 0;     ///< standard deviation between the places, beyond the errors
  double p_value = 1;     ///< P(chi2 >= that of all differences) if there is neither shift nor scatter
  double applied = 0;     ///< the mean, shrunk towards 0 by what chance alone would make it
  double error = 0;       ///< of `applied` for one more place of the same kind: what is left of mean_error, and scatter
};

/// From differences with errors > 0, as many each. The scatter is the moment estimate of DerSimonian and Laird
/// (Control. Clin. Trials 7 (1986) 177) from what chi2 has beyond its 95 % quantile, instead of beyond its mean: few
/// places know little of it. The shift is shrunk by 1 - mean_error^2 / mean^2 (James and Stein). So differences that
/// chance explains change nothing, and large ones are taken as they are. All zero without differences.
[[nodiscard]] SharedShift shared_shift(std::span<const double> differences, std::span<const double> errors);

}  // namespace eddy::stats
