#include <eddy/base/error.hpp>
#include <eddy/stats/efficiency_curve.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>
#include <limits>

namespace eddy::stats {
namespace {

TEST(Isotonic, KeepsWhatRisesAndPoolsWhatFalls) {
  EXPECT_EQ(isotonic({0, 1, 1, 3}), (std::vector<double>{0, 1, 1, 3}));
  EXPECT_EQ(isotonic({0, 4, 2, 6}), (std::vector<double>{0, 3, 3, 6}));
  EXPECT_EQ(isotonic({0, 9, 6, 3}), (std::vector<double>{0, 6, 6, 6}));
  EXPECT_EQ(isotonic({5, 1}), (std::vector<double>{3, 3}));
  EXPECT_TRUE(isotonic({}).empty());
}

TEST(EfficiencyCurve, IsALineWhereTheEfficiencyRises) {
  const EfficiencyCurve curve({{0, 0.1, 0.01}, {100, 0.3, 0.03}});
  EXPECT_EQ(curve.reach(), 100);
  EXPECT_EQ(curve.passing(0), 0);
  EXPECT_DOUBLE_EQ(curve.passing(50), 50 * 0.2);
  EXPECT_DOUBLE_EQ(curve.passing(100), 30);
  EXPECT_DOUBLE_EQ(curve.spread(50), 50 * 0.02);
}

/// A cut that keeps a fraction of the data can hold so much signal, and no more.
TEST(EfficiencyCurve, NeverLetsLessPassOfMore) {
  const EfficiencyCurve full({{0, 0.2, 0}, {100, 0.4, 0}, {200, 0.25, 0}, {400, 0.12, 0}});
  double before = 0;
  for (double strength = 0; strength <= 400; strength += 1) {
    EXPECT_GE(full.passing(strength), before) << strength;
    before = full.passing(strength);
  }
  EXPECT_DOUBLE_EQ(full.passing(200), 0.5 * (50 + 48)) << "50 and 48 events pass: neighbours get their mean";
  EXPECT_DOUBLE_EQ(full.passing(400), 49);
  EXPECT_DOUBLE_EQ(full.passing(150), 0.5 * (40 + 49)) << "passing signal is a line where the efficiency falls";
}

TEST(EfficiencyCurve, RefusesWhatIsNoCurve) {
  const auto make = [](std::vector<EfficiencyKnot> knots) { return [knots] { (void)EfficiencyCurve(knots); }; };
  test::expect_throws_with<base::InputError>(make({}), "two amounts of signal");
  test::expect_throws_with<base::InputError>(make({{1, 0.1, 0}, {2, 0.1, 0}}), "the first of them 0");
  test::expect_throws_with<base::InputError>(make({{0, 0.1, 0}, {5, 0.1, 0}, {5, 0.1, 0}}), "at 5 signal events");
  test::expect_throws_with<base::InputError>(make({{0, 0.1, 0}, {5, 1.1, 0}}), "1.1");
  test::expect_throws_with<base::InputError>(make({{0, 0.1, 0}, {5, 0.5, -1}}), "point 2");
  test::expect_throws_with<base::InputError>(make({{0, 0.1, 0}, {std::numeric_limits<double>::quiet_NaN(), 0.5, 0}}),
                                             "nan");
}

}  // namespace
}  // namespace eddy::stats
