#pragma once
// How many of some events follow one of two densities that are both known.

#include <span>

namespace eddy::stats {

/// A share in [0, 1] and its central 68.3 % interval by likelihood ratio, -2 ln(L / L_max) = 1, cut off at 0 and 1.
struct MixtureShare {
  double share = 0;
  double low = 0;
  double high = 1;
};

/// The share w of the first density that maximises the likelihood prod_i (w p_i + (1 - w) q_i) of events with
/// `log_ratio` = ln(p_i / q_i); it is concave in w, so that there is one. For fixed p and q, that the events had no
/// part in, the estimate is unbiased in large samples but for the bound at 0, however little p has to do with what
/// there is beside q: a p that misses it finds less. Throws InputError without events, or for a log_ratio that is NaN.
[[nodiscard]] MixtureShare fit_mixture_share(std::span<const double> log_ratio);

}  // namespace eddy::stats
