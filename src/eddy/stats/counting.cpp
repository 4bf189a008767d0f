#include <eddy/base/error.hpp>
#include <eddy/stats/cls.hpp>
#include <eddy/stats/counting.hpp>
#include <eddy/stats/poisson_tail.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>

namespace eddy::stats {
namespace {

// Beyond, a Gaussian is below 1e-300. For a large excess the integrand peaks far from its centre.
constexpr double kReach = 37;
// Beyond, it is not seen beside 1: enough for the probabilities of limits, which are 0.05 of another.
constexpr double kLimitReach = 9;

// P(n <= observed) that CLs is still divided by.
constexpr double kDeepestDeficit = 1e-9;

// Beyond, whole numbers in double precision have gaps that are not small beside a Poisson error.
constexpr double kMostEvents = 1e18;

// Of a Poisson error: a Gaussian that is narrower moves a probability by 1e-12 of it, and its panels are not seen
// beside a mean near kMostEvents.
constexpr double kUnseenError = 1e-6;

void require_usable(double observed, double expected, double error) {
  const bool usable = observed >= 0 && expected >= 0 && error >= 0 && expected + error > 0 && std::isfinite(observed) &&
                      std::isfinite(expected) && std::isfinite(error);
  if (!usable) {
    throw base::InputError(
        fmt::format("a count of {} cannot be compared with {} +- {} expected events: all must be finite and not "
                    "negative, and something must be expected",
                    observed, expected, error));
  }
  if (observed > kMostEvents || expected > kMostEvents || error > kMostEvents) {
    throw base::InputError(
        fmt::format("a count of {} cannot be compared with {} +- {} expected events: beyond {:g} events, numbers of "
                    "double precision do not tell counts apart; give smaller ones",
                    observed, expected, error, kMostEvents));
  }
}

/// Means at which P(n >= observed) rises from nothing to 1. Below, exp(-d^2 / (2 observed)) of Chernoff's bound is
/// beyond what double precision holds; above, exp(-d^2 / (2 mean)) is not seen beside 1.
struct Rise {
  double low = 0;
  double high = 0;
};
Rise rise_of(double observed, double reach) {
  constexpr double kUnseen = 39;  // exp(-39) = 1e-17
  return {observed - reach * std::sqrt(observed),
          observed + kUnseen + std::sqrt(kUnseen * kUnseen + 2 * kUnseen * observed)};
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

/// Integral of exp(-pull^2 / 2) over pulls beyond `pull`.
double gaussian_beyond(double pull) { return std::sqrt(std::numbers::pi / 2) * std::erfc(pull / std::numbers::sqrt2); }

/// P(n >= observed) for the mean signal + b, averaged over b ~ N(expected, error) cut off below 0.
double probability_at_least(double observed, double expected, double error, double signal, double reach) {
  if (observed == 0) {
    return 1;
  }
  const double slope = std::max(1 / std::sqrt(observed), observed / (expected + signal) - 1);
  if (expected + signal > 0 && error * slope <= kUnseenError) {  // of the logarithm of the probability
    return poisson_at_least(observed, expected + signal);
  }
  // Where the Gaussian and the rise meet: an error much wider than the rise needs no panel for what is constant.
  const Rise rise = rise_of(observed, reach);
  const double low = std::max({0.0, expected - reach * error, rise.low - signal});
  const double high = std::clamp(rise.high - signal, low, std::max(low, expected + reach * error));
  const auto integrand = [&](double background) {
    const double pull = (background - expected) / error;
    const double mean = background + signal;
    return mean > 0 ? std::exp(-0.5 * pull * pull) * poisson_at_least(observed, mean) : 0.0;
  };
  // Scales of the Gaussian and of the Poisson probability: no more than some hundred panels.
  const double sum = integrate(integrand, low, high, std::min(error, std::sqrt(observed))) +
                     error * gaussian_beyond((high - expected) / error);
  const double inside = 0.5 * std::erfc(-expected / error / std::numbers::sqrt2);
  return std::clamp(sum / (inside * error * std::sqrt(2 * std::numbers::pi)), 0.0, 1.0);
}

/// P(n <= observed) for the mean signal + b, to an accuracy of 1e-15.
double probability_at_most(double observed, double expected, double error, double signal) {
  return 1 - probability_at_least(observed + 1, expected, error, signal, kLimitReach);
}

/// The signal at which CLs falls to 1 - confidence_level, to a relative precision of 1e-6.
double cls_limit(double observed, double expected, double error, double confidence_level) {
  const double without_signal = probability_at_most(observed, expected, error, 0);
  const auto excluded = [&](double signal) {
    const double cls = probability_at_most(observed, expected, error, signal) / without_signal;
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
  const auto reaches = [&](double count) { return probability_at_most(count, expected, error, 0) >= probability; };
  double low = -1;  // does not reach it
  double high = std::ceil(expected + 1);
  while (!reaches(high)) {
    high *= 2;
  }
  while (high - low > 1) {
    const double middle = std::floor(0.5 * (low + high));
    if (middle <= low || middle >= high) {  // counts beyond 2^53 are not told apart
      break;
    }
    (reaches(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

PValue counting_p_value(double observed, double expected, double error) {
  require_usable(observed, expected, error);
  return {probability_at_least(observed, expected, error, 0, kReach)};
}

CountingResult judge_count(double observed, double expected, double error, double confidence_level) {
  CountingResult result{.p_value = counting_p_value(observed, expected, error).value};
  if (!(confidence_level > 0 && confidence_level < 1)) {
    throw base::InputError(
        fmt::format("a limit at the confidence level {} does not exist; give one in (0, 1)", confidence_level));
  }
  result.z = to_significance({result.p_value}).z;
  // Of a deeper deficit nothing but rounding is left in CLs; that of the larger count is conservative.
  const double least = background_quantile(expected, error, kDeepestDeficit);
  result.upper_limit = cls_limit(std::max(observed, least), expected, error, confidence_level);
  for (std::size_t i = 0; i < kBands.size(); ++i) {
    const double probability = 1 - to_p_value({kBands[i]}).value;
    result.expected_limit[i] =
        cls_limit(background_quantile(expected, error, probability), expected, error, confidence_level);
  }
  return result;
}

}  // namespace eddy::stats
