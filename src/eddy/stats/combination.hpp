#pragma once
// Fisher's method (Statistical Methods for Research Workers, 1925, section 21.1): one p-value from many independent
// ones.

#include <eddy/stats/intervals.hpp>

#include <cstddef>
#include <span>

namespace eddy::stats {

/// ln(1 - Phi(Z)), relative error below 1e-11 for Z > 0, where p itself may be too small for a double; -inf for Z =
/// +inf, 0 for -inf. Throws InputError for NaN.
[[nodiscard]] double log_p_value(Significance z);
/// The Z of ln p, as accurate; `log_p` = -inf gives +inf, 0 gives -inf. Throws InputError for `log_p` above 0 or NaN.
[[nodiscard]] Significance significance_of_log(double log_p);

/// Under the null `statistic` is chi-squared distributed with 2 n degrees of freedom.
struct FisherCombination {
  std::size_t n = 0;     ///< p-values combined
  double statistic = 0;  ///< -2 sum of ln p
  double log_p = 0;      ///< ln of `p`, finite where p itself is too small for a double
  PValue p;              ///< P(chi2 of 2 n >= statistic)
  Significance z;
};

/// Combines p-values that are independent and uniform under the null (so those of deficits above 0.5). Relative error
/// of p below 1e-10 (1e-10 of log_p for p < 1e-300). One p-value comes back as it is; a 0 makes the combination 0, a 1
/// adds nothing but two degrees of freedom. Throws InputError for no p-value, and for one outside [0, 1] or NaN, with
/// its number.
[[nodiscard]] FisherCombination combine_fisher(std::span<const PValue> p_values);
/// The same for p-values given as significances, which may be beyond the range of p. Throws InputError for none or NaN.
[[nodiscard]] FisherCombination combine_fisher(std::span<const Significance> significances);

}  // namespace eddy::stats
