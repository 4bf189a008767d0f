#include <eddy/base/error.hpp>
#include <eddy/events/memory_budget.hpp>

#include <gtest/gtest.h>

#include <limits>

#include "check_throws.hpp"

namespace eddy::events {
namespace {

using base::InputError;
using test::expect_throws_with;

TEST(MemoryBudget, ColumnsHaveAStatedLimit) {
  EXPECT_NO_THROW(require_column_count("'f'", 1));
  EXPECT_NO_THROW(require_column_count("'f'", kMaxColumns));
  expect_throws_with<InputError>([] { require_column_count("'f'", kMaxColumns + 1); }, "'f' has 100001 columns",
                                 "100000", "transpose");
  expect_throws_with<InputError>([] { require_column_count("'f'", 0); }, "'f'", "without columns");
}

TEST(MemoryBudget, FollowsTheSizeOfTheFile) {
  EXPECT_NO_THROW(require_affordable("'f'", 1'000'000, 60, 100));  // 240 MB are free
  EXPECT_NO_THROW(require_affordable("'f'", 1'100'000, 2101, 500'000'000));
  expect_throws_with<InputError>([] { require_affordable("'f'", 1'000'000, 70, 100); }, "'f' claims 1000000 events",
                                 "70 columns", "only 100 bytes");
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  EXPECT_THROW(require_affordable("'f'", kAll, kAll, 1 << 20), InputError);  // the product does not wrap around
}

}  // namespace
}  // namespace eddy::events
