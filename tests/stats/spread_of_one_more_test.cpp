#include <eddy/base/error.hpp>
#include <eddy/stats/spread_of_one_more.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>

namespace eddy::stats {
namespace {

/// Upper 5 % of Student's distribution: 2.9200 with two degrees of freedom, 1.9432 with six (tables); 1.6449 of the
/// normal.
TEST(SpreadOfOneMore, IsChargedForFewValues) {
  EXPECT_NEAR(spread_of_one_more(4, 2, 3, 0.05), 2 * std::sqrt(4.0 / 3) * 2.9200 / 1.6449, 1e-3);
  EXPECT_NEAR(spread_of_one_more(4, 6, 3, 0.05), 2 * std::sqrt(4.0 / 3) * 1.9432 / 1.6449, 1e-3);
  EXPECT_NEAR(spread_of_one_more(4, 1e6, 1e6, 0.05), 2, 1e-5);
  test::expect_throws_with<base::InputError>([] { (void)spread_of_one_more(4, 0, 3, 0.05); }, "0 degrees of freedom");
}

}  // namespace
}  // namespace eddy::stats
