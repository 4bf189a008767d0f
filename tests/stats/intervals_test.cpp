#include <eddy/base/error.hpp>
#include <eddy/stats/intervals.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace eddy::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Significance, round_trips_through_the_whole_range_of_p) {
  for (double exponent = -300; exponent <= -0.31; exponent += 0.37) {
    const double p = std::pow(10, exponent);
    // d ln p / dz = -z at most, z < 38, and z itself carries a few ulp: z^2 ulp = 3e-13, allowed 1e-12.
    EXPECT_NEAR(to_p_value(to_significance({p})).value / p, 1, 1e-12) << "p = " << p;
  }
}

TEST(Significance, is_antisymmetric_about_one_half) {
  EXPECT_NEAR(to_significance({0.5}).z, 0, 1e-16);
  for (const double p : {0.25, 0.0625, 0x1p-20}) {  // 1 - p is exact
    EXPECT_NEAR(to_significance({1 - p}).z, -to_significance({p}).z, 1e-9) << "p = " << p;
  }
}

TEST(Significance, known_values) {
  // scipy.stats.norm.isf and sf (SciPy 1.10): isf(2.866515718791933e-07) = 5, isf(1e-300) = 37.0471, sf(-2) = 0.97725
  EXPECT_NEAR(to_significance({2.866515718791933e-07}).z, 5, 1e-12);
  EXPECT_NEAR(to_significance({1e-300}).z, 37.0470964, 1e-6);
  EXPECT_NEAR(to_p_value({-2}).value, 0.9772498680518208, 1e-15);
}

TEST(Significance, certainty_is_infinite) {
  EXPECT_EQ(to_significance({0}).z, kInfinity);
  EXPECT_EQ(to_significance({1}).z, -kInfinity);
  EXPECT_EQ(to_p_value({kInfinity}).value, 0);
  EXPECT_EQ(to_p_value({-kInfinity}).value, 1);
}

TEST(Significance, rejects_what_is_no_probability) {
  test::expect_throws_with<base::InputError>([] { (void)to_significance({1.5}); }, "1.5", "pass a probability");
  test::expect_throws_with<base::InputError>([] { (void)to_significance({-0.25}); }, "-0.25", "pass a probability");
  test::expect_throws_with<base::InputError>([] { (void)to_significance({std::nan("")}); }, "nan",
                                             "pass a probability");
  test::expect_throws_with<base::InputError>([] { (void)to_p_value({std::nan("")}); }, "nan",
                                             "check the test statistic");
}

double poisson_at_most(int n, double mean) {
  double term = std::exp(-mean);
  double sum = 0;
  for (int k = 0; k <= n; ++k) {
    sum += term;
    term *= mean / (k + 1);
  }
  return sum;
}

TEST(Garwood, each_tail_holds_half_of_what_the_interval_leaves) {
  for (const double level : {0.5, 0.682689492137086, 0.95}) {
    for (const int n : {1, 2, 5, 17, 60}) {
      const Interval interval = garwood(n, level);
      EXPECT_NEAR(poisson_at_most(n, interval.high), (1 - level) / 2, 1e-12) << n;
      EXPECT_NEAR(1 - poisson_at_most(n - 1, interval.low), (1 - level) / 2, 1e-12) << n;
    }
  }
}

TEST(Garwood, an_empty_count_has_a_closed_form) {
  EXPECT_EQ(garwood(0).low, 0);
  EXPECT_NEAR(garwood(0, 0.9).high, -std::log(0.05), 1e-13);
  EXPECT_NEAR(garwood(0).high, 1.8410216450092634, 1e-12);  // -ln((1 - 0.682689492137086) / 2)
}

TEST(Garwood, tends_to_the_gaussian_interval) {
  // Cornish-Fisher: n + z sqrt(n) + (z^2 + 2) / 3 +- ... with z = 1, next order 1 / sqrt(n).
  const Interval interval = garwood(1e6);
  EXPECT_NEAR(interval.high, 1e6 + 1e3 + 1, 0.01);
  EXPECT_NEAR(interval.low, 1e6 - 1e3, 0.01);
}

/// boost's quantile ends with an exception for weighted counts from 1e10 and below 1e-308 (found by a fuzzer).
TEST(Garwood, holds_each_count_there_is) {
  for (double log_count = -323; log_count <= 308; log_count += 0.7) {
    const double n = std::pow(10, log_count);
    const Interval interval = garwood(n);
    EXPECT_LE(interval.low, n) << n;
    EXPECT_GE(interval.high, n) << n;
    const double rounding = 1e-15 * n;
    EXPECT_GE(interval.low, std::max(0.0, n - 1.01 * std::sqrt(n) - 1 - rounding)) << n;
    EXPECT_LE(interval.high, n + 1.01 * std::sqrt(n) + 1.9 + rounding) << n;
  }
}

TEST(Garwood, does_not_step_where_the_formula_for_many_takes_over) {
  for (const double level : {0.5, 0.682689492137086, 0.95, 0.9999}) {
    const Interval below = garwood(1e6, level);
    const Interval above = garwood(1e6 + 1e-3, level);
    EXPECT_NEAR(above.low, below.low, 1e-2) << level;
    EXPECT_NEAR(above.high, below.high, 1e-2) << level;
  }
}

TEST(Garwood, rejects_bad_arguments) {
  test::expect_throws_with<base::InputError>([] { (void)garwood(-1); }, "-1", "number of events");
  test::expect_throws_with<base::InputError>([] { (void)garwood(std::nan("")); }, "nan", "number of events");
  test::expect_throws_with<base::InputError>([] { (void)garwood(kInfinity); }, "inf", "number of events");
  test::expect_throws_with<base::InputError>([] { (void)garwood(3, 95); }, "95", "write 0.95");
  test::expect_throws_with<base::InputError>([] { (void)garwood(3, 0); }, "is 0", "write 0.95");
}

}  // namespace
}  // namespace eddy::stats
