#include <eddy/stats/shared_shift.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace eddy::stats {
namespace {

TEST(SharedShift, IsNothingWithoutDifferences) {
  const SharedShift shift = shared_shift({}, {});
  EXPECT_EQ(shift.applied, 0);
  EXPECT_EQ(shift.error, 0);
  EXPECT_EQ(shift.p_value, 1);
}

TEST(SharedShift, ChanceChangesNothing) {
  const SharedShift shift = shared_shift(std::array{0.1, -0.05, 0.02}, std::array{0.1, 0.1, 0.1});
  EXPECT_EQ(shift.applied, 0);
  EXPECT_EQ(shift.error, 0);
  EXPECT_NEAR(shift.mean, 0.07 / 3, 1e-15);
  EXPECT_NEAR(shift.mean_error, 0.1 / std::sqrt(3.0), 1e-15);
}

/// Weights 1 and 1/4; what is left of the error is that of a mean which is known to be there.
TEST(SharedShift, ALargeShiftIsTakenNearlyAsItIs) {
  const SharedShift shift = shared_shift(std::array{1.0, 1.0}, std::array{0.1, 0.2});
  const double variance = 1 / (100.0 + 25.0);
  EXPECT_NEAR(shift.mean, 1, 1e-15);
  EXPECT_NEAR(shift.applied, 1 - variance, 1e-15);
  EXPECT_NEAR(shift.error, std::sqrt((1 - variance) * variance), 1e-15);
  EXPECT_EQ(shift.scatter, 0);
  EXPECT_LT(shift.p_value, 1e-20);
}

/// chi2 about the mean of +-d with error s each is 2 d^2 / s^2; its 95 % quantile for one degree of freedom 3.8415; the
/// scale of DerSimonian and Laird 2 / s^2 - 1 / s^2.
TEST(SharedShift, ScatterIsWhatChanceDoesNotGive) {
  const SharedShift shift = shared_shift(std::array{1.0, -1.0}, std::array{0.5, 0.5});
  EXPECT_NEAR(shift.scatter * shift.scatter, (8 - 3.841458820694124) * 0.25, 1e-9);
  EXPECT_EQ(shift.mean, 0);
  EXPECT_EQ(shift.applied, 0);
  EXPECT_DOUBLE_EQ(shift.error, shift.scatter);
  EXPECT_NEAR(shift.p_value, std::exp(-4.0), 1e-12) << "chi2 = 8 of 2 degrees of freedom";
}

}  // namespace
}  // namespace eddy::stats
