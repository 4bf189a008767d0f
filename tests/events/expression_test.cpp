#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/expression.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "events/expression_checks.hpp"

namespace eddy::events {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::string parse_message(const std::string& text) {
  return message_of([&] { (void)Expression(text); });
}

/// Enough events for several blocks of rows.
Events random_events(std::size_t n = 200'000) {
  Events events;
  for (const char* name : {"a", "b", "c"}) {
    std::vector<float> values(n);
    base::fill_normal(base::RandomStream({7}, name), 0, values);
    events.add({name, "", values});
  }
  return events;
}

/// A formula and the same in C++.
struct Formula {
  const char* text;
  double (*reference)(double a, double b, double c);
};

class ExpressionLaw : public testing::TestWithParam<Formula> {};

TEST_P(ExpressionLaw, AgreesWithTheSameFormulaInDoublePrecision) {
  const Events events = random_events();
  const Expression expression(GetParam().text);
  const std::vector<float> values = expression.evaluate(events).to_float32();
  const std::vector<Truth> condition = expression.evaluate_condition(events);
  const auto a = events.column("a");
  const auto b = events.column("b");
  const auto c = events.column("c");
  ASSERT_EQ(values.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const double reference = GetParam().reference(a[i], b[i], c[i]);
    // both are double; pow and fused products may differ in the last bit, which the rounding to float can turn into 1
    // ULP
    const auto rounded = static_cast<float>(reference);
    const bool same = std::isnan(reference) ? std::isnan(values[i])
                                            : values[i] == rounded || std::nextafter(values[i], rounded) == rounded;
    ASSERT_TRUE(same) << "row " << i << ": " << values[i] << " instead of " << rounded;
    ASSERT_EQ(condition[i], std::isnan(reference) ? Truth::kUndefined
                            : reference != 0      ? Truth::kTrue
                                                  : Truth::kFalse)
        << "row " << i;
  }
}

TEST_P(ExpressionLaw, DoesNotDependOnTheNumberOfThreads) {
  const Events events = random_events();
  const Expression expression(GetParam().text);
  const auto run = [&](std::size_t n_threads) {
    const base::ThreadLimit limit(n_threads);
    return expression.evaluate_condition(events);
  };
  EXPECT_EQ(run(1), run(4));
}

INSTANTIATE_TEST_SUITE_P(
    Formulas, ExpressionLaw,
    testing::Values(
        Formula{"a / b", [](double a, double b, double) { return a / b; }},
        Formula{"b/a - c", [](double a, double b, double c) { return b / a - c; }},
        Formula{"a > 0.5 && b <= 1 || c > 2",
                [](double a, double b, double c) { return (a > 0.5 && b <= 1) || c > 2 ? 1.0 : 0.0; }},
        Formula{"a > b ? a : -b", [](double a, double b, double) { return a > b ? a : -b; }},
        Formula{"!(a > b) && a != c", [](double a, double b, double c) { return !(a > b) && a != c ? 1.0 : 0.0; }},
        Formula{"sqrt(a^2 + b^2)", [](double a, double b, double) { return std::sqrt(a * a + b * b); }},
        Formula{"log(a)", [](double a, double, double) { return std::log(a); }},
        Formula{"max(abs(a), b, c) - min(a, b)",
                [](double a, double b, double c) {
                  return std::max({std::abs(a), b, c}) - std::min(a, b);
                }},
        Formula{"2.5e-1", [](double, double, double) { return 0.25; }},
        Formula{"-a^2 + 2^-1 * b % 1", [](double a, double b, double) { return -(a * a) + std::fmod(0.5 * b, 1); }},
        Formula{"2 - 1 - 1 + 8 / 2 / 2 * a", [](double a, double, double) { return 2 * a; }},
        Formula{"2^3^0 + +a - -b", [](double a, double b, double) { return 2 + a + b; }},
        Formula{"a < 0 == b < 0", [](double a, double b, double) { return (a < 0) == (b < 0) ? 1.0 : 0.0; }},
        Formula{"a > 0 || b > 0 && c > 0",
                [](double a, double b, double c) { return a > 0 || (b > 0 && c > 0) ? 1.0 : 0.0; }},
        Formula{"a > 1 ? 1 : a < -1 ? -1 : b > 0 ? b : 0",
                [](double a, double b, double) { return a > 1    ? 1
                                                        : a < -1 ? -1
                                                        : b > 0  ? b
                                                                 : 0; }},
        Formula{"(a > 0) + (b > 0) + (c > 0) >= 2",
                [](double a, double b, double c) { return (a > 0) + (b > 0) + (c > 0) >= 2 ? 1.0 : 0.0; }},
        Formula{"sign(a) * floor(abs(b)) + ceil(c) - rint(a)",
                [](double a, double b, double c) {
                  return (a < 0 ? -1 : 1) * std::floor(std::abs(b)) + std::ceil(c) - std::rint(a);
                }},
        Formula{"sum(a, b, c) / 3 - avg(a, b, c) + hypot(a, b)",
                [](double a, double b, double c) { return (a + b + c) / 3 - (a + b + c) / 3 + std::hypot(a, b); }},
        Formula{"atan2(sin(a), cos(a)) * _pi * ln(_e)",
                [](double a, double, double) { return std::atan2(std::sin(a), std::cos(a)) * std::numbers::pi; }}));

TEST(Expression, VariablesStandInOrderOfFirstAppearance) {
  EXPECT_THAT(Expression("tau2_j1/tau1_j1 > _low && tau2_j1 < 2*sqrt(b2) + _pi").variables(),
              ElementsAre("tau2_j1", "tau1_j1", "_low", "b2"));
  EXPECT_THAT(Expression("1").variables(), testing::IsEmpty());
  EXPECT_EQ(Expression("met > 700").text(), "met > 700");
}

TEST(Expression, ComputesInDoublePrecisionBeforeRounding) {
  Events events;
  events.add({"a", "", {1.0F}});
  // 1 + 1e-9 - 1 is 0 in float32
  EXPECT_NEAR(Expression("(a + 1e-9 - 1) * 1e9").evaluate(events).to_float32()[0], 1.0, 1e-6);  // 2^-53 * 1e9 = 1.1e-7
}

TEST(Expression, MaskSeesValuesTooSmallForFloat) {
  Events events;
  events.add({"a", "", {1.0F}});
  for (const char* text : {"a * 1e-60", "a * 1e-60 > 0", "a * 1e-60 != 0", "a * 1e60 < a * 1e61"}) {
    EXPECT_THAT(truths(text, events), ElementsAre(Truth::kTrue)) << text;
  }
}

/// One row for each of 0, 1 and NaN.
Events flags() {
  Events events;
  events.add({"f", "", {0, 1, kNan}});
  events.add({"x", "", {-1, 0, 1}});
  return events;
}

TEST(Expression, WhatDependsOnNanIsUndefined) {
  constexpr Truth kF = Truth::kFalse;
  constexpr Truth kT = Truth::kTrue;
  constexpr Truth kU = Truth::kUndefined;
  const std::pair<const char*, std::vector<Truth>> rules[] = {
      {"f", {kF, kT, kU}},
      {"!f", {kT, kF, kU}},
      {"f == 1", {kF, kT, kU}},
      {"f != f", {kF, kF, kU}},
      {"1 && f", {kF, kT, kU}},
      {"f && 1", {kF, kT, kU}},
      {"0 && f", {kF, kF, kF}},
      {"f && 0", {kF, kF, kF}},
      {"1 || f", {kT, kT, kT}},
      {"f || 1", {kT, kT, kT}},
      {"f || 0", {kF, kT, kU}},
      {"f ? 1 : 0", {kF, kT, kU}},
      {"f ? 1 : 1", {kT, kT, kU}},
      {"x < 1 ? 1 : f", {kT, kT, kU}},
      {"x < 1 ? f : 1", {kF, kT, kT}},
      {"min(x, f) < 2", {kT, kT, kU}},
      {"max(f, x) > -2", {kT, kT, kU}},
      {"f ^ 0 == 1", {kT, kT, kU}},
      {"1 ^ f == 1", {kT, kT, kU}},
      {"hypot(1 / 0, f) > 0", {kT, kT, kU}},
      {"sign(f) >= 0", {kT, kT, kU}},
      {"sum(x, f) > -5", {kT, kT, kU}},
      {"isnan(f)", {kF, kF, kT}},
      {"isfinite(f) && f >= 0", {kT, kT, kF}},
      {"sqrt(x) >= 0", {kU, kT, kT}},
      {"0 / x == 0", {kT, kU, kT}},
      {"1 / x > 0", {kF, kT, kT}},  // infinity is larger than 0
  };
  for (const auto& [text, expected] : rules) {
    EXPECT_EQ(truths(text, flags()), expected) << text;
  }
  EXPECT_TRUE(std::isnan(Expression("f > 0").evaluate(flags()).as<float>()[2]));
}

struct Misunderstanding {
  const char* text;
  const char* meant;
};

class Misread : public testing::TestWithParam<Misunderstanding> {};

TEST_P(Misread, IsRefusedAndTheRightFormShown) {
  EXPECT_THAT(parse_message(GetParam().text),
              AllOf(HasSubstr(std::string("'") + GetParam().text + "'"), HasSubstr(GetParam().meant)));
}

INSTANTIATE_TEST_SUITE_P(Texts, Misread,
                         testing::Values(Misunderstanding{"3000 < mjj < 4000", "write '3000 < mjj && mjj < 4000'"},
                                         Misunderstanding{"3000 <= mjj <= 4000", "write '3000 <= mjj && mjj <= 4000'"},
                                         Misunderstanding{"9 > x > -9", "write '9 > x && x > -9'"},
                                         Misunderstanding{"1 < x && (0 < a+b < 2)", "write '0 < a+b && a+b < 2'"},
                                         Misunderstanding{"sqrt(1 < x < 2)", "write '1 < x && x < 2'"},
                                         Misunderstanding{"x > 0 ? 1 < x < 2 : 0", "write '1 < x && x < 2'"},
                                         Misunderstanding{"(3000 < mjj) < 4000", "write '3000 < mjj && mjj < 4000'"},
                                         Misunderstanding{"1 < (a < 2)", "write '1 < a && a < 2'"},
                                         Misunderstanding{"0 < a < b < 1", "write '0 < a && a < b && b < 1'"},
                                         Misunderstanding{"a == b == c", "write 'a == b && b == c'"},
                                         Misunderstanding{"a != b != c", "write 'a != b && b != c'"},
                                         Misunderstanding{"a < b == c", "write 'a < b && b == c'"},
                                         Misunderstanding{"a == b < c", "write 'a == b && b < c'"},
                                         Misunderstanding{"(a && b) < 1", "join conditions by &&"},
                                         Misunderstanding{"isnan(a) > 0", "join conditions by &&"},
                                         Misunderstanding{"!x > 0", "write '!(x > 0)'"},
                                         Misunderstanding{"!x == 1", "write '!(x == 1)'"},
                                         Misunderstanding{"a > 1 && !x <= 0", "write '!(x <= 0)'"},
                                         Misunderstanding{"!x + 1", "write '!(x + 1)'"}));

TEST(Expression, WhatIsMeantAsItReadsIsUnderstood) {
  for (const char* text :
       {"m < 2 == t < 2", "(a == b) == c", "!(x > 0)", "!x && y > 0", "(!x) == 1", "a == !x", "(x > 0) == flag",
        "(a < b) + (c < d) > 1", "!!x", "-x^2 < 0", "a < (b + c)", "(3000 < mjj) && (mjj < 4000)"}) {
    EXPECT_NO_THROW((void)Expression(text)) << text;
  }
}

TEST(Expression, ColumnsOfAnyNameStandInBackticks) {
  Events events;
  events.add({"0", "", {-1, 1}});
  events.add({"a b.c-d", "", {1, 2}});
  events.add({"_pi", "", {5, 6}});
  EXPECT_THAT(Expression("`0` > 0 || `_pi` > _pi && `0` < 0").variables(), ElementsAre("0", "_pi"));
  EXPECT_THAT(truths("`0` < 0.5", events), ElementsAre(Truth::kTrue, Truth::kFalse));
  EXPECT_THAT(truths("`a b.c-d` * `_pi` == 12", events), ElementsAre(Truth::kFalse, Truth::kTrue));
}

TEST(Expression, KnowsNamesThatItReadsAsSomethingElse) {
  EXPECT_TRUE(Expression("0 < 0.5").misreads("0"));
  EXPECT_TRUE(Expression("x > 2").misreads("2"));
  EXPECT_TRUE(Expression("m-jj > 2").misreads("m-jj"));
  EXPECT_TRUE(Expression("x > _pi").misreads("_pi"));
  EXPECT_TRUE(Expression("x > 1e3").misreads("1e3"));
  EXPECT_FALSE(Expression("x > 2.5").misreads("2"));
  EXPECT_FALSE(Expression("x > 12").misreads("2"));
  EXPECT_FALSE(Expression("`0` > 2").misreads("2"));
  EXPECT_FALSE(Expression("x2 > 3").misreads("x2"));
  EXPECT_FALSE(Expression("min(x, 3) > 3").misreads("min"));
}

TEST(Expression, LongAndDeepTextsAreReadOrRefused) {
  std::string sum = "a";
  for (int i = 0; i < 100'000; ++i) {
    sum += " + a";
  }
  Events events;
  events.add({"a", "", {1.0F}});
  EXPECT_EQ(Expression(sum).evaluate(events).to_float32()[0], 100'001.0F);
  const std::string parentheses(100'000, '(');
  const std::string signs(100'000, '-');
  const std::string nots(100'000, '!');
  std::string powers;
  std::string choices;
  for (int i = 0; i < 100'000; ++i) {
    powers += "a^";
    choices += "a?a:";
  }
  for (const std::string& deep : {parentheses, signs + "a", nots + "a", powers + "a", choices + "a"}) {
    const std::string message = parse_message(deep);
    EXPECT_THAT(message, HasSubstr("nested more than 100 levels"));
    EXPECT_LT(message.size(), 1000U);
  }
  EXPECT_EQ(Expression(std::string(80, '(') + "a" + std::string(80, ')')).evaluate(events).to_float32()[0], 1.0F);
}

TEST(Expression, NoEventsGiveNoValues) {
  Events events;
  events.add({"a", "", {}});
  EXPECT_EQ(Expression("2*a").evaluate(events).size(), 0U);
  EXPECT_TRUE(Expression("2*a > 1").evaluate_condition(events).empty());
}

struct BadText {
  const char* text;
  const char* place;
  const char* problem;
};

class ExpressionError : public testing::TestWithParam<BadText> {};

TEST_P(ExpressionError, NamesTextPlaceAndProblem) {
  const std::string message = parse_message(GetParam().text);
  EXPECT_THAT(message, AllOf(HasSubstr("'" + std::string(GetParam().text) + "'"), HasSubstr(GetParam().place),
                             HasSubstr(GetParam().problem), HasSubstr("use column names, numbers")));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ExpressionError,
    testing::Values(
        BadText{"met +* 3", "character 6", "unexpected '*'"}, BadText{"met > (700", "at its end", "')' is missing"},
        BadText{"met > 700)", "character 10", "unexpected ')'"}, BadText{"met = 700", "character 5", "write '=='"},
        BadText{"met, ht", "character 4", "one value"}, BadText{"", "at its end", "empty"},
        BadText{"  ", "character 1", "empty"}, BadText{"met ht", "character 5", "unexpected 'ht'"},
        BadText{"met & ht", "character 5", "write '&&'"}, BadText{"met | ht", "character 5", "write '||'"},
        BadText{"met > 1 and ht", "character 9", "write '&&' for 'and'"},
        BadText{"not met", "character 5", "write '!' for 'not'"}, BadText{"\"high\"", "character 1", "quotes"},
        BadText{"met > 1 ? 2", "at its end", "':' that belongs to '?'"},
        BadText{"foo(met)", "character 1", "no function 'foo'"}, BadText{"sqr(met)", "character 1", "'sqrt'"},
        BadText{"pow(met, 2)", "character 1", "write 'a ^ b'"},
        BadText{"min()", "character 1", "at least 1 argument and is given 0"},
        BadText{"sqrt(1, 2)", "character 1", "takes 1 argument and is given 2"},
        BadText{"met >", "at its end", "is missing"}, BadText{"met ** 2", "character 5", "write '^'"},
        BadText{"met => 2", "character 5", "write '>='"}, BadText{"a <> b", "character 3", "write '!='"},
        BadText{"jet.pt > 2", "character 4", "backticks"}, BadText{"0x10 > a", "character 2", "after the number 0"},
        BadText{"1.2.3 > a", "character 4", "after the number 1.2"}, BadText{"a > 1e999", "character 5", "range"},
        BadText{"`a > 1", "character 1", "second backtick"}, BadText{"`` > 1", "character 1", "backtick"},
        BadText{"a \xe2\x89\xa5 1", "character 3", "unexpected '\xe2\x89\xa5'"},
        BadText{"a # b", "character 3", "'#'"}));

TEST(Expression, PositionIsSaidOnce) { EXPECT_THAT(parse_message("met +* 3"), testing::Not(HasSubstr("position"))); }

TEST(Expression, MissingColumnNamesTheExpressionAndTheNearestColumn) {
  Events events;
  events.add({"met", "GeV", {700}});
  events.add({"pt_j1", "GeV", {500}});
  const std::string message =
      message_of([&] { (void)Expression("met > 700 && pt_j2 > 500").evaluate_condition(events); });
  EXPECT_THAT(message, AllOf(HasSubstr("'met > 700 && pt_j2 > 500'"), HasSubstr("no column 'pt_j2'"),
                             HasSubstr("did you mean 'pt_j1'?")));
}

TEST(RowsWhere, ListsTheSetRows) {
  EXPECT_THAT(rows_where({0, 1, 1, 0, 2}), ElementsAre(1, 2, 4));
  EXPECT_TRUE(rows_where({}).empty());
}

}  // namespace
}  // namespace eddy::events
