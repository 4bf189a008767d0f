#include <eddy/base/error.hpp>
#include <eddy/stats/cls.hpp>
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

/// P(n >= observed) for the mean signal + b, averaged over b ~ N(expected, error) cut off below 0.
double probability_at_least(double observed, double expected, double error, double signal) {
  if (observed == 0) {
    return 1;
  }
  if (error == 0) {
    return boost::math::gamma_p(observed, expected + signal);  // P(n >= k) of a Poisson mean
  }
  const double low = std::max(0.0, expected - kReach * error);
  const auto integrand = [&](double background) {
    const double pull = (background - expected) / error;
    const double mean = background + signal;
    return mean > 0 ? std::exp(-0.5 * pull * pull) * boost::math::gamma_p(observed, mean) : 0.0;
  };
  // Scales of the Gaussian and of the Poisson probability; with no more than 2^16 panels.
  const double step = std::max(std::min(error, std::sqrt(observed)), std::ldexp(2 * kReach * error, -16));
  const double sum = integrate(integrand, low, expected + kReach * error, step);
  const double inside = 0.5 * std::erfc(-expected / error / std::numbers::sqrt2);
  return std::clamp(sum / (inside * error * std::sqrt(2 * std::numbers::pi)), 0.0, 1.0);
}

/// The signal at which CLs falls to 1 - confidence_level, to a relative precision of 1e-6.
double cls_limit(double observed, double expected, double error, double confidence_level) {
  const double without_signal = 1 - probability_at_least(observed + 1, expected, error, 0);
  const auto excluded = [&](double signal) {
    const double cls = (1 - probability_at_least(observed + 1, expected, error, signal)) / without_signal;
    return cls <= 1 - confidence_level;
  };
  double high = std::max(3.0, observed);
  while (!excluded(high)) {
    high *= 2;
  }
  double low = 0;
  while (high - low > 1e-6 * high) {
    const double middle = 0.5 * (low + high);
    (excluded(middle) ? high : low) = middle;
  }
  return high;
}

/// The smallest count that background alone does not exceed with `probability`, by bisection.
double background_quantile(double expected, double error, double probability) {
  const auto reaches = [&](double count) {
    return 1 - probability_at_least(count + 1, expected, error, 0) >= probability;
  };
  double low = -1;  // does not reach it
  double high = std::ceil(expected + 1);
  while (!reaches(high)) {
    high *= 2;
  }
  while (high - low > 1) {
    const double middle = std::floor(0.5 * (low + high));
    (reaches(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

PValue counting_p_value(double observed, double expected, double error) {
  require_usable(observed, expected, error);
  return {probability_at_least(observed, expected, error, 0)};
}

CountingResult judge_count(double observed, double expected, double error, double confidence_level) {
  CountingResult result{.p_value = counting_p_value(observed, expected, error).value};
  if (!(confidence_level > 0 && confidence_level < 1)) {
    throw base::InputError(
        fmt::format("a limit at the confidence level {} does not exist; give one in (0, 1)", confidence_level));
  }
  result.z = to_significance({result.p_value}).z;
  result.upper_limit = cls_limit(observed, expected, error, confidence_level);
  for (std::size_t i = 0; i < kBands.size(); ++i) {
    const double probability = 1 - to_p_value({kBands[i]}).value;
    result.expected_limit[i] =
        cls_limit(background_quantile(expected, error, probability), expected, error, confidence_level);
  }
  return result;
}

}  // namespace eddy::stats
