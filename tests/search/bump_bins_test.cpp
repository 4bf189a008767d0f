// Where the bins of a bump hunt lie. What follows from the events (turn-ons, ends of a selection): bump_hunt_test.cpp.

#include <eddy/base/error.hpp>
#include <eddy/search/bump_hunt.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "check_throws.hpp"

namespace eddy::search {
namespace {

using base::InputError;
using testing::DoubleNear;
using testing::ElementsAre;

constexpr stats::MassWindow kWindow{300, 340};

BumpHuntSettings in_range(double low, double high, double bin_width = 0) {
  BumpHuntSettings settings;
  settings.range = {low, high};
  settings.range_is_covered = true;  // whatever the masses
  settings.bin_width = bin_width;
  return settings;
}

std::vector<double> edges(const BumpHuntSettings& settings, const std::vector<float>& masses = {},
                          stats::MassWindow window = kWindow) {
  const std::vector<double> all = bump_hunt_edges(masses, window, settings);
  EXPECT_TRUE(std::ranges::is_sorted(all, std::less_equal<>())) << "no bin without width";
  return all;
}

template <class... Parts>
void expect_refused(const BumpHuntSettings& settings, const std::vector<float>& masses, const Parts&... parts) {
  test::expect_throws_with<InputError>([&] { (void)bump_hunt_edges(masses, kWindow, settings); }, parts...);
}

auto are(const std::vector<double>& expected) {
  std::vector<testing::Matcher<double>> matchers;
  for (const double edge : expected) {
    matchers.push_back(DoubleNear(edge, 1e-9));
  }
  return testing::ElementsAreArray(matchers);
}

TEST(BumpBins, GoOutwardsFromTheBordersOfTheWindow) {
  EXPECT_THAT(edges(in_range(280, 360)), are({280, 290, 300, 310, 320, 330, 340, 350, 360}));
  EXPECT_THAT(edges(in_range(280, 360, 20)), are({280, 300, 320, 340, 360}));
  const std::vector<double> uneven = edges(in_range(270, 370, 15));  // 40 / 15 is rounded to three bins inside
  EXPECT_THAT(uneven, are({270, 285, 300, 300 + 40.0 / 3, 300 + 80.0 / 3, 340, 355, 370}));
  EXPECT_NE(std::ranges::find(uneven, kWindow.high), uneven.end()) << "the border is exact";
  EXPECT_THAT(edges(in_range(100, 540, 100)), are({100, 200, 300, 340, 440, 540})) << "one bin inside at least";
}

TEST(BumpBins, WhatIsLeftOfABinAtTheEndsOfARangeJoinsItsNeighbourBelowHalfAWidth) {
  EXPECT_THAT(edges(in_range(276, 364)), are({276, 290, 300, 310, 320, 330, 340, 350, 364})) << "4 of 10 are left";
  EXPECT_THAT(edges(in_range(274, 366)), are({274, 280, 290, 300, 310, 320, 330, 340, 350, 360, 366})) << "6 of 10";
  EXPECT_THAT(edges(in_range(275, 365)), are({275, 280, 290, 300, 310, 320, 330, 340, 350, 360, 365})) << "one half";
  EXPECT_THAT(edges(in_range(299, 341)), are({299, 300, 310, 320, 330, 340, 341})) << "all there is of a sideband";
}

TEST(BumpBins, WithoutEventsReachOneWidthToEitherSide) {
  EXPECT_THAT(edges({}), are({260, 270, 280, 290, 300, 310, 320, 330, 340, 350, 360, 370, 380}));
}

TEST(BumpBins, OfADijetFunctionLieBetweenZeroAndTheEnergy) {
  BumpHuntSettings settings;
  settings.sqrt_s = 375;
  EXPECT_THAT(edges(settings, {}, {15, 55}).front(), DoubleNear(5, 1e-9)) << "-5 is not reached";
  EXPECT_THAT(edges(settings).back(), DoubleNear(370, 1e-9));
  settings.shape = "bernstein";
  EXPECT_THAT(edges(settings, {}, {15, 55}).front(), DoubleNear(-25, 1e-9));
  EXPECT_THAT(edges(settings).back(), DoubleNear(380, 1e-9));
}

TEST(BumpBins, WidthsAndOutliersThatMakeTooManyBinsAreNamed) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (const double width : {-1.0, kInfinity, kNan}) {
    expect_refused(in_range(280, 360, width), {}, "bin_width is", "above 0");
  }
  expect_refused(in_range(280, 360, 0.003), {}, "bin_width = 0.003", "13333 bins", "wider");
  expect_refused(in_range(280, 1e6), {}, "bins of 10 divide the masses", "set bin_width or a range", "outliers");
  expect_refused(BumpHuntSettings{}, {310, 1e9F}, "outliers");
}

TEST(BumpBins, RangesThatAreNoneAreNamed) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (const std::vector<double>& range : std::vector<std::vector<double>>{{280}, {280, 280}, {280, kNan}, {1, 2, 3}}) {
    BumpHuntSettings settings;
    settings.range = range;
    expect_refused(settings, {}, "is no interval", "lowest and the highest mass");
  }
  expect_refused(in_range(300, 360), {}, "[300, 360]", "no sideband", "300 to 340");
  expect_refused(in_range(280, 340), {}, "no sideband");
}

}  // namespace
}  // namespace eddy::search
