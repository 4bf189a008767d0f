#include <eddy/events/expression.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "events/expression_checks.hpp"

namespace eddy::events {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Events typed() {
  Events events;
  std::vector<float> tenths;
  std::vector<double> exact_tenths;
  for (int i = 0; i <= 10; ++i) {
    tenths.push_back(static_cast<float>(i) / 10);
    exact_tenths.push_back(i / 10.0);
  }
  events.add({"wp", "", tenths});
  events.add({"w", "", exact_tenths});
  events.add({"n", "", std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}});
  std::vector<std::int64_t> event(11);
  std::iota(event.begin(), event.end(), (std::int64_t{1} << 53));
  events.add({"event", "", event});
  std::vector<std::uint64_t> hash(11);
  std::iota(hash.begin(), hash.end(), std::numeric_limits<std::uint64_t>::max() - 10);
  events.add({"hash", "", hash});
  return events;
}

std::size_t n_true(const std::string& text) {
  const std::vector<Truth> condition = truths(text, typed());
  EXPECT_EQ(std::ranges::count(condition, Truth::kUndefined), 0) << text;
  return static_cast<std::size_t>(std::ranges::count(condition, Truth::kTrue));
}

TEST(Expression, DecimalsAreComparedAsTheColumnHoldsThem) {
  for (int i = 0; i <= 10; ++i) {
    const std::string t = fmt::format("{}", i / 10.0);
    for (const std::string column : {"wp", "w"}) {
      EXPECT_EQ(n_true(column + " >= " + t), 11 - i) << column << t;
      EXPECT_EQ(n_true(t + " <= " + column), 11 - i) << column << t;
      EXPECT_EQ(n_true(column + " < " + t), i) << column << t;
      EXPECT_EQ(n_true(t + " > " + column), i) << column << t;
      EXPECT_EQ(n_true(column + " == " + t), 1) << column << t;
      EXPECT_EQ(n_true(column + " != " + t), 10) << column << t;
      EXPECT_EQ(n_true("-" + column + " <= -" + t), 11 - i) << column << t;
      EXPECT_EQ(n_true(column + " > " + t), 10 - i) << column << t;
      EXPECT_EQ(n_true("!(" + column + " <= " + t + ")"), 10 - i) << column << t;
    }
    EXPECT_EQ(n_true(fmt::format("wp >= {} / 10", i)), 11 - i);
    EXPECT_EQ(n_true(fmt::format("2 * wp >= {}", 2 * i / 10.0)), 11 - i);
    EXPECT_EQ(n_true(fmt::format("wp - {} >= 0", t)), 11 - i);
    EXPECT_EQ(n_true(fmt::format("wp - {} == 0", t)), 1);
    EXPECT_EQ(n_true(fmt::format("10 * wp >= {}", i)), 11 - i);
    EXPECT_EQ(n_true(fmt::format("max(wp, {}) == {}", t, t)), i + 1);
  }
  EXPECT_EQ(n_true("wp * 10 == n"), 11U);
  EXPECT_EQ(n_true("w == wp"), 3U);  // 0, 0.5 and 1; of the others float32 and float64 are different numbers
}

TEST(Expression, ADerivedColumnComparesAsItsFormulaDoes) {
  Events events = typed();
  const char* const formulas[] = {"2 * wp", "1 - wp", "wp / 3", "n / 10", "event % 4", "w * 3", "wp > 0.3"};
  for (std::size_t f = 0; f < std::size(formulas); ++f) {
    events.add({fmt::format("d{}", f), "", Expression(formulas[f]).evaluate(events)});
    for (const double limit : {0.0, 0.1, 0.2, 0.3, 0.7, 1.0, 1.4, 2.0}) {
      EXPECT_EQ(truths(fmt::format("d{} >= {}", f, limit), events),
                truths(fmt::format("1 * ({}) >= {}", formulas[f], limit), events))
          << formulas[f] << limit;
    }
  }
}

TEST(Expression, IntegersAreExact) {
  const std::string two53 = "9007199254740992";  // 2^53: float64 has no odd numbers beyond it
  EXPECT_EQ(n_true("event == 9007199254740993"), 1U);
  EXPECT_EQ(n_true("event != 9007199254740993"), 10U);
  EXPECT_EQ(n_true("event > " + two53), 10U);
  EXPECT_EQ(n_true("event - 9007199254740993 == 0"), 1U);
  EXPECT_EQ(n_true("event % 2 == 1"), 5U);
  EXPECT_EQ(n_true("event + 1 == event"), 0U);
  EXPECT_EQ(n_true("event <= 9007199254740992.0"), 1U);
  EXPECT_EQ(n_true("event > 9.007199254740992e15"), 10U);
  EXPECT_EQ(n_true("event == event * 1"), 11U);
  EXPECT_EQ(n_true("event == n + " + two53), 11U);
  EXPECT_EQ(n_true("-event < -9007199254740993"), 9U);
  EXPECT_EQ(n_true("abs(-event) == event && max(event, n) == event && min(event, n) == n"), 11U);
  EXPECT_EQ(n_true("hash == 18446744073709551615"), 1U);
  EXPECT_EQ(n_true("hash > event"), 11U);
  EXPECT_EQ(n_true("hash + hash == 2 * hash"), 11U);
  EXPECT_EQ(n_true("n >= 2.5"), 8U);
  EXPECT_EQ(n_true("n == 2.5"), 0U);
  EXPECT_EQ(n_true("n / 2 == 1.5"), 1U);
  EXPECT_EQ(n_true("n % 2"), 5U);
  EXPECT_EQ(n_true("event < 10^18 && event >= 2^53"), 11U);
}

TEST(Expression, ValuesHaveTheTypeOfWhatTheyAreMadeOf) {
  const auto type = [](const char* text) { return Expression(text).evaluate(typed()).type(); };
  EXPECT_EQ(type("wp * 0.1"), NumberType::kFloat32);
  EXPECT_EQ(type("wp > 0.1"), NumberType::kFloat32);
  EXPECT_EQ(type("w * wp"), NumberType::kFloat64);
  EXPECT_EQ(type("event / 2"), NumberType::kFloat64);
  EXPECT_EQ(type("n + 1"), NumberType::kInt32);
  EXPECT_EQ(type("event - 5"), NumberType::kInt64);
  EXPECT_EQ(type("hash"), NumberType::kUint64);
  EXPECT_EQ(type("n % (n - 1)"), NumberType::kFloat64);  // undefined for 1
  EXPECT_THAT(Expression("event - 1").evaluate(typed()).as<std::int64_t>()[2], (std::int64_t{1} << 53) + 1);
  EXPECT_THAT(message_of([] { (void)Expression("hash * n").evaluate(typed()); }),
              AllOf(HasSubstr("'hash * n'"), HasSubstr("64 bit")));
  EXPECT_THAT(message_of([] { (void)Expression("event % n").evaluate(typed()); }), HasSubstr("nothing was thrown"));
  EXPECT_THAT(message_of([] { (void)Expression("event * (1 % n)").evaluate(typed()); }), HasSubstr("2^53"));
}

}  // namespace
}  // namespace eddy::events
