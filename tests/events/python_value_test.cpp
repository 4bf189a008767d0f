// Pickles and literals of hostile files: no depth, no repetition takes the program down.

#include <eddy/events/python_value.hpp>

#include <gtest/gtest.h>

#include <string>

namespace eddy::events {
namespace {

std::string repeated(const std::string& text, std::size_t n) {
  std::string all;
  for (std::size_t i = 0; i < n; ++i) {
    all += text;
  }
  return all;
}

TEST(Unpickle, ListsOfNamesAsPandasWritesThem) {
  const auto list = unpickle("(lp0\nVpt\np1\naVmass\np2\nag1\na.");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->items.size(), 3U);
  EXPECT_EQ(list->items[0].text, "pt");
  EXPECT_EQ(list->items[2].text, "pt");
  EXPECT_EQ(unpickle("(lI3\naI-4\na.")->items[1].integer, -4);
}

TEST(Unpickle, DeepNestingIsRefused) {
  EXPECT_TRUE(unpickle(repeated("(l", 10) + repeated("a", 9) + "."));
  for (const std::size_t depth : {100U, 1'000'000U}) {
    EXPECT_FALSE(unpickle(repeated("(l", depth) + repeated("a", depth - 1) + "."));
    EXPECT_FALSE(unpickle(repeated("(", depth) + repeated("t", depth) + "."));
    EXPECT_FALSE(parse_python_literal(repeated("(", depth)));
  }
}

TEST(Unpickle, RepetitionOfALongTextIsRefused) {
  const std::string once = "V" + std::string(1 << 20, 'x') + "\np0\n";
  EXPECT_TRUE(unpickle("(" + once + "g0\nt."));
  EXPECT_FALSE(unpickle("(" + once + repeated("g0\n", 1000) + "t."));
}

TEST(Unpickle, OnlyContainersTakeItems) {
  EXPECT_FALSE(unpickle("Va\nVb\na."));
  EXPECT_FALSE(unpickle("I1\nVb\na."));
}

}  // namespace
}  // namespace eddy::events
