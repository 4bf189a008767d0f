// Words and where they stand. What the grammar makes of them, and the words of its errors: expression_test.cpp.

#include <eddy/events/expression_tokens.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "check_throws.hpp"

namespace eddy::events {
namespace {

using base::InputError;
using testing::ElementsAre;
using Kind = ExpressionToken::Kind;

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> all;
  for (const ExpressionToken& token : expression_tokens(text)) {
    all.push_back(token.text);
  }
  EXPECT_EQ(all.back(), "") << "the end";
  all.pop_back();
  return all;
}

ExpressionToken first(const std::string& text) { return expression_tokens(text).front(); }

TEST(ExpressionTokens, AreTheLongestWords) {
  EXPECT_THAT(words("a<=b"), ElementsAre("a", "<=", "b"));
  EXPECT_THAT(words("a<-1"), ElementsAre("a", "<", "-", "1"));
  EXPECT_THAT(words("a==!b"), ElementsAre("a", "==", "!", "b"));
  EXPECT_THAT(words("a!=b&&c||d"), ElementsAre("a", "!=", "b", "&&", "c", "||", "d"));
  EXPECT_THAT(words("f(x,2)?1:.5"), ElementsAre("f", "(", "x", ",", "2", ")", "?", "1", ":", ".5"));
  EXPECT_THAT(words("e1-1e1"), ElementsAre("e1", "-", "1e1"));
  EXPECT_THAT(words(" \t\r\n "), ElementsAre());
}

TEST(ExpressionTokens, KnowWhereTheyStand) {
  const std::string text = " met>=`a b` ";
  const std::vector<ExpressionToken> tokens = expression_tokens(text);
  ASSERT_EQ(tokens.size(), 4U);
  for (const ExpressionToken& token : tokens) {
    const std::string written = text.substr(token.first, token.last - token.first);
    EXPECT_EQ(written, token.kind == Kind::kQuotedName ? "`" + token.text + "`" : token.text);
  }
  EXPECT_EQ(tokens[2].kind, Kind::kQuotedName);
  EXPECT_EQ(tokens[3].kind, Kind::kEnd);
  EXPECT_EQ(tokens[3].first, text.size());
}

TEST(ExpressionTokens, NumbersAreDigitsWithAPointOrAnExponent) {
  for (const auto& [text, value] : std::vector<std::pair<std::string, double>>{
           {"0", 0}, {"1.", 1}, {".5", 0.5}, {"1.5e3", 1500}, {"1.E-2", 0.01}, {"2e+2", 200}, {"1e308", 1e308}}) {
    EXPECT_EQ(first(text).kind, Kind::kNumber) << text;
    EXPECT_EQ(first(text).text, text);
    EXPECT_EQ(first(text).real, value) << text;
  }
  for (const std::string text : {"1e", "1e+", "1x", "1_000", "0x10", "1..2", "1.2.3", "1e5.0", "1e5e"}) {
    test::expect_throws_with<InputError>([&] { (void)expression_tokens(text); }, "'" + text + "'", "after the number ");
  }
  for (const std::string& text : {std::string("1e309"), std::string("1e-400"), std::string(400, '9')}) {
    test::expect_throws_with<InputError>([&] { (void)expression_tokens(text); }, "range of float64");
  }
}

TEST(ExpressionTokens, IntegersOf37DigitsAreExact) {
  const std::string longest(37, '9');
  WideInteger expected = 0;
  for (int i = 0; i < 37; ++i) {
    expected = 10 * expected + 9;
  }
  EXPECT_TRUE(first(longest).is_integer);
  EXPECT_TRUE(first(longest).integer == expected);
  EXPECT_FALSE(first(longest + "9").is_integer) << "beyond 126 bits it is real";
  EXPECT_EQ(first(longest + "9").real, 1e38);
  EXPECT_FALSE(first("1.0").is_integer);
  EXPECT_FALSE(first("1e0").is_integer);
  EXPECT_TRUE(first("18446744073709551616").integer == WideInteger{1} << 64);
}

TEST(ExpressionTokens, WhatIsNoWordIsNamedWithItsPlace) {
  struct Case {
    std::string text;
    std::string place;
    std::string problem;
  };
  for (const Case& c : {Case{"a === b", "character 5", "single '='"},
                        {"a &&& b", "character 5", "single '&'"},
                        {"a =", "character 3", "single '='"},
                        {"a \xC3\xA9t", "character 3", "unexpected '\xC3\xA9'"},
                        {"a \xFF", "character 3", "unexpected '\xFF'"},
                        {"[a]", "character 1", "unexpected '['"},
                        {"a.b", "character 2", "stands in backticks"},
                        {"`a", "character 1", "second backtick"}}) {
    test::expect_throws_with<InputError>([&] { (void)expression_tokens(c.text); }, "'" + c.text + "' at " + c.place,
                                         c.problem);
  }
  test::expect_throws_with<InputError>([] { throw expression_error("ab", 2, "nothing follows"); },
                                       "'ab' at its end: nothing follows; use column names");
  const std::string longer(401, 'x');
  test::expect_throws_with<InputError>([&] { throw expression_error(longer, 400, "?"); },
                                       "'" + longer.substr(0, 400) + "...' at character 401: ?");
}

TEST(IsPlainName, IsWhatOneNameTokenHolds) {
  for (const std::string name : {"a", "_", "m_j1", "E2", "_1"}) {
    EXPECT_TRUE(is_plain_name(name)) << name;
    EXPECT_EQ(first(name).kind, Kind::kName);
    EXPECT_EQ(first(name).text, name);
  }
  for (const std::string name : {"", "1a", "0", "a.b", "a b", "a-b", "\xC3\xA9", "`a`"}) {
    EXPECT_FALSE(is_plain_name(name)) << name;
  }
}

}  // namespace
}  // namespace eddy::events
