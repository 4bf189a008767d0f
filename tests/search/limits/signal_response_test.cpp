#include <eddy/search/limits/signal_response.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace eddy::search {
namespace {

Injection injection(double passed, double fitted, double error = 2) {
  return {.strength = passed, .cuts = {{.passed = passed, .signal = stats::PassingSignal{fitted, error, fitted + 9}}}};
}

TEST(SignalResponse, IsTheSlopeOfAStraightLine) {
  const SignalResponse response =
      signal_response({injection(0, 5), injection(10, 13), injection(20, 21), injection(40, 37)}, 0);
  EXPECT_TRUE(response.is_measured);
  EXPECT_NEAR(response.slope, 0.8, 1e-12);
  EXPECT_NEAR(response.offset, 5, 1e-12);
  EXPECT_NEAR(response.slope_error, 0, 1e-6);
}

/// By hand, with equal weights: x = 0, 0, 10, 10 and y = -1, 1, 9, 11; the slope is 1, the scatter 4 over two degrees
/// of freedom, and sum (x - 5)^2 = 100.
TEST(SignalResponse, HasTheErrorOfTheScatter) {
  const SignalResponse response =
      signal_response({injection(0, -1), injection(0, 1), injection(10, 9), injection(10, 11)}, 0);
  EXPECT_NEAR(response.slope, 1, 1e-12);
  EXPECT_NEAR(response.slope_error, std::sqrt(4.0 / 2 / 100), 1e-12);
}

TEST(SignalResponse, IsNotMeasuredByTooLittle) {
  EXPECT_FALSE(signal_response({injection(0, 5), injection(10, 13), injection(20, 21)}, 0).is_measured);
  EXPECT_FALSE(signal_response({injection(3, 5), injection(3, 13), injection(3, 2), injection(3, 8)}, 0).is_measured)
      << "all with the same amount";
  const SignalResponse wild =
      signal_response({injection(0, -30), injection(1, 40), injection(2, -35), injection(3, 33)}, 0);
  EXPECT_FALSE(wild.is_measured);
  EXPECT_EQ(wild.slope, 1);
  EXPECT_FALSE(
      signal_response({injection(0, 5), injection(10, 13), injection(20, 21), injection(40, 37)}, 1).is_measured)
      << "no such cut";
}

TEST(SignalResponse, IsTakenOut) {
  const stats::PassingSignal signal = without_response({4, 2, 10}, {.slope = 0.8});
  EXPECT_DOUBLE_EQ(signal.fitted, 5);
  EXPECT_DOUBLE_EQ(signal.error, 2.5);
  EXPECT_DOUBLE_EQ(signal.upper_limit, 12.5);
}

}  // namespace
}  // namespace eddy::search
