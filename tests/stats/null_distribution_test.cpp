#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/intervals.hpp>
#include <eddy/stats/null_distribution.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace eddy::stats {
namespace {

std::vector<double> normal_sample(base::RandomStream& stream, std::size_t n, double mean, double sd) {
  std::vector<double> z(n);
  for (double& value : z) {
    value = mean + sd * stream.normal();
  }
  return z;
}

TEST(NullMoments, AreThoseOfTheSample) {
  const NullMoments moments = null_moments(std::vector<double>{1, 2, 3, 6});
  EXPECT_EQ(moments.n, 4U);
  EXPECT_DOUBLE_EQ(moments.mean, 3);
  EXPECT_DOUBLE_EQ(moments.sd, std::sqrt(14.0 / 3));
  EXPECT_DOUBLE_EQ(moments.mean_error, std::sqrt(14.0 / 12));
  EXPECT_TRUE(std::isnan(null_moments({}).mean));
  EXPECT_TRUE(std::isnan(null_moments(std::vector<double>{1}).sd));
}

TEST(CalibratedPValue, IsTheFractionWhereEnoughExperimentsReachIt) {
  std::vector<double> z;
  for (int i = 0; i < 99; ++i) {
    z.push_back(i);
  }
  const CalibratedPValue calibrated = calibrated_p_value(90, z);  // 90 ... 98: nine of them
  EXPECT_DOUBLE_EQ(calibrated.p_value, 0.1);
  EXPECT_NEAR(calibrated.p_value_error, std::sqrt(0.09 / 99), 1e-12);
  EXPECT_NEAR(calibrated.z, 1.2815515655, 1e-9);
  EXPECT_FALSE(calibrated.is_extrapolated);
}

/// With thousands of experiments the fitted tail is that of the normal distribution, shifted and wider.
TEST(CalibratedPValue, BeyondThemIsTheTailOfTheirDistribution) {
  base::RandomStream stream({1}, "tail");
  const std::vector<double> z = normal_sample(stream, 20000, 0.5, 1.2);
  const CalibratedPValue calibrated = calibrated_p_value(0.5 + 1.2 * 5, z);
  EXPECT_TRUE(calibrated.is_extrapolated);
  EXPECT_NEAR(calibrated.z, 5, 5 * std::hypot(1, 5 / std::sqrt(2.0)) / std::sqrt(20000.0));
  EXPECT_GT(calibrated.p_value_error, 0);
  EXPECT_LT(calibrated.p_value_error, calibrated.p_value);
}

TEST(CalibratedPValue, TakesNoSpreadBelowOne) {
  const std::vector<double> z = {0.1, 0, -0.1, 0.05, -0.05, 0, 0.1, -0.1};
  const CalibratedPValue calibrated = calibrated_p_value(3, z);
  EXPECT_GT(calibrated.p_value, to_p_value({3}).value) << "eight experiments say less than a normal distribution";
}

/// Whole experiments without signal, each calibrated by a few of its own: p is uniform, for few and for many, and
/// whatever the mean.
TEST(CalibratedPValue, IsUniformWithoutSignal) {
  constexpr std::size_t kTrials = 20000;
  for (const std::size_t n : {5U, 20U, 100U}) {
    base::RandomStream stream({n}, "uniform");
    double below_5_percent = 0;
    double below_2_sigma = 0;
    for (std::size_t i = 0; i < kTrials; ++i) {
      const std::vector<double> z = normal_sample(stream, n, 0.8, 1.3);
      const double p = calibrated_p_value(0.8 + 1.3 * stream.normal(), z).p_value;
      below_5_percent += p <= 0.05 ? 1 : 0;
      below_2_sigma += p <= to_p_value({2}).value ? 1 : 0;
    }
    const auto error = [&](double p) { return 5 * std::sqrt(p * (1 - p) / kTrials); };
    // The floor of the spread makes it smaller where n is small: 5 % is an upper limit, half of it is asked for.
    EXPECT_LT(below_5_percent / kTrials, 0.05 + error(0.05)) << n;
    EXPECT_GT(below_5_percent / kTrials, 0.025) << n;
    const double two_sigma = to_p_value({2}).value;
    EXPECT_LT(below_2_sigma / kTrials, two_sigma + error(two_sigma)) << n;
  }
}

/// p and Z are one statement, also where all experiments reach the search, and where some had nothing to test.
TEST(CalibratedPValue, IsBelowOneForADeficit) {
  const std::vector<double> z = {0.5, 0.6, 0.7, 0.8, 0.9, 1};
  for (const std::size_t n_nothing : {0U, 6U}) {
    const CalibratedPValue calibrated = calibrated_p_value(-2, z, n_nothing);
    EXPECT_LT(calibrated.p_value, 1);
    EXPECT_GT(calibrated.p_value_error, 0);
    EXPECT_NEAR(to_significance({calibrated.p_value}).z, calibrated.z, 1e-12);
  }
  EXPECT_DOUBLE_EQ(calibrated_p_value(-2, z, 6).p_value, 7.0 / 13);
  EXPECT_DOUBLE_EQ(calibrated_p_value(3, z, 6).p_value, calibrated_p_value(3, z).p_value / 2);
}

TEST(CalibratedPValue, NeedsExperimentsWithNumbers) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  test::expect_throws_with<base::InputError>(
      [] {
        (void)calibrated_p_value(2, std::vector<double>{1, 2});
      },
      "with 2 null experiments", "at least 3");
  test::expect_throws_with<base::InputError>(
      [&] {
        (void)calibrated_p_value(2, std::vector<double>{1, 2, none});
      },
      "one of them without a Z");
  test::expect_throws_with<base::InputError>(
      [&] {
        (void)calibrated_p_value(none, std::vector<double>{1, 2, 3});
      },
      "a significance of nan");
}

}  // namespace
}  // namespace eddy::stats
