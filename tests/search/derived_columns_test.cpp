#include <eddy/base/error.hpp>
#include <eddy/search/derived_columns.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <check_throws.hpp>

namespace eddy::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// c depends on b depends on a, in an order that does not work as written.
const DerivedColumns kChain = {{"c", "b * 2"}, {"b", "a + x"}, {"a", "x + y"}, {"unused", "z"}};

events::Events table() {
  events::Events events;
  events.add({"x", "", {1, 2}});
  events.add({"y", "", {10, 20}});
  return events;
}

TEST(ColumnsToRead, follows_derived_columns_down_to_the_file) {
  EXPECT_THAT(columns_to_read(kChain, {"c"}, {}), UnorderedElementsAre("x", "y"));
  EXPECT_THAT(columns_to_read(kChain, {"x"}, {}), ElementsAre("x"));
  EXPECT_THAT(columns_to_read(kChain, {}, {"c > 1 && w < 3", "w > x"}), UnorderedElementsAre("w", "x", "y"));
  EXPECT_THAT(columns_to_read(kChain, {"x", "x"}, {"x > 1", ""}), ElementsAre("x"));
  EXPECT_THAT(columns_to_read({}, {}, {"1 > 0"}), IsEmpty());
}

TEST(AddDerivedColumns, computes_them_in_an_order_that_works) {
  events::Events events = table();
  add_derived_columns(kChain, {"c"}, {}, events);
  EXPECT_THAT(events.column("a"), ElementsAre(11, 22));
  EXPECT_THAT(events.column("b"), ElementsAre(12, 24));
  EXPECT_THAT(events.column("c"), ElementsAre(24, 48));
}

TEST(AddDerivedColumns, leaves_out_what_is_not_needed) {
  events::Events events = table();
  add_derived_columns(kChain, {"x"}, {"a > 0"}, events);
  EXPECT_THAT(events.names(), ElementsAre("x", "y", "a"));
}

TEST(AddDerivedColumns, shares_a_column_that_several_need) {
  const DerivedColumns diamond = {{"top", "left + right"}, {"left", "base"}, {"right", "2 * base"}, {"base", "x"}};
  events::Events events = table();
  add_derived_columns(diamond, {"top", "left"}, {"right > 1"}, events);
  EXPECT_THAT(events.column("top"), ElementsAre(3, 6));
}

TEST(DerivedColumns, circles_are_named) {
  const auto columns = [](const DerivedColumns& derived) { (void)columns_to_read(derived, {"a"}, {}); };
  test::expect_throws_with<base::InputError>(
      [&] {
        columns({{"a", "a + 1"}});
      },
      "'a' depends on itself (a -> a)", "rename");
  test::expect_throws_with<base::InputError>(
      [&] {
        columns({{"a", "b"}, {"b", "c"}, {"c", "b + x"}});
      },
      "'b' depends on itself (a -> b -> c -> b)", "[columns]");
}

TEST(DerivedColumns, what_cannot_be_computed_is_named) {
  test::expect_throws_with<base::InputError>(
      [] {
        (void)columns_to_read({{"a", "x +"}}, {"a"}, {});
      },
      "'x +'", "at its end");
  events::Events events = table();
  test::expect_throws_with<base::InputError>(
      [&] {
        add_derived_columns({{"a", "xx + 1"}}, {"a"}, {}, events);
      },
      "'xx'", "did you mean 'x'?");
}

}  // namespace
}  // namespace eddy::search
