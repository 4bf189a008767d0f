#include <eddy/base/error.hpp>
#include <eddy/stats/intervals.hpp>
#include <eddy/stats/retrained_limit.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace eddy::stats {
namespace {

constexpr double kLevel = 0.05;

/// Standard deviations of CLs at a Gaussian that lies `n_sigma` of them above no signal. Deeper deficits than the
/// deepest are taken to be that: their probability is rounding.
double sigmas_of_cls(double n_sigma) {
  constexpr double kDeepest = -8;
  return to_significance({kLevel * to_p_value({-std::max(n_sigma, kDeepest)}).value}).z;
}

void require_usable(const PassingSignal& signal) {
  if (!(signal.error > 0 && signal.upper_limit > signal.fitted && std::isfinite(signal.upper_limit) &&
        std::isfinite(signal.fitted) && std::isfinite(signal.error))) {
    throw base::InputError(
        fmt::format("no limit follows from {} ± {} passing events with a limit of {}: the error must be positive, and "
                    "the limit above the value",
                    signal.fitted, signal.error, signal.upper_limit));
  }
}

/// Points at which functions of the strength are looked at before a root is refined: knots, and steps between them.
std::vector<double> looked_at(const EfficiencyCurve& curve) {
  constexpr int kSteps = 16;
  std::vector<double> strengths;
  for (std::size_t i = 0; i + 1 < curve.knots().size(); ++i) {
    for (int step = 0; step < kSteps; ++step) {
      strengths.push_back(
          std::lerp(curve.knots()[i].strength, curve.knots()[i + 1].strength, static_cast<double>(step) / kSteps));
    }
  }
  strengths.push_back(curve.reach());
  return strengths;
}

/// Where `holds`, false at `low` and true at `high`, changes: to the last bit but a few.
double boundary(const std::function<bool(double)>& holds, double low, double high) {
  constexpr int kHalvings = 60;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = 0.5 * (low + high);
    (holds(middle) ? high : low) = middle;
  }
  return high;
}

/// The strength from which on `holds` at all that was looked at; nothing where it does not at the last.
std::optional<double> from_where_on(const EfficiencyCurve& curve, const std::function<bool(double)>& holds) {
  const std::vector<double> strengths = looked_at(curve);
  if (!holds(strengths.back())) {
    return std::nullopt;
  }
  for (std::size_t i = strengths.size() - 1; i > 0; --i) {
    if (!holds(strengths[i - 1])) {
      return boundary(holds, strengths[i - 1], strengths[i]);
    }
  }
  return 0.0;
}

/// The first strength at which `holds`; nothing where it does nowhere.
std::optional<double> first_where(const EfficiencyCurve& curve, const std::function<bool(double)>& holds) {
  const std::vector<double> strengths = looked_at(curve);
  if (holds(strengths.front())) {
    return strengths.front();
  }
  for (std::size_t i = 1; i < strengths.size(); ++i) {
    if (holds(strengths[i])) {
      return boundary(holds, strengths[i - 1], strengths[i]);
    }
  }
  return std::nullopt;
}

}  // namespace

PassingSignal expected_signal(double upper_limit, double n_sigma) {
  const double error = upper_limit / (n_sigma + sigmas_of_cls(n_sigma));
  return {n_sigma * error, error, upper_limit};
}

std::optional<double> upper_limit(const EfficiencyCurve& curve, const PassingSignal& signal) {
  require_usable(signal);
  const double k = sigmas_of_cls(std::max(0.0, signal.fitted / signal.error));
  return from_where_on(curve, [&](double strength) {
    const double distance = std::hypot(signal.upper_limit - signal.fitted, k * curve.spread(strength));
    return curve.passing(strength) - signal.fitted >= distance;
  });
}

StrengthInterval strength_interval(const EfficiencyCurve& curve, const PassingSignal& signal) {
  require_usable(signal);
  const auto away = [&](double strength) {
    return (curve.passing(strength) - signal.fitted) / std::hypot(signal.error, curve.spread(strength));
  };
  StrengthInterval interval;
  interval.low = first_where(curve, [&](double s) { return away(s) >= -1; }).value_or(curve.reach());
  interval.best = first_where(curve, [&](double s) { return away(s) >= 0; });
  interval.high = from_where_on(curve, [&](double s) { return away(s) > 1; });
  return interval;
}

}  // namespace eddy::stats
