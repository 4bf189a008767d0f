#include <eddy/base/error.hpp>
#include <eddy/stats/cls.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

std::string not_found(double searched_to) {
  return fmt::format("the CLs limit was not found below a signal strength of {}: check the template", searched_to);
}

double upper_tail(double z) { return to_p_value({z}).value; }

TEST(AsymptoticLimit, of_a_gaussian_measurement_is_the_closed_form) {
  // x ~ N(s, sigma): limit x + sigma Phi^-1(1 - 0.05 Phi(x / sigma)), bands with x = N sigma (Cowan et al. eq. 89).
  const double sigma = 3;
  for (const double x : {-7.0, -1.0, 0.0, 2.0, 9.0}) {
    const auto q_asimov = [&](double s) { return s * s / (sigma * sigma); };
    const auto q = [&](double s) {
      const double best = std::max(x, 0.0);
      return s > best ? ((x - s) * (x - s) - (x - best) * (x - best)) / (sigma * sigma) : 0;
    };
    const UpperLimit limit = asymptotic_limit(q, q_asimov, 1, 0.95, not_found);
    const auto closed = [&](double at) { return at + sigma * to_significance({0.05 * upper_tail(-at / sigma)}).z; };
    EXPECT_NEAR(limit.observed / closed(x), 1, 1e-8) << x;  // 32 bits of the root
    for (int band = -2; band <= 2; ++band) {
      EXPECT_NEAR(limit.expected[band + 2] / closed(band * sigma), 1, 1e-8) << band;
    }
  }
}

TEST(AsymptoticLimit, is_refused_without_sensitivity_or_level) {
  const auto zero = [](double) { return 1e-300; };
  test::expect_throws_with<base::NumericError>(
      [&] { static_cast<void>(asymptotic_limit(zero, zero, 1, 0.95, not_found)); }, "not found", "template");
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(asymptotic_limit(zero, zero, 1, 95, not_found)); },
                                             "95", "0.95");
}

}  // namespace
}  // namespace eddy::stats
