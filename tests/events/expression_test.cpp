#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/expression.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace eddy::events {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

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
  const std::vector<float> values = expression.evaluate(events);
  const std::vector<std::uint8_t> mask = expression.evaluate_mask(events);
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
    ASSERT_EQ(mask[i], !std::isnan(reference) && reference != 0 ? 1 : 0) << "row " << i;
  }
}

TEST_P(ExpressionLaw, DoesNotDependOnTheNumberOfThreads) {
  const Events events = random_events();
  const Expression expression(GetParam().text);
  const auto run = [&](std::size_t n_threads) {
    const base::ThreadLimit limit(n_threads);
    return expression.evaluate_mask(events);
  };
  EXPECT_EQ(run(1), run(4));
}

INSTANTIATE_TEST_SUITE_P(
    Formulas, ExpressionLaw,
    testing::Values(Formula{"a / b", [](double a, double b, double) { return a / b; }},
                    Formula{"b/a - c", [](double a, double b, double c) { return b / a - c; }},
                    Formula{"a > 0.5 && b <= 1 || c > 2",
                            [](double a, double b, double c) { return (a > 0.5 && b <= 1) || c > 2 ? 1.0 : 0.0; }},
                    Formula{"a > b ? a : -b", [](double a, double b, double) { return a > b ? a : -b; }},
                    Formula{"!(a > b) && a != c",
                            [](double a, double b, double c) { return !(a > b) && a != c ? 1.0 : 0.0; }},
                    Formula{"sqrt(a^2 + b^2)", [](double a, double b, double) { return std::sqrt(a * a + b * b); }},
                    Formula{"log(a)", [](double a, double, double) { return std::log(a); }},
                    Formula{"max(abs(a), b, c) - min(a, b)",
                            [](double a, double b, double c) {
                              return std::max({std::abs(a), b, c}) - std::min(a, b);
                            }},
                    Formula{"2.5e-1", [](double, double, double) { return 0.25; }}));

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
  EXPECT_NEAR(Expression("(a + 1e-9 - 1) * 1e9").evaluate(events)[0], 1.0, 1e-6);  // 2^-53 * 1e9 = 1.1e-7
}

TEST(Expression, NanIsFalseAndDivisionByZeroIsInfinite) {
  Events events;
  events.add({"a", "", {kNan, 0, 1, -1}});
  EXPECT_THAT(Expression("a").evaluate_mask(events), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(Expression("a > 0").evaluate_mask(events), ElementsAre(0, 0, 1, 0));
  EXPECT_EQ(Expression("1/a").evaluate(events)[1], std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(Expression("sqrt(a)").evaluate(events)[3]));
}

TEST(Expression, MaskSeesValuesTooSmallForFloat) {
  Events events;
  events.add({"a", "", {1.0F}});
  EXPECT_THAT(Expression("a * 1e-60").evaluate_mask(events), ElementsAre(1));
}

TEST(Expression, NoEventsGiveNoValues) {
  Events events;
  events.add({"a", "", {}});
  EXPECT_TRUE(Expression("2*a").evaluate(events).empty());
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

INSTANTIATE_TEST_SUITE_P(Texts, ExpressionError,
                         testing::Values(BadText{"met +* 3", "character 6", "Unexpected operator \"*\""},
                                         BadText{"met > (700", "at its end", "Missing parenthesis"},
                                         BadText{"met > 700)", "character 10", "Unexpected parenthesis"},
                                         BadText{"met = 700", "character 5", "write '==' to compare"},
                                         BadText{"met, ht", "", "2 values"}, BadText{"", "", "empty"},
                                         BadText{"met ht", "character 5", "Unexpected variable \"ht\""},
                                         BadText{"met & ht", "character 5", "Unexpected token"},
                                         BadText{"\"high\"", "", "Strings"}, BadText{"met > 1 ? 2", "", "else clause"},
                                         BadText{"foo(met)", "character 4", "Unexpected parenthesis"},
                                         BadText{"min()", "at its end", "Too few parameters"}));

TEST(Expression, PositionIsSaidOnce) { EXPECT_THAT(parse_message("met +* 3"), testing::Not(HasSubstr("position"))); }

TEST(Expression, MissingColumnNamesTheExpressionAndTheNearestColumn) {
  Events events;
  events.add({"met", "GeV", {700}});
  events.add({"pt_j1", "GeV", {500}});
  const std::string message = message_of([&] { (void)Expression("met > 700 && pt_j2 > 500").evaluate_mask(events); });
  EXPECT_THAT(message, AllOf(HasSubstr("'met > 700 && pt_j2 > 500'"), HasSubstr("no column 'pt_j2'"),
                             HasSubstr("did you mean 'pt_j1'?")));
}

TEST(RowsWhere, ListsTheSetRows) {
  EXPECT_THAT(rows_where({0, 1, 1, 0, 2}), ElementsAre(1, 2, 4));
  EXPECT_TRUE(rows_where({}).empty());
}

}  // namespace
}  // namespace eddy::events
