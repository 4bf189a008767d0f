#include <eddy/base/error.hpp>
#include <eddy/stats/counting.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace eddy::stats {
namespace {

// Beyond, a Gaussian is below 1e-300. For a large excess the integrand peaks far from its centre.
constexpr double kReach = 37;

void require_usable(double observed, double expected, double error) {
  const bool usable = observed >= 0 && expected >= 0 && error >= 0 && expected + error > 0 && std::isfinite(observed) &&
                      std::isfinite(expected) && std::isfinite(error);
  if (!usable) {
    throw base::InputError(
        fmt::format("a count of {} cannot be compared with {} +- {} expected events: all must be finite and not "
                    "negative, and something must be expected",
                    observed, expected, error));
  }
}

/// Integral of `integrand` over [low, high] in panels of one `step`, over which it must be smooth.
template <class Function>
double integrate(const Function& integrand, double low, double high, double step) {
  double sum = 0;
  for (double start = low; start < high; start += step) {
    sum += boost::math::quadrature::gauss<double, 20>::integrate(integrand, start, std::min(high, start + step));
  }
  return sum;
}

}  // namespace

PValue counting_p_value(double observed, double expected, double error) {
  require_usable(observed, expected, error);
  if (observed == 0) {
    return {1};
  }
  if (error == 0) {
    return {boost::math::gamma_p(observed, expected)};  // P(n >= k) of a Poisson mean b
  }
  const double low = std::max(0.0, expected - kReach * error);
  const auto integrand = [&](double mean) {
    const double pull = (mean - expected) / error;
    return mean > 0 ? std::exp(-0.5 * pull * pull) * boost::math::gamma_p(observed, mean) : 0.0;
  };
  // Scales of the Gaussian and of the Poisson probability; with no more than 2^16 panels.
  const double step = std::max(std::min(error, std::sqrt(observed)), std::ldexp(2 * kReach * error, -16));
  const double sum = integrate(integrand, low, expected + kReach * error, step);
  const double inside = 0.5 * std::erfc(-expected / error / std::numbers::sqrt2);
  return {std::clamp(sum / (inside * error * std::sqrt(2 * std::numbers::pi)), 0.0, 1.0)};
}

}  // namespace eddy::stats
