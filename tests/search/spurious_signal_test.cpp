// The nuisance of bump_hunt.cpp for what a fit sees as a signal where there is none.

#include <eddy/search/bump_hunt.hpp>

#include <gtest/gtest.h>
#include <search/synthetic_resonance.hpp>

#include <cmath>

namespace eddy::search {
namespace {

constexpr stats::MassWindow kSignalRegion{kWindowLow, kWindowHigh};

BumpHunt hunt_with(double spurious, double closure, double closure_error) {
  BumpHuntSettings settings;
  settings.sqrt_s = 13;
  settings.scan_points = 0;
  settings.toys = 0;
  settings.spurious = spurious;
  settings.closure = closure;
  settings.closure_error = closure_error;
  const base::RandomStream stream({1}, "spurious signal");
  return hunt_bump(first_context(resonance_background(20000, 1, 0)), kSignalRegion, settings, {}, stream);
}

/// Its standard deviation joins that of the strength, whose prediction stays.
TEST(SpuriousSignal, WidensTheStrength) {
  const BumpHunt without = hunt_with(0, 1, 0);
  const BumpHunt with = hunt_with(0.03, 1, 0);
  ASSERT_TRUE(without.signal && with.signal && with.prediction);
  EXPECT_EQ(with.prediction->total, without.prediction->total);
  EXPECT_EQ(with.prediction->total_error, without.prediction->total_error);
  const double size = 0.03 * with.prediction->total;
  EXPECT_NEAR(with.signal->strength_error, std::hypot(without.signal->strength_error, size), 0.05 * size);
  EXPECT_LT(std::abs(with.signal->z), std::abs(without.signal->z));
  ASSERT_EQ(with.nuisances.size(), 1U);
  EXPECT_EQ(with.nuisances[0].name, "spurious signal");
}

/// Inside the signal region a corrected background is what the signal is charged on: one standard deviation adds
/// `spurious` of the prediction in the shape of the signal, whatever the correction.
TEST(SpuriousSignal, StandsOnTheCorrectedBackground) {
  for (const double closure : {0.7, 1.5}) {
    const BumpHunt hunt = hunt_with(0.001, closure, 0.05);
    ASSERT_TRUE(hunt.prediction.has_value());
    ASSERT_EQ(hunt.nuisances.size(), 2U);
    const stats::LogNormalNuisance& spurious = hunt.nuisances[1];
    double added = 0;
    double wanted = 0;
    for (std::size_t bin = hunt.signal_bins.first; bin < hunt.signal_bins.last; ++bin) {
      added += closure * hunt.prediction->fit.background[bin] *
               (std::pow(1 + spurious.relative_size, spurious.per_bin[bin]) - 1);
      wanted += 0.001 * hunt.prediction->total * hunt.signal_template[bin];
    }
    EXPECT_NEAR(added, wanted, 0.01 * wanted) << closure;
  }
}

/// Its size is known for one mass, so that others are not scanned.
TEST(SpuriousSignal, LeavesNoScan) {
  BumpHuntSettings settings;
  settings.sqrt_s = 13;
  settings.scan_points = 5;
  settings.toys = 0;
  settings.spurious = 0.03;
  const BumpHunt hunt = hunt_bump(first_context(resonance_background(20000, 1, 0)), kSignalRegion, settings, {},
                                  base::RandomStream({1}, "spurious signal"));
  EXPECT_FALSE(hunt.scan || hunt.scan_signal_region);
  ASSERT_EQ(hunt.failures.size(), 1U);
  EXPECT_NE(hunt.failures[0].find("other masses are not quoted"), std::string::npos);
}

}  // namespace
}  // namespace eddy::search
