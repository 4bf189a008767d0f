#include <eddy/base/error.hpp>
#include <eddy/stats/counting.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <chrono>
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

/// Integrals by parts: P = sum over the jumps of the Poisson count of Phi, for a Gaussian much wider than the rise of
/// P(n >= k), whose mean is k and whose variance is k (a gamma distribution): E[1 - Phi((x - b) / error)] to first
/// order of k / error^2.
/// The Poisson tails of boost, which take their time, at the border to the expansion for many counts and beyond.
TEST(CountingPValue, of_many_events_is_the_incomplete_gamma_function) {
  for (const double count : {10001.0, 3e4, 1e6}) {
    for (const double pull : {-30.0, -8.0, -1.0, -1e-4, 0.0, 0.5, 3.0, 20.0}) {
      const double mean = count + pull * std::sqrt(count);
      EXPECT_NEAR(counting_p_value(count, mean, 0).value / boost::math::gamma_p(count, mean), 1, 1e-8)
          << count << " at " << pull;
    }
  }
  EXPECT_NEAR(counting_p_value(1e12, 1e12, 0).value, 0.5, 1e-6);
  EXPECT_NEAR(to_significance(counting_p_value(1e12 + 2e7, 1e12, 0)).z, 20, 1e-3) << "boost gave up";
}

TEST(CountingPValue, of_an_error_much_wider_than_the_count_is_the_gaussian_tail) {
  for (const double error : {1e4, 1e6, 1e9, 1e12}) {
    const double observed = 100;
    const double expected = 40;
    const double beyond = normal_below((expected - observed) / error) / normal_below(expected / error);
    EXPECT_NEAR(counting_p_value(observed, expected, error).value, beyond, 1e-7) << error;
  }
}

/// One event: the closed form of the Laplace transform, exp(e^2 / 2 - b) Phi(b / e - e), by the asymptotic series of
/// Phi far below: 1 / (sqrt(2 pi) (e - b / e)) exp(-b^2 / (2 e^2)).
TEST(CountingPValue, of_one_event_and_a_huge_error_is_the_laplace_transform) {
  for (const double error : {1e3, 1e5, 1e6, 1e8}) {
    const double expected = 0.5 * error;
    const double x = error - expected / error;
    const double none = std::exp(-0.5 * std::pow(expected / error, 2)) / std::sqrt(2 * std::numbers::pi) / x *
                        (1 - 1 / (x * x)) / normal_below(expected / error);
    EXPECT_NEAR((1 - counting_p_value(1, expected, error).value) / none, 1, 1e-6) << error;
  }
}

TEST(JudgeCount, of_a_few_huge_weights_takes_no_time) {
  // 5,000 events of weight 1 and one of 1e6: before, minutes.
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& [observed, expected, error] :
       {std::array{100.0, 1e6, 1e6}, {5000, 5000, 1e6}, {0, 2, 1e9}, {1e6, 3, 1e12}, {1e9, 1e9, 1e5}}) {
    const CountingResult result = judge_count(observed, expected, error);
    EXPECT_TRUE(std::isfinite(result.upper_limit));
    EXPECT_TRUE(std::ranges::is_sorted(result.expected_limit));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2)) << "five counts, in milliseconds each";
}

/// A wide Gaussian background: P(n <= k | s + b) is that of the Gaussian, so the limit s solves
/// Phi((k - b - s) / e) - Phi(-b / e - s / e) ... cut off at 0: Phi((k - b - s) / e) - Phi(-b / e) over the same at s =
/// 0.
TEST(JudgeCount, of_a_wide_background_is_the_limit_of_a_cut_gaussian) {
  const double observed = 2e6;
  const double expected = 1e6;
  const double error = 1e6;
  const auto at_most = [&](double signal) {
    return std::max(0.0, normal_below((observed - signal - expected) / error) - normal_below(-expected / error));
  };
  const double limit = judge_count(observed, expected, error).upper_limit;
  EXPECT_NEAR(at_most(limit) / at_most(0), 0.05, 1e-3);
}

TEST(JudgeCount, of_a_deep_deficit_ends_with_a_conservative_limit) {
  const double limit = judge_count(0, 1000, 1).upper_limit;
  EXPECT_GT(limit, -std::log(0.05));
  EXPECT_LT(limit, 30);
  EXPECT_EQ(limit, judge_count(100, 1000, 1).upper_limit) << "both below the 1e-9 quantile, about 815";
  EXPECT_TRUE(std::isfinite(judge_count(5, 1e18, 1e9).upper_limit)) << "where whole numbers are not told apart";
  EXPECT_TRUE(std::isfinite(judge_count(3, 1e17, 0.1).upper_limit)) << "an error that is not seen beside the mean";
  EXPECT_THROW(static_cast<void>(judge_count(3, 1e30, 0.1)), base::InputError);
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
