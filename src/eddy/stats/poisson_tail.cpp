#include <eddy/stats/poisson_tail.hpp>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <numbers>

namespace eddy::stats {
namespace {

/// The series and fractions of boost take sqrt(count) steps and end with an exception at 1e10; for a mean of next to
/// nothing they do from 1,800 on, where nothing of one tail is left that a number could hold or that anyone could want.
bool is_many(double count, double mean) {
  constexpr double kMany = 1e4;
  constexpr double kManyBesideNothing = 300;
  return count > kMany || (count > kManyBesideNothing && mean < 0.1 * count);
}

/// P(n >= count) and P(n < count).
struct Tails {
  double at_least = 0;
  double below = 1;
};

/// For many counts: Temme's uniform expansion (DLMF 8.12), two terms of it, whose error is below 1e-10.
Tails tails_of_many(double count, double mean) {
  const double distance = mean / count - 1;
  if (!(distance > -1)) {
    return {};
  }
  if (std::isinf(distance)) {
    return {1, 0};
  }
  const double eta = std::copysign(std::sqrt(-2 * boost::math::log1pmx(distance)), distance);
  constexpr double kSmall = 0.03;  // below, differences of poles: their series
  const double c0 =
      std::abs(eta) < kSmall ? -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135 - eta / 864)) : 1 / distance - 1 / eta;
  const double c1 = std::abs(eta) < kSmall
                        ? -1.0 / 540 - eta * (1.0 / 288 - eta * 25.0 / 12096)
                        : 1 / (eta * eta * eta) - (1 / distance + 1 + distance / 12) / (distance * distance);
  const double rest = std::exp(-0.5 * count * eta * eta) / std::sqrt(2 * std::numbers::pi * count) * (c0 + c1 / count);
  const double normal = eta * std::sqrt(0.5 * count);
  return {std::max(0.0, 0.5 * std::erfc(-normal) - rest), std::max(0.0, 0.5 * std::erfc(normal) + rest)};
}

}  // namespace

double poisson_at_least(double count, double mean) {
  if (!(mean > 0)) {
    return 0;
  }
  return is_many(count, mean) ? tails_of_many(count, mean).at_least : boost::math::gamma_p(count, mean);
}

double poisson_at_most(double count, double mean) {
  if (!(mean > 0)) {
    return 1;
  }
  return is_many(count, mean) ? tails_of_many(count + 1, mean).below : boost::math::gamma_q(count + 1, mean);
}

}  // namespace eddy::stats
