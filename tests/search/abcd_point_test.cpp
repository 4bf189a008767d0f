#include <eddy/search/abcd_point.hpp>
#include <eddy/search/evidence/abcd.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace eddy::search {
namespace {

using testing::HasSubstr;

const base::RandomStream kStream({5}, "toys");

Abcd fitted(const stats::AbcdCounts& counts, bool with_closure = false) {
  Abcd abcd{.counts = counts, .model = {.closure = 2, .closure_error = 0.1}};
  fit_counts(abcd, with_closure, kStream);
  return abcd;
}

std::vector<std::string> warnings_at_one_percent(const Abcd& abcd) {
  WorkingPoint point{.efficiency = 0.01};
  set_numbers(point, abcd);
  return warnings_of(point);
}

TEST(FitCounts, predicts_with_or_without_the_closure_factor) {
  const stats::AbcdCounts counts{10, 100, 20, 1000};
  const stats::AbcdPrediction alone = stats::predict_abcd(counts);
  EXPECT_EQ(fitted(counts).prediction.predicted, alone.predicted);
  EXPECT_EQ(fitted(counts).prediction.error, alone.error);
  const Abcd closed = fitted(counts, true);
  EXPECT_EQ(closed.prediction.predicted, 2 * alone.predicted);
  EXPECT_DOUBLE_EQ(closed.prediction.error, std::hypot(2 * alone.error, 0.1 * 2 * alone.predicted));
  EXPECT_TRUE(closed.no_numbers.empty());
  EXPECT_TRUE(warnings_at_one_percent(closed).empty());
}

// Region D empty: one cut ended the search, with all the others.
TEST(FitCounts, gives_no_numbers_where_nothing_can_be_predicted) {
  const Abcd abcd = fitted({10, 0, 20, 0});
  EXPECT_THAT(abcd.no_numbers, HasSubstr("region D is empty"));
  for (const double value : {abcd.prediction.predicted, abcd.prediction.error, abcd.s_over_sqrt_b, abcd.fit.z,
                             abcd.fit.p_value, abcd.fit.signal, abcd.fit.upper_limit, abcd.fit.expected_limit[2]}) {
    EXPECT_TRUE(std::isnan(value));
  }
  const std::vector<std::string> warnings = warnings_at_one_percent(abcd);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], testing::AllOf(HasSubstr("efficiency 0.01"), HasSubstr("region D is empty")));
}

TEST(FitCounts, says_that_there_is_nothing_to_test) {
  const Abcd abcd = fitted({0, 500, 0, 2000});
  EXPECT_TRUE(abcd.no_numbers.empty());
  const std::vector<std::string> warnings = warnings_at_one_percent(abcd);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], testing::AllOf(HasSubstr("nothing to test"), HasSubstr("3.0 events")));
}

// Empty B or C: the numbers are there, but what they rest on is an empty count.
TEST(FitCounts, says_which_region_of_the_control_is_empty) {
  for (const auto& [counts, region] : {std::pair{stats::AbcdCounts{4, 100, 0, 1000}, "region C,"},
                                       {stats::AbcdCounts{4, 0, 100, 1000}, "region B,"},
                                       {stats::AbcdCounts{4, 0, 0, 1000}, "region B or C,"}}) {
    const Abcd abcd = fitted(counts);
    EXPECT_TRUE(has_empty_control(abcd.counts));
    const std::vector<std::string> warnings = warnings_at_one_percent(abcd);
    ASSERT_EQ(warnings.size(), 1U) << region;
    EXPECT_THAT(warnings[0], testing::AllOf(HasSubstr(region), HasSubstr("error of an empty count")));
  }
  EXPECT_FALSE(has_empty_control({4, 1, 1, 1000}));
  EXPECT_FALSE(has_empty_control({4, 0, 1, 0})) << "an empty D has words of its own";
}

}  // namespace
}  // namespace eddy::search
