#include <eddy/base/error.hpp>
#include <eddy/stats/counting.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

double normal_below(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

TEST(CountingPValue, of_an_exact_mean_is_the_poisson_tail) {
  EXPECT_NEAR(counting_p_value(1, 2.5, 0).value, -std::expm1(-2.5), 1e-14);
  EXPECT_NEAR(counting_p_value(3, 2, 0).value, 1 - std::exp(-2.0) * (1 + 2 + 2), 1e-14);
  EXPECT_EQ(counting_p_value(0, 2, 0).value, 1);
  EXPECT_EQ(counting_p_value(0, 2, 1).value, 1);
}

TEST(CountingPValue, of_one_event_is_the_laplace_transform_of_the_cut_gaussian) {
  // P(n >= 1) = 1 - E[exp(-b)] = 1 - exp(sigma^2 / 2 - b) Phi(b / sigma - sigma) / Phi(b / sigma).
  for (const auto& [expected, error] : {std::pair{2.0, 0.5}, {1.0, 2.0}, {0.0, 1.0}, {10.0, 0.01}}) {
    const double none = std::exp(0.5 * error * error - expected) * normal_below(expected / error - error) /
                        normal_below(expected / error);
    EXPECT_NEAR(counting_p_value(1, expected, error).value, 1 - none, 1e-9) << expected << " " << error;
  }
}

TEST(CountingPValue, of_many_events_adds_the_errors_in_quadrature) {
  const double expected = 1e6;
  const double error = 700;
  for (const double z : {-1.0, 0.0, 2.0, 4.0}) {
    const double observed = expected + z * std::hypot(std::sqrt(expected), error);
    // Poisson skewness at 1e6 events: Z is moved by less than (z^2 + 2) / 6 / 1000, and half an event.
    EXPECT_NEAR(to_significance(counting_p_value(observed, expected, error)).z, z, 0.005) << z;
  }
}

TEST(CountingPValue, resolves_large_excesses) {
  // 400 over 100 +- 50 is reached by means near 300, 4 standard deviations away; without the integral over these the
  // p-value would be the Poisson one, below 1e-100.
  const double p = counting_p_value(400, 100, 50).value;
  EXPECT_LT(p, normal_below(-4));
  EXPECT_GT(p, normal_below(-7));
  EXPECT_NEAR(counting_p_value(400, 100, 1e-3).value / counting_p_value(400, 100, 0).value, 1, 1e-3);
}

TEST(CountingPValue, is_the_integral) {
  for (const auto& [observed, expected, error] : {std::array{400.0, 100.0, 50.0}, {5000, 5000, 300}, {3, 0.5, 2}}) {
    // The trapezoidal rule with 1e5 points: the integrand is smooth, its ends vanish (or P(n >= k) does, at 0).
    const double step = 60 * error / 1e5;
    double sum = 0;
    double weights = 0;
    for (double mean = std::max(0.0, expected - 30 * error); mean < expected + 30 * error; mean += step) {
      const double weight = std::exp(-0.5 * std::pow((mean - expected) / error, 2)) * (mean == 0 ? 0.5 : 1);
      sum += mean > 0 ? weight * counting_p_value(observed, mean, 0).value : 0;
      weights += weight;
    }
    // Where the Gaussian is cut at 0, the rule is right to (step / error)^2 / 12 = 3e-8.
    EXPECT_NEAR(counting_p_value(observed, expected, error).value / (sum / weights), 1, 1e-7) << observed;
  }
}

TEST(CountingPValue, falls_with_the_count_and_is_a_probability) {
  double before = 1;
  for (int n = 0; n < 60; ++n) {
    const double p = counting_p_value(n, 20, 6).value;
    EXPECT_LE(p, before) << n;
    EXPECT_GT(p, 0) << n;
    before = p;
  }
}

TEST(CountingPValue, refuses_what_is_no_expectation) {
  test::expect_throws_with<base::InputError>([] { static_cast<void>(counting_p_value(-1, 2, 1)); }, "-1", "2 +- 1");
  test::expect_throws_with<base::InputError>([] { static_cast<void>(counting_p_value(1, 0, 0)); }, "0 +- 0");
  const double infinite = std::numeric_limits<double>::infinity();
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(counting_p_value(1, 2, infinite)); }, "inf");
}

TEST(JudgeCount, limit_without_events_is_minus_log_of_one_minus_the_confidence) {
  // P(0 | s + b) / P(0 | b) = exp(-s), whatever the background and its error.
  for (const auto& [expected, error] : {std::pair{1.0, 0.0}, {3.0, 0.5}, {0.5, 1.0}}) {
    EXPECT_NEAR(judge_count(0, expected, error).upper_limit, -std::log(0.05), 1e-5) << expected << " " << error;
  }
}

TEST(JudgeCount, of_many_events_is_the_gaussian_limit) {
  const double expected = 1e4;
  const double error = 50;
  const double sigma = std::hypot(std::sqrt(expected), error);
  const CountingResult result = judge_count(expected, expected, error);
  // CLs of a Gaussian at its median: 1 - Phi(s / sigma) = 0.05 / 2. Skewness moves it by 1 / (6 sqrt(n)) = 0.002, whole
  // counts by half of one, 0.004, and the Poisson error of the signal itself by s / (2 sigma^2) of it, 0.02.
  EXPECT_NEAR(result.upper_limit / sigma, 1.95996, 0.03);
  EXPECT_NEAR(result.expected_limit[2] / sigma, 1.95996, 0.03);
  EXPECT_NEAR(result.z, 0, 0.01);
  // One sigma above the median: 1 - Phi(s - 1) = 0.05 Phi(1), so s = 2.727.
  EXPECT_NEAR(result.expected_limit[3] / sigma, 2.7272, 0.03);
}

TEST(JudgeCount, more_events_and_a_less_certain_background_weaken_the_limit) {
  EXPECT_LT(judge_count(3, 3, 0.1).upper_limit, judge_count(6, 3, 0.1).upper_limit);
  EXPECT_LT(judge_count(5, 3, 0.1).upper_limit, judge_count(5, 3, 1.5).upper_limit);
  const CountingResult result = judge_count(5, 3, 0.5);
  EXPECT_TRUE(std::ranges::is_sorted(result.expected_limit));
  EXPECT_EQ(result.p_value, counting_p_value(5, 3, 0.5).value);
}

TEST(JudgeCount, covers_a_signal_as_often_as_it_says) {
  // Signal 4 on a background of 6 +- 1: counts n with a limit below 4 must be rarer than 5 % (CLs overcovers).
  const double signal = 4;
  double below = 0;
  for (double n = 0; n < 12; ++n) {  // with more events the limit is above 4
    if (judge_count(n, 6, 1).upper_limit < signal) {
      // P(n | s + b) averaged over b: from the tails of a background shifted by the signal, its error far from 0.
      below += counting_p_value(n, 6 + signal, 1).value - counting_p_value(n + 1, 6 + signal, 1).value;
    }
  }
  EXPECT_LT(below, 0.05);
  EXPECT_GT(below, 0.001);  // n <= 2 alone is excluded: P = 0.003 for a mean of 10, more with its error
}

}  // namespace
}  // namespace eddy::stats
