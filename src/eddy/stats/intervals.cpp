#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

namespace eddy::stats {

Significance to_significance(PValue p) {
  if (!(p.value >= 0 && p.value <= 1)) {
    throw base::InputError(
        fmt::format("a p-value must lie in [0, 1] but is {}: pass a probability, not a significance", p.value));
  }
  if (p.value == 0) {
    return {base::kInfinity};
  }
  if (p.value == 1) {
    return {-base::kInfinity};
  }
  return {std::numbers::sqrt2 * boost::math::erfc_inv(2 * p.value)};
}

PValue to_p_value(Significance z) {
  if (std::isnan(z.z)) {
    throw base::InputError("a significance must be a number but is nan: check the test statistic it was computed from");
  }
  return {0.5 * std::erfc(z.z / std::numbers::sqrt2)};
}

namespace {

/// The quantile of chi-squared (2 n degrees of freedom) at z standard deviations, halved: Wilson and Hilferty's, for
/// many counts, where it is right to 1e-5 of sqrt(n) and boost's takes ever more steps and ends with an exception at
/// 1e10.
double wilson_hilferty(double n, double z) { return n * std::pow(1 - 1 / (9 * n) + z / (3 * std::sqrt(n)), 3); }

Interval garwood_of_many(double n, double tail) {
  const double z = to_significance({tail}).z;
  return {wilson_hilferty(n, -z), wilson_hilferty(n + 1, z)};
}

/// Below, not even n^(1/n) is anything but nothing, and boost's quantile overflows.
constexpr double kNone = 1e-300;

}  // namespace

Interval garwood(double n, double confidence_level) {
  if (!(n >= 0) || std::isinf(n)) {
    throw base::InputError(fmt::format(
        "a Poisson interval needs a count that is finite and not negative but got {}: pass the number of events", n));
  }
  if (!(confidence_level > 0 && confidence_level < 1)) {
    throw base::InputError(
        fmt::format("a confidence level must lie between 0 and 1 but is {}: write 0.95 for 95 %", confidence_level));
  }
  using boost::math::chi_squared;
  const double tail = (1 - confidence_level) / 2;
  constexpr double kMany = 1e6;
  if (n > kMany) {
    return garwood_of_many(n, tail);
  }
  const double low = n > kNone ? 0.5 * quantile(chi_squared(2 * n), tail) : 0;
  return {low, 0.5 * quantile(complement(chi_squared(2 * n + 2), tail))};
}

}  // namespace eddy::stats
