#include <eddy/base/error.hpp>
#include <eddy/stats/cls.hpp>
#include <eddy/stats/standard_normal.hpp>

#include <fmt/format.h>

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

namespace eddy::stats {
namespace {

constexpr int kLargestGrowth = 60;  // doublings
constexpr int kBits = 32;

/// The strength where the falling function cls(strength) is `level`.
double solve_falling(const std::function<double(double)>& cls, double level, double scale,
                     const NotFoundMessage& not_found) {
  double high = scale;
  int growth = 0;
  while (cls(high) >= level && ++growth < kLargestGrowth) {
    high *= 2;
  }
  std::uintmax_t evaluations = 200;
  const auto excess = [&](double s) { return s > 0 ? cls(s) - level : 1 - level; };
  if (growth < kLargestGrowth) {
    const auto tolerance = boost::math::tools::eps_tolerance<double>(kBits);
    const auto [low, up] = boost::math::tools::toms748_solve(excess, 0.0, high, tolerance, evaluations);
    if (evaluations < 200) {
      return 0.5 * (low + up);
    }
  }
  throw base::NumericError(not_found(high));
}

}  // namespace

double asymptotic_cls(double q, double q_asimov) {
  const double root = std::sqrt(q_asimov);
  if (q <= q_asimov) {
    return upper_tail(std::sqrt(q)) / upper_tail(std::sqrt(q) - root);
  }
  return upper_tail((q + q_asimov) / (2 * root)) / upper_tail((q - q_asimov) / (2 * root));
}

double expected_cls(double q_asimov, double n_sigma) {
  return upper_tail(std::sqrt(q_asimov) - n_sigma) / upper_tail(-n_sigma);
}

UpperLimit asymptotic_limit(const std::function<double(double)>& q, const std::function<double(double)>& q_asimov,
                            double scale, double confidence_level, const NotFoundMessage& not_found) {
  if (!(confidence_level > 0 && confidence_level < 1)) {
    throw base::InputError(
        fmt::format("a confidence level must lie between 0 and 1 but is {}: write 0.95 for 95 %", confidence_level));
  }
  const double level = 1 - confidence_level;
  UpperLimit limit;
  limit.observed = solve_falling([&](double s) { return asymptotic_cls(q(s), q_asimov(s)); }, level, scale, not_found);
  for (std::size_t i = 0; i < kBands.size(); ++i) {
    limit.expected[i] =
        solve_falling([&](double s) { return expected_cls(q_asimov(s), kBands[i]); }, level, scale, not_found);
  }
  return limit;
}

}  // namespace eddy::stats
