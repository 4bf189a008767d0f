#include <eddy/base/error.hpp>
#include <eddy/stats/asimov.hpp>

#include <fmt/format.h>
#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace eddy::stats {
namespace {

void require_background(double background, double error) {
  if (!(background > 0) || !std::isfinite(background)) {
    throw base::InputError(
        fmt::format("a background of {} events has no Asimov significance; it must be above 0", background));
  }
  if (!(error >= 0) || !std::isfinite(error)) {
    throw base::InputError(fmt::format("the error of the background is {}; it must not be negative", error));
  }
}

/// (1 + x) ln(1 + x) - x, without cancellation for small x.
double excess_of(double x) {
  constexpr double kSmall = 1e-4;
  return x < kSmall ? x * x * (0.5 - x / 6 + x * x / 12) : (1 + x) * std::log1p(x) - x;
}

/// Z^2 / 2. With t = s / b and u = error^2 / b, eq. 20 is b [(1 + t) ln((1 + t)(1 + u) / (1 + u (1 + t)))
/// - ln(1 + u t / (1 + u)) / u]; the first logarithm is log1p(t) - log1p(u t / (1 + u)).
double half_square(double signal, double background, double error) {
  const double t = signal / background;
  const double u = error * error / background;
  if (u * std::max(1.0, t) < 1e-10) {
    return background * excess_of(t);
  }
  const double shared = std::log1p(u * t / (1 + u));
  return background * ((1 + t) * (std::log1p(t) - shared) - shared / u);
}

}  // namespace

double asimov_significance(double signal, double background, double error) {
  require_background(background, error);
  if (!(signal >= 0) || !std::isfinite(signal)) {
    throw base::InputError(fmt::format("a signal of {} events has no significance; it must not be negative", signal));
  }
  return std::sqrt(2 * std::max(0.0, half_square(signal, background, error)));
}

double signal_for_significance(double z, double background, double error) {
  require_background(background, error);
  if (!(z > 0) || !std::isfinite(z)) {
    throw base::InputError(fmt::format("Z = {} is no significance to look for; give one above 0", z));
  }
  double high = z * std::hypot(std::sqrt(background), error) + z * z;  // grows without bound in the signal
  while (asimov_significance(high, background, error) < z) {
    high *= 2;
  }
  constexpr int kBits = 40;
  std::uintmax_t n_steps = 200;
  const auto [below, above] = boost::math::tools::toms748_solve(
      [&](double signal) { return asimov_significance(signal, background, error) - z; }, 0.0, high,
      boost::math::tools::eps_tolerance<double>(kBits), n_steps);
  return 0.5 * (below + above);
}

}  // namespace eddy::stats
