#include <eddy/base/error.hpp>
#include <eddy/search/resonant/sideband_expectation.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>

#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

constexpr std::size_t kEvents = 40000;
constexpr stats::MassWindow kWindow{kWindowLow, kWindowHigh};

/// Masses of background, of all or outside the window.
std::vector<float> masses(bool with_window) {
  std::vector<float> chosen;
  const Sample sample = resonance_background(kEvents, 3, 0);
  for (const float mass : sample.context.values()) {
    if (with_window || mass < kWindow.low || mass >= kWindow.high) {
      chosen.push_back(mass);
    }
  }
  return chosen;
}

BumpHuntSettings settings() { return {.sqrt_s = 13, .scan_points = 0, .toys = 0}; }

TEST(ExpectFromSidebands, is_the_prediction_of_the_hunt_without_a_cut) {
  const Expectation expected = expect_from_sidebands(masses(false), kWindow, settings());
  const BumpHunt hunt = hunt_bump(masses(true), kWindow, settings(), {}, {{1}, "hunt"});
  ASSERT_TRUE(hunt.prediction);
  EXPECT_NEAR(expected.background, hunt.prediction->total, 1e-6 * hunt.prediction->total);
  EXPECT_NEAR(expected.background_error, hunt.prediction->total_error, 1e-6 * hunt.prediction->total);
  const double truth = kWindowFraction * kEvents;
  EXPECT_NEAR(expected.background, truth, 4 * std::hypot(expected.background_error, std::sqrt(truth)));
  EXPECT_EQ(expected.source, "sidebands");
}

TEST(ExpectFromSidebands, is_refused_where_the_fit_is_poor) {
  std::vector<float> peaked = masses(false);
  for (int i = 0; i < 3000; ++i) {
    peaked.push_back(2.9F + 1e-5F * static_cast<float>(i));
  }
  BumpHuntSettings fixed = settings();
  fixed.order = 3;
  fixed.range = {2.2, 5.5};
  test::expect_throws_with<base::InputError>([&] { return expect_from_sidebands(peaked, kWindow, fixed); },
                                             "goodness of fit", "[bump_hunt]");
}

}  // namespace
}  // namespace eddy::search
