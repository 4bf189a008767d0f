#include <eddy/base/error.hpp>
#include <eddy/stats/cls.hpp>
#include <eddy/stats/retrained_limit.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>

namespace eddy::stats {
namespace {

const PassingSignal kTen{.fitted = 2, .error = 4, .upper_limit = 10};

TEST(UpperLimit, OfAConstantEfficiencyIsTheNumberOverIt) {
  const EfficiencyCurve curve({{0, 0.25, 0}, {10, 0.25, 0}, {100, 0.25, 0}});
  EXPECT_NEAR(upper_limit(curve, kTen).value(), 10 / 0.25, 1e-9);
}

/// s (a + b s) = N: a quadratic equation.
TEST(UpperLimit, OfALinearEfficiencySolvesItsEquation) {
  constexpr double kA = 0.02;
  constexpr double kB = 0.001;
  const EfficiencyCurve curve({{0, kA, 0}, {50, kA + 50 * kB, 0}, {400, kA + 400 * kB, 0}});
  const double expected = (-kA + std::sqrt(kA * kA + 4 * kB * 10)) / (2 * kB);
  EXPECT_NEAR(upper_limit(curve, kTen).value(), expected, 1e-9);
}

TEST(UpperLimit, IsNoneWhereTheLargestStrengthIsNotExcluded) {
  const EfficiencyCurve curve({{0, 0.05, 0}, {100, 0.0999, 0}});
  EXPECT_FALSE(upper_limit(curve, kTen).has_value());
  const EfficiencyCurve blind({{0, 0, 0}, {100, 0, 0}, {1000, 0, 0}});
  EXPECT_FALSE(upper_limit(blind, kTen).has_value());
}

/// The efficiency e +- v of a Gaussian count: (e s - fitted)^2 = (N - fitted)^2 + (k v s)^2.
TEST(UpperLimit, ChargesTheSpreadOfTheEfficiency) {
  constexpr double kE = 0.4;
  constexpr double kV = 0.1;
  const EfficiencyCurve curve({{0, kE, kV}, {500, kE, kV}});
  const PassingSignal none{.fitted = 0, .error = 10 / 1.959963984540054, .upper_limit = 10};
  const double limit = upper_limit(curve, none).value();
  EXPECT_NEAR(limit, 10 / std::sqrt(kE * kE - std::pow(1.959963984540054 * kV, 2)), 1e-6);
  const EfficiencyCurve vague({{0, kE, 0.3}, {500, kE, 0.3}});
  EXPECT_FALSE(upper_limit(vague, none).has_value()) << "an efficiency that may well be 0 excludes nothing";
}

/// Where trainings find the signal by chance only, what lies below is not excluded although a smaller strength would
/// be.
TEST(UpperLimit, IsWhereEverythingAboveIsExcluded) {
  const EfficiencyCurve curve({{0, 0.5, 0}, {40, 0.5, 0}, {60, 0.5, 0.6}, {100, 0.5, 0}});
  const double limit = upper_limit(curve, kTen).value();
  EXPECT_GT(limit, 60);
  EXPECT_LT(limit, 100);
}

/// However uncertain the efficiency is: less seen, less allowed.
TEST(UpperLimit, RisesWithWhatIsSeen) {
  for (const double spread : {0.0, 0.05, 0.1, 0.15}) {
    const EfficiencyCurve curve({{0, 0.4, spread}, {2000, 0.4, spread}});
    double before = 0;
    for (const double n_sigma : kBands) {
      const PassingSignal signal = expected_signal(5 * (n_sigma + 2.8), n_sigma);
      const double limit = upper_limit(curve, signal).value();
      EXPECT_GT(limit, before) << spread << " " << n_sigma;
      before = limit;
    }
  }
}

TEST(ExpectedSignal, IsWhatTheAsymptoticFormulaSays) {
  for (const double n_sigma : kBands) {
    const double limit = n_sigma + 2.5;
    const PassingSignal signal = expected_signal(limit, n_sigma);
    EXPECT_NEAR(signal.fitted, n_sigma * signal.error, 1e-12);
    EXPECT_NEAR(expected_cls(std::pow(limit / signal.error, 2), n_sigma), 0.05, 1e-10) << n_sigma;
  }
}

TEST(StrengthInterval, IsThatOfTheCountOverAConstantEfficiency) {
  const EfficiencyCurve curve({{0, 0.25, 0}, {100, 0.25, 0}});
  const StrengthInterval interval = strength_interval(curve, {.fitted = 12, .error = 4, .upper_limit = 20});
  EXPECT_NEAR(interval.low, 8 / 0.25, 1e-9);
  EXPECT_NEAR(interval.best.value(), 12 / 0.25, 1e-9);
  EXPECT_NEAR(interval.high.value(), 16 / 0.25, 1e-9);
}

TEST(StrengthInterval, EndsAtNoSignalAndOpensBeyondWhatWasMeasured) {
  const EfficiencyCurve curve({{0, 0.25, 0}, {100, 0.25, 0}});
  const StrengthInterval deficit = strength_interval(curve, {.fitted = -3, .error = 4, .upper_limit = 8});
  EXPECT_EQ(deficit.low, 0);
  EXPECT_EQ(deficit.best, 0);
  EXPECT_NEAR(deficit.high.value(), 4, 1e-9);
  const StrengthInterval deep = strength_interval(curve, {.fitted = -9, .error = 4, .upper_limit = 5});
  EXPECT_EQ(deep.high, 0) << "a deficit of more than one standard deviation";
  const StrengthInterval open = strength_interval(curve, {.fitted = 24, .error = 4, .upper_limit = 32});
  EXPECT_NEAR(open.best.value(), 96, 1e-9);
  EXPECT_FALSE(open.high.has_value());
  const StrengthInterval beyond = strength_interval(curve, {.fitted = 90, .error = 4, .upper_limit = 99});
  EXPECT_EQ(beyond.low, 100);
  EXPECT_FALSE(beyond.best.has_value());
}

TEST(UpperLimit, RefusesWhatIsNoMeasurement) {
  const EfficiencyCurve curve({{0, 0.25, 0}, {100, 0.25, 0}});
  test::expect_throws_with<base::InputError>(
      [&] { (void)upper_limit(curve, {.fitted = 2, .error = 0, .upper_limit = 10}); }, "2 ± 0");
  test::expect_throws_with<base::InputError>(
      [&] { (void)upper_limit(curve, {.fitted = 2, .error = 1, .upper_limit = 2}); }, "limit of 2");
}

}  // namespace
}  // namespace eddy::stats
