#include <eddy/base/error.hpp>
#include <eddy/search/expectation.hpp>
#include <eddy/stats/asimov.hpp>
#include <eddy/stats/counting.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

namespace eddy::search {
namespace {

TEST(Expect, gives_signals_and_limits_of_the_background_alone) {
  const Expectation expected = expect("sidebands", 100.4, 8);
  EXPECT_EQ(expected.source, "sidebands");
  EXPECT_EQ(expected.background, 100.4);
  EXPECT_EQ(expected.background_error, 8);
  EXPECT_NEAR(stats::asimov_significance(expected.signal_3_sigma, 100.4, 8), 3, 1e-6);
  EXPECT_NEAR(stats::asimov_significance(expected.signal_5_sigma, 100.4, 8), 5, 1e-6);
  // The limit that is expected does not depend on a count.
  EXPECT_EQ(expected.expected_limit, stats::judge_count(70, 100.4, 8).expected_limit);
  EXPECT_LT(expected.expected_limit[0], expected.expected_limit[4]);
}

TEST(Expect, needs_a_background) {
  test::expect_throws_with<base::InputError>([] { return expect("sidebands", 0, 1); }, "background of 0 events");
}

}  // namespace
}  // namespace eddy::search
