#include <eddy/base/json.hpp>
#include <eddy/search/limits/passing_signal.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace eddy::search {
namespace {

TEST(PassingSignal, IsTheFitOfFourCounts) {
  WorkingPoint point{.strength = 3, .strength_error = 5, .upper_limit = 13};
  point.expected_limit = {5, 7, 10, 14, 19};
  point.evidence = Abcd{};
  const auto signal = passing_signal(point);
  ASSERT_TRUE(signal.has_value());
  EXPECT_EQ(signal->fitted, 3);
  EXPECT_EQ(signal->error, 5);
  EXPECT_EQ(signal->upper_limit, 13);
  const auto median = expected_passing_signal(point, 2);
  ASSERT_TRUE(median.has_value());
  EXPECT_EQ(median->upper_limit, 10);
  EXPECT_NEAR(median->fitted, 0, 1e-12);
  EXPECT_NEAR(median->error, 10 / 1.959964, 1e-5);
}

/// A fit to the whole peak counts events beside the region too.
TEST(PassingSignal, OfABumpIsThePartInTheRegion) {
  BumpHunt hunt;
  hunt.signal_template = {0.1, 0.3, 0.4, 0.1};
  hunt.signal_bins = {1, 3};
  WorkingPoint point{.strength = 10, .strength_error = 4, .upper_limit = 20};
  point.expected_limit = {2, 4, 10, 14, 19};
  point.evidence = hunt;
  EXPECT_DOUBLE_EQ(region_fraction(point), 0.7);
  EXPECT_DOUBLE_EQ(passing_signal(point)->fitted, 7);
  EXPECT_DOUBLE_EQ(passing_signal(point)->upper_limit, 14);
  EXPECT_DOUBLE_EQ(expected_passing_signal(point, 2)->upper_limit, 7);
}

TEST(PassingSignal, OfACountIsTheDifference) {
  WorkingPoint point{.observed = 16, .predicted = 10, .predicted_error = 3, .upper_limit = 18};
  point.evidence = TemplateCount{};
  EXPECT_DOUBLE_EQ(passing_signal(point)->fitted, 6);
  EXPECT_DOUBLE_EQ(passing_signal(point)->error, 5);
  point.observed = 0;
  EXPECT_DOUBLE_EQ(passing_signal(point)->error, std::hypot(3, 1)) << "an empty count fluctuates too";
}

TEST(PassingSignal, IsNoneWithoutNumbers) {
  EXPECT_FALSE(passing_signal({}).has_value());
  EXPECT_FALSE(expected_passing_signal({}, 2).has_value());
  EXPECT_FALSE(passing_signal({.strength = 3, .strength_error = 0, .upper_limit = 13}).has_value());
  EXPECT_FALSE(passing_signal({.strength = 3, .strength_error = 1, .upper_limit = 2}).has_value());
}

TEST(PassingSignal, IsKeptAsItIs) {
  EXPECT_TRUE(signal_json(std::nullopt).is_null());
  EXPECT_FALSE(signal_of(nullptr).has_value());
  const auto kept = signal_of(signal_json(stats::PassingSignal{0.1, 0.2, 0.7}));
  EXPECT_EQ(kept->fitted, 0.1);
  EXPECT_EQ(kept->error, 0.2);
  EXPECT_EQ(kept->upper_limit, 0.7);
}

}  // namespace
}  // namespace eddy::search
