#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/stats/combination.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>
#include <vector>

namespace eddy::stats {
namespace {

constexpr double kSeriesFrom = 30;     // Z above which four terms of the asymptotic series are exact to 1e-12 of ln p
constexpr double kSmallestLog = -600;  // ln of a p-value that is far from the smallest double

/// Where Q(n, x) is 1, boost's way to it would be Γ(n), which from n = 1756 on no number holds.
using Saturating =
    boost::math::policies::policy<boost::math::policies::overflow_error<boost::math::policies::ignore_error>>;

/// ln Q(n, x) for x > n - 1: Q(n, x) = exp(-x) sum of x^j / j! up to j = n - 1, summed from its largest, the last,
/// term.
double log_upper_gamma(std::size_t n, double x) {
  double term = 1;
  double sum = 1;
  for (auto j = static_cast<double>(n - 1); j > 0 && term > 0; --j) {
    term *= j / x;
    sum += term;
  }
  const auto last = static_cast<double>(n - 1);
  return -x + last * std::log(x) - std::lgamma(last + 1) + std::log(sum);
}

/// From x = -sum of ln p.
FisherCombination combination_of(std::size_t n, double x) {
  if (n == 0) {
    throw base::InputError("Fisher's method got 0 p-values to combine: give at least one");
  }
  FisherCombination result{n, 2 * x, -base::kInfinity, {0}, {base::kInfinity}};
  if (std::isinf(x)) {
    return result;
  }
  result.p.value = n == 1 ? std::exp(-x) : boost::math::gamma_q(static_cast<double>(n), x, Saturating());
  const bool tiny = !(result.p.value > std::exp(kSmallestLog));
  result.log_p = tiny ? log_upper_gamma(n, x) : std::log(result.p.value);
  result.z = tiny ? significance_of_log(result.log_p) : to_significance(result.p);
  return result;
}

}  // namespace

double log_p_value(Significance z) {
  if (!(z.z > kSeriesFrom)) {
    return std::log(to_p_value(z).value);
  }
  if (std::isinf(z.z)) {
    return -base::kInfinity;
  }
  const double t = 1 / (z.z * z.z);  // Abramowitz and Stegun 26.2.12
  const double series = t * (-1 + t * (3 + t * (-15 + 105 * t)));
  return -0.5 * z.z * z.z - std::log(z.z * std::sqrt(2 * std::numbers::pi)) + std::log1p(series);
}

Significance significance_of_log(double log_p) {
  if (!(log_p <= 0)) {
    throw base::InputError(
        fmt::format("the logarithm of a p-value must not be above 0 but is {}: pass ln p, not -ln p", log_p));
  }
  if (std::isinf(log_p)) {
    return {base::kInfinity};
  }
  if (log_p > kSmallestLog) {
    return to_significance({std::exp(log_p)});
  }
  double z = std::sqrt(-2 * log_p);
  constexpr int kSteps = 8;  // Newton's method on a function that is nearly a parabola: doubles its digits each time
  for (int step = 0; step < kSteps; ++step) {
    z += (log_p_value({z}) - log_p) / (z + 1 / z);  // - d ln p / dz = phi(z) / p
  }
  return {z};
}

FisherCombination combine_fisher(std::span<const PValue> p_values) {
  double x = 0;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (!(p_values[i].value >= 0 && p_values[i].value <= 1)) {
      throw base::InputError(
          fmt::format("a p-value must lie in [0, 1] but number {} is {}: pass probabilities, not significances", i,
                      p_values[i].value));
    }
    x -= std::log(p_values[i].value);
  }
  return combination_of(p_values.size(), x);
}

FisherCombination combine_fisher(std::span<const Significance> significances) {
  double x = 0;
  for (const Significance& z : significances) {
    x -= log_p_value(z);
  }
  return combination_of(significances.size(), x);
}

}  // namespace eddy::stats
