#include <eddy/base/error.hpp>
#include <eddy/stats/abcd_impacts.hpp>
#include <eddy/stats/intervals.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>

namespace eddy::stats {
namespace {

const Impact& named(const std::vector<Impact>& impacts, const std::string& name) {
  for (const Impact& impact : impacts) {
    if (impact.nuisance == name) {
      return impact;
    }
  }
  throw base::Error("no impact of " + name);
}

/// s = A - kappa B C / D.
TEST(AbcdImpacts, WithoutLeakageAreThoseOfTheFormula) {
  const AbcdCounts counts{.a = 120, .b = 1000, .c = 50, .d = 500};
  const std::vector<Impact> impacts = abcd_impacts(counts, {.closure_error = 0.2});
  ASSERT_EQ(impacts.size(), 4U);
  const Interval c = garwood(50);
  EXPECT_NEAR(named(impacts, "C").low, 100 - 1000 * c.low / 500, 1e-9);
  EXPECT_NEAR(named(impacts, "C").high, 100 - 1000 * c.high / 500, 1e-9);
  const Interval d = garwood(500);
  EXPECT_NEAR(named(impacts, "D").high, 100 - 1000 * 50 / d.high, 1e-9);
  EXPECT_NEAR(named(impacts, "closure").high, 100 * (1 - std::exp(0.2)), 1e-9);
  EXPECT_NEAR(named(impacts, "closure").low, 100 * (1 - std::exp(-0.2)), 1e-9);
  EXPECT_EQ(impacts[0].nuisance, "closure") << "the largest first";
  EXPECT_EQ(impacts[3].nuisance, "B");
}

/// With the background of C fixed, what leaks there is no matter: (A - s) (D - l s) = B c.
TEST(AbcdImpacts, WithLeakageFixTheBackgroundAndNotTheCount) {
  const AbcdCounts counts{.a = 150, .b = 1000, .c = 60, .d = 500};
  const AbcdModel model{.leakage_c = 0.2};
  // (150 - s) 500 = 1000 (60 - 0.2 s): s = 50, of which 10 are in C.
  const std::vector<Impact> impacts = abcd_impacts(counts, model);
  ASSERT_EQ(impacts.size(), 3U) << "closure is certain";
  const Interval c = garwood(60);
  EXPECT_NEAR(named(impacts, "C").low, 150 - 2 * (c.low - 10) - 50, 1e-9);
  EXPECT_NEAR(named(impacts, "C").high, 150 - 2 * (c.high - 10) - 50, 1e-9);
}

TEST(AbcdImpacts, OfAnEmptyRegionHaveOneSide) {
  const std::vector<Impact> impacts = abcd_impacts({.a = 3, .b = 100, .c = 0, .d = 500}, {});
  EXPECT_EQ(named(impacts, "C").low, 0);
  EXPECT_NEAR(named(impacts, "C").high, -100 * garwood(0).high / 500, 1e-9);
}

TEST(AbcdImpacts, RefuseWhatCannotBe) {
  test::expect_throws_with<base::InputError>([] { (void)abcd_impacts({.a = 3, .b = -1, .c = 5, .d = 5}, {}); }, "-1");
  test::expect_throws_with<base::NumericError>([] { (void)abcd_impacts({.a = 3, .b = 1, .c = 5, .d = 0}, {}); }, "D");
}

}  // namespace
}  // namespace eddy::stats
