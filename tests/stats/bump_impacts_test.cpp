#include <eddy/base/error.hpp>
#include <eddy/stats/bump_impacts.hpp>
#include <eddy/stats/bump_signal.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>
#include <numeric>

namespace eddy::stats {
namespace {

/// A flat background of 100 a bin, exactly, and `signal_events` of a bump in the middle.
MassHistogram flat_spectrum(double signal_events) {
  MassHistogram histogram;
  for (int i = 0; i <= 20; ++i) {
    histogram.edges.push_back(2 + 0.1 * i);
  }
  histogram.counts.assign(20, 100);
  const std::vector<double> fractions = signal_template({3, 0.1}, histogram);
  for (std::size_t i = 0; i < 20; ++i) {
    histogram.counts[i] += signal_events * fractions[i];
  }
  return histogram;
}

const Impact& named(const std::vector<Impact>& impacts, const std::string& name) {
  for (const Impact& impact : impacts) {
    if (impact.nuisance == name) {
      return impact;
    }
  }
  throw base::Error("no impact of " + name);
}

/// A yield that is uncertain by 20 % turns the fitted strength into strength / 1.2 and strength * 1.2; no data pull it.
TEST(BumpImpacts, OfAnUncertainYieldAreItsSize) {
  const MassHistogram histogram = flat_spectrum(100);
  const std::vector<double> signal = signal_template({3, 0.1}, histogram);
  const std::vector<Impact> impacts =
      bump_impacts(histogram, BernsteinShape{1}, signal, {{"yield", NuisanceTarget::kSignal, 0.2, {}}});
  ASSERT_EQ(impacts.size(), 2U);
  const Impact& yield = named(impacts, "yield");
  EXPECT_NEAR(yield.high, 100 / 1.2 - 100, 1e-4);
  EXPECT_NEAR(yield.low, 100 * 1.2 - 100, 1e-4);
  EXPECT_NEAR(yield.pull, 0, 1e-6);
  EXPECT_NEAR(yield.pull_error, 1, 1e-3);
}

/// Poisson fluctuations, shape and nuisances add up in quadrature to the error of the fit.
TEST(BumpImpacts, MakeUpTheErrorOfTheStrength) {
  const MassHistogram histogram = flat_spectrum(60);
  const std::vector<double> signal = signal_template({3, 0.1}, histogram);
  std::vector<double> step(20, 0.0);
  std::fill(step.begin() + 8, step.begin() + 12, 1.0);
  const std::vector<LogNormalNuisance> nuisances = {
      {.name = "closure", .target = NuisanceTarget::kBackground, .relative_size = 0.05, .per_bin = step}};
  const std::vector<Impact> impacts = bump_impacts(histogram, BernsteinShape{2}, signal, nuisances);
  const BumpSignal fit = fit_signal(histogram, BernsteinShape{2}, signal, {.nuisances = nuisances});
  double information = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    information += signal[i] * signal[i] / fit.best.mean[i];
  }
  const double shape = named(impacts, kShapeImpact).high;
  const double closure = size_of(named(impacts, "closure"));
  EXPECT_GT(shape, 0.05 * fit.strength_error);
  // A background larger by exp(pull * error) in the region takes as much from the signal.
  EXPECT_LT(named(impacts, "closure").high, 0);
  EXPECT_GT(named(impacts, "closure").low, 0);
  EXPECT_NEAR(std::sqrt(1 / information + shape * shape + closure * closure) / fit.strength_error, 1, 0.02);
  EXPECT_LT(named(impacts, "closure").pull_error, 1) << "the bins beside the bump know the step too";
}

/// The held nuisance against MINUIT's way: the covariance says where the strength goes, to first order.
TEST(BumpImpacts, AgreeWithTheCovarianceForSmallShifts) {
  const MassHistogram histogram = flat_spectrum(40);
  const std::vector<double> signal = signal_template({3, 0.1}, histogram);
  const std::vector<LogNormalNuisance> nuisances = {{"all", NuisanceTarget::kBackground, 1e-3, {}},
                                                    {"yield", NuisanceTarget::kSignal, 1e-3, {}}};
  const std::vector<Impact> impacts = bump_impacts(histogram, BernsteinShape{1}, signal, nuisances);
  EXPECT_NEAR(named(impacts, "all").high, 0, 1e-3) << "the background's parameters take a common factor back";
  EXPECT_NEAR(named(impacts, "yield").high, -40e-3, 1e-3);
}

TEST(BumpImpacts, RefuseWhatHasNoFit) {
  test::expect_throws_with<base::InputError>(
      [] {
        (void)bump_impacts(flat_spectrum(1), BernsteinShape{1}, {1, 2}, {});
      },
      "template");
}

}  // namespace
}  // namespace eddy::stats
