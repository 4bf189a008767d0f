#include <eddy/base/error.hpp>
#include <eddy/search/derived_columns.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cstdint>
#include <vector>

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
  EXPECT_THAT(columns_to_read(kChain, {"c"}, {}).names, UnorderedElementsAre("x", "y"));
  EXPECT_THAT(columns_to_read(kChain, {"x"}, {}).names, ElementsAre("x"));
  EXPECT_THAT(columns_to_read(kChain, {}, {"c > 1 && w < 3", "w > x"}).names, UnorderedElementsAre("w", "x", "y"));
  EXPECT_THAT(columns_to_read(kChain, {"x", "x"}, {"x > 1", ""}).names, ElementsAre("x"));
  EXPECT_THAT(columns_to_read({}, {}, {"1 > 0"}).names, IsEmpty());
}

TEST(ColumnsToRead, keeps_exact_what_expressions_use_alone) {
  EXPECT_THAT(columns_to_read(kChain, {"x", "w"}, {}).exact, IsEmpty());
  EXPECT_THAT(columns_to_read(kChain, {"x", "w"}, {"x > 1"}).exact, ElementsAre("x"));
  EXPECT_THAT(columns_to_read(kChain, {"y", "w", "a"}, {}).exact, UnorderedElementsAre("x", "y"));
}

TEST(RefusedColumns, names_that_a_file_must_not_have) {
  const auto refusal = refused_columns(kChain, {"a"}, {"w < 2 && v > 0.5"});
  EXPECT_THAT(refusal("a"), testing::AllOf(testing::HasSubstr("derived column 'a' = 'x + y' would hide"),
                                           testing::HasSubstr("rename it in [columns]")));
  EXPECT_THAT(refusal("2"), testing::AllOf(testing::HasSubstr("'w < 2 && v > 0.5' does not read 2 as a column"),
                                           testing::HasSubstr("`2`"), testing::HasSubstr("columns = [...]")));
  for (const char* name : {"b", "c", "unused", "x", "w", "0", "5", "label"}) {
    EXPECT_EQ(refusal(name), "") << name;
  }
}

TEST(AddDerivedColumns, computes_them_in_an_order_that_works) {
  events::Events events = table();
  add_derived_columns(kChain, {"c"}, {}, events);
  EXPECT_THAT(events.column("a"), ElementsAre(11, 22));
  EXPECT_THAT(events.column("b"), ElementsAre(12, 24));
  EXPECT_THAT(events.column("c"), ElementsAre(24, 48));
}

TEST(AddDerivedColumns, keeps_exact_what_expressions_use_alone) {
  events::Events events;
  events.add({"event", "", std::vector<std::int64_t>{(std::int64_t{1} << 53) + 1}});
  add_derived_columns({{"next", "event + 1"}, {"same", "event + 0"}}, {"same"}, {"next > 0"}, events);
  EXPECT_EQ(events.values("next").as<std::int64_t>()[0], (std::int64_t{1} << 53) + 2);
  EXPECT_EQ(events.values("same").type(), events::NumberType::kFloat32);
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
