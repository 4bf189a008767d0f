#include <eddy/search/closure_error.hpp>

#include <gtest/gtest.h>

namespace eddy::search {
namespace {

// |closure - 1| never asked for more than 100 % where the prediction was too small: 823 events were observed without
// signal where 130 were predicted with closure 0.19, and the search claimed six sigma.
TEST(ClosureError, asks_for_as_much_below_as_above) {
  EXPECT_DOUBLE_EQ(closure_error(1.25, 0.01), 0.25);
  EXPECT_DOUBLE_EQ(closure_error(0.8, 0.01), 0.25);
  EXPECT_DOUBLE_EQ(closure_error(0.125, 0.01), 7);
  EXPECT_DOUBLE_EQ(closure_error(8, 0.01), 7);
}

TEST(ClosureError, is_no_smaller_than_closure_is_known) {
  EXPECT_DOUBLE_EQ(closure_error(1, 0.3), 0.3);
  EXPECT_DOUBLE_EQ(closure_error(1.25, 0.3), 1.25 * 0.3);
}

}  // namespace
}  // namespace eddy::search
