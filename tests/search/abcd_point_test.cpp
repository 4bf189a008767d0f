#include <eddy/search/abcd_point.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace eddy::search {
namespace {

using testing::HasSubstr;

const base::RandomStream kStream({5}, "toys");

WorkingPoint judged(const stats::AbcdCounts& counts, bool with_closure = false) {
  WorkingPoint point{.efficiency = 0.01, .counts = counts, .model = {.closure = 2, .closure_error = 0.1}};
  judge_counts(point, with_closure, kStream);
  return point;
}

TEST(JudgeCounts, predicts_with_or_without_the_closure_factor) {
  const stats::AbcdCounts counts{10, 100, 20, 1000};
  const stats::AbcdPrediction alone = stats::predict_abcd(counts);
  EXPECT_EQ(judged(counts).prediction.predicted, alone.predicted);
  EXPECT_EQ(judged(counts).prediction.error, alone.error);
  const WorkingPoint closed = judged(counts, true);
  EXPECT_EQ(closed.prediction.predicted, 2 * alone.predicted);
  EXPECT_DOUBLE_EQ(closed.prediction.error, std::hypot(2 * alone.error, 0.1 * 2 * alone.predicted));
  EXPECT_TRUE(closed.no_numbers.empty());
  EXPECT_TRUE(warnings_of(closed).empty());
}

// Region D empty: one cut ended the search, with all the others.
TEST(JudgeCounts, gives_no_numbers_where_nothing_can_be_predicted) {
  const WorkingPoint point = judged({10, 0, 20, 0});
  EXPECT_THAT(point.no_numbers, HasSubstr("region D is empty"));
  for (const double value : {point.prediction.predicted, point.prediction.error, point.s_over_sqrt_b, point.fit.z,
                             point.fit.p_value, point.fit.signal, point.fit.upper_limit, point.fit.expected_limit[2]}) {
    EXPECT_TRUE(std::isnan(value));
  }
  const std::vector<std::string> warnings = warnings_of(point);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], testing::AllOf(HasSubstr("efficiency 0.01"), HasSubstr("region D is empty")));
}

TEST(JudgeCounts, says_that_there_is_nothing_to_test) {
  const WorkingPoint point = judged({0, 500, 0, 2000});
  EXPECT_TRUE(point.no_numbers.empty());
  const std::vector<std::string> warnings = warnings_of(point);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], testing::AllOf(HasSubstr("nothing to test"), HasSubstr("3.0 events")));
}

}  // namespace
}  // namespace eddy::search
