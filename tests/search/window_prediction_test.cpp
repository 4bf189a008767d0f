#include <eddy/search/window_prediction.hpp>

#include <gtest/gtest.h>
#include <search/synthetic_resonance.hpp>

#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

constexpr stats::MassWindow kClosed{kWindowLow, kWindowHigh};
constexpr stats::MassWindow kWindow{2.9, 3.3};

BumpHuntSettings settings() {
  BumpHuntSettings s;
  s.range = {2.1, 5.7};
  s.range_is_covered = true;
  s.order = 3;
  s.sqrt_s = 13;
  return s;
}

std::vector<float> masses() { return first_context(resonance_background(20000, 1, 0)); }

std::vector<float> without(std::vector<float> all, stats::MassWindow window) {
  std::erase_if(all, [&](float mass) { return mass >= window.low && mass < window.high; });
  return all;
}

/// Density 1/m^2 from 2 to 6.
double expected_in(stats::MassWindow window) {
  return 20000 * (1 / window.low - 1 / window.high) / (1 / kMassLow - 1 / kMassHigh);
}

TEST(PredictWindow, IsRightBesideAClosedWindow) {
  const WindowPrediction found = predict_window(without(masses(), kClosed), kWindow, kClosed, settings());
  EXPECT_NEAR(found.predicted, expected_in(kWindow), 4 * found.error);
  EXPECT_LT(found.error, 0.05 * found.predicted);
  EXPECT_NEAR(found.observed, expected_in(kWindow), 4 * std::sqrt(found.predicted));
}

/// Events of the closed window, few or many, change no bit.
TEST(PredictWindow, LooksAtNothingInTheClosedWindow) {
  const WindowPrediction without_events = predict_window(without(masses(), kClosed), kWindow, kClosed, settings());
  const WindowPrediction with_events = predict_window(masses(), kWindow, kClosed, settings());
  EXPECT_EQ(without_events.predicted, with_events.predicted);
  EXPECT_EQ(without_events.error, with_events.error);
}

/// Nor do those of the window itself change its prediction; the count is theirs.
TEST(PredictWindow, PredictsWithoutTheWindow) {
  std::vector<float> doubled = masses();
  const std::vector<float> all = doubled;
  for (const float mass : all) {
    if (mass >= kWindow.low && mass < kWindow.high) {
      doubled.push_back(mass);
    }
  }
  const WindowPrediction once = predict_window(all, kWindow, kClosed, settings());
  const WindowPrediction twice = predict_window(doubled, kWindow, kClosed, settings());
  EXPECT_EQ(twice.predicted, once.predicted);
  EXPECT_EQ(twice.observed, 2 * once.observed);
}

/// An F-test that chooses the order does not look into it either.
TEST(PredictWindow, ChoosesTheOrderWithoutTheClosedWindow) {
  BumpHuntSettings free = settings();
  free.order = 0;
  EXPECT_EQ(predict_window(without(masses(), kClosed), kWindow, kClosed, free).predicted,
            predict_window(masses(), kWindow, kClosed, free).predicted);
}

}  // namespace
}  // namespace eddy::search
