// Pickles of protocol 0, written out by hand as CPython's pickle.dumps(x, 0) writes them. Hostile depth and repetition:
// python_value_test.cpp.

#include <eddy/events/python_value.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace eddy::events {
namespace {

using Kind = PythonValue::Kind;

std::string text_of(const std::string& raw) {
  const auto value = unpickle("V" + raw + "\np0\n.");
  return value && value->kind == Kind::kText ? value->text : "no text";
}

TEST(Pickle, TextsBecomeUtf8) {
  EXPECT_EQ(text_of("pt"), "pt");
  EXPECT_EQ(text_of(""), "");
  EXPECT_EQ(text_of("m\xE9tier"), "m\xC3\xA9tier");  // Latin-1
  EXPECT_EQ(text_of("\\u03b7"), "\xCE\xB7");
  EXPECT_EQ(text_of("\\u20ac"), "\xE2\x82\xAC");
  EXPECT_EQ(text_of("\\U0001f600"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(text_of("a\\u005cu0041"), "a\\u0041") << "an escaped backslash begins no escape";
  EXPECT_EQ(text_of("a\\x41\\"), "a\\x41\\") << "this encoding has two escapes only";
}

TEST(Pickle, EscapesThatAreNoCharactersAreRefused) {
  for (const std::string raw : {"\\u12", "\\uZZZZ", "\\u12Z4", "\\u-123", "\\U0001f60", "\\U00110000", "\\Uffffffff",
                                "\\ud83d\\ude00"}) {  // the last: a pair of surrogates
    EXPECT_EQ(text_of(raw), "no text") << raw;
  }
}

TEST(Pickle, NumbersAreWholeLines) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(unpickle("I9223372036854775807\n.")->integer, kMost);
  EXPECT_EQ(unpickle("L9223372036854775807L\n.")->integer, kMost);
  EXPECT_EQ(unpickle("L-5\n.")->integer, -5);
  EXPECT_EQ(unpickle("L-5L\n.")->text, "-5");
  EXPECT_EQ(unpickle("I01\n.")->kind, Kind::kBool);
  EXPECT_EQ(unpickle("I00\n.")->integer, 0);
  EXPECT_EQ(unpickle("I1\n.")->kind, Kind::kInteger);
  EXPECT_EQ(unpickle("N.")->kind, Kind::kNone);
  for (const char* bad : {"I9223372036854775808\n.", "I\n.", "I1x\n.", "I 1\n.", "LL\n.", "I1.5\n."}) {
    EXPECT_FALSE(unpickle(bad)) << bad;
  }
}

TEST(Pickle, ContainersTakeWhatFollowsTheirMark) {
  const auto axes = unpickle("(lp0\n(I1\n(lp1\nVa\np2\naVb\np3\natp4\na.");  // [(1, ['a', 'b'])]
  ASSERT_TRUE(axes);
  ASSERT_EQ(axes->items.size(), 1U);
  ASSERT_EQ(axes->items[0].items.size(), 2U);
  EXPECT_EQ(axes->items[0].items[1].items[1].text, "b");
  const auto mapping = unpickle("(dp0\nVn\np1\nI3\nsS'it\\'s'\nI4\ns.");  // {'n': 3, "it's": 4}
  ASSERT_TRUE(mapping);
  EXPECT_EQ(mapping->find("n")->integer, 3);
  EXPECT_EQ(mapping->find("it's")->integer, 4);
  EXPECT_TRUE(unpickle("(t.")->items.empty());
}

// A list that stands twice was recalled as it was when it was remembered: empty.
TEST(Pickle, AContainerThatStandsTwiceIsRefused) {
  EXPECT_FALSE(unpickle("(lp0\n(lp1\nVa\np2\nag1\na."));  // x = ['a']; [x, x]: g1 follows p1
  EXPECT_FALSE(unpickle("(lp0\n(lp1\nVa\np2\naag1\na."));
  EXPECT_FALSE(unpickle("(dp0\nVa\np1\ng0\ns."));
  EXPECT_FALSE(unpickle("(Va\np1\n(lp1\nVb\nag1\nt.")) << "another value of that name";
  EXPECT_EQ(unpickle("(Va\np1\ng1\nt.")->items[1].text, "a");
}

TEST(Pickle, WhatDoesNotEndAsOneValueIsRefused) {
  for (const char* bad :
       {"", ".", "Va\n", "Va\nVb\n.", "(Va\n.", "Va\n(.", "t.", "l.", "d.", "Va\na.", "(lVa\nVb\ns"}) {
    EXPECT_FALSE(unpickle(bad)) << bad;
  }
  EXPECT_FALSE(unpickle("p0\n.")) << "nothing to remember";
  EXPECT_FALSE(unpickle("g0\n.")) << "nothing remembered";
  EXPECT_FALSE(unpickle("Sa\n.")) << "no quotes";
}

TEST(Pickle, CodeIsNeverRun) {
  for (const char* bad : {"cos\nsystem\n(S'true'\ntR.", "(S'true'\nios\nsystem\n.", "(cos\nsystem\nS'true'\no.",
                          "ccopy_reg\n_reconstructor\n.", "Va\nVb\nb.", "Pid\n.", "\x80\x02]q\x01."}) {
    EXPECT_FALSE(unpickle(bad)) << bad;
  }
}

}  // namespace
}  // namespace eddy::events
