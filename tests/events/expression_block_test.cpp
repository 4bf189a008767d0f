#include <eddy/events/expression_block.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace eddy::events {
namespace {

using testing::ElementsAre;
using Block = ExpressionBlock;
using Kind = Block::Kind;
using Truths = std::vector<Truth>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr WideInteger kMost = -(kUndefinedInteger + 1);  // 2^127 - 1
constexpr Truth F = Truth::kFalse;
constexpr Truth T = Truth::kTrue;
constexpr Truth U = Truth::kUndefined;

Block integers(const std::vector<WideInteger>& values) {
  Block block;
  block.resize(Kind::kInteger, values.size());
  block.integers = values;
  return block;
}

Block reals(const std::vector<double>& values, Precision precision = Precision::kDouble) {
  Block block;
  block.resize(Kind::kReal, values.size());
  block.reals = values;
  block.precision = precision;
  return block;
}

Block truths(const Truths& values) {
  Block block;
  block.resize(Kind::kTruth, values.size());
  block.truths = values;
  return block;
}

Truths compared(Comparison comparison, Block a, Block b) {
  compare(comparison, a, b);
  EXPECT_EQ(a.kind, Kind::kTruth);
  return a.truths;
}

TEST(ExpressionBlock, ConvertsBetweenKindsAndKeepsWhatIsUndefined) {
  Block a = truths({F, T, U});
  a.convert_to(Kind::kInteger);
  EXPECT_TRUE((a.integers == std::vector<WideInteger>{0, 1, kUndefinedInteger}));
  a.convert_to(Kind::kReal);
  EXPECT_EQ(a.reals[1], 1);
  EXPECT_TRUE(std::isnan(a.reals[2]));
  a.convert_to(Kind::kTruth);
  EXPECT_EQ(a.truths, (Truths{F, T, U}));
  Block b = reals({-0.0, 1e-320, kInfinity, kNan});
  b.convert_to(Kind::kTruth);
  EXPECT_EQ(b.truths, (Truths{F, T, T, U}));
}

TEST(ExpressionBlock, LoadsPartsOfColumnsOfAnyType) {
  Block out = reals({7, 7, 7, 7, 7});
  load(ColumnValues(std::vector<std::uint64_t>{0, 1, std::numeric_limits<std::uint64_t>::max()}), 1, 2, out);
  EXPECT_EQ(out.size, 2U);
  EXPECT_TRUE((out.integers == std::vector<WideInteger>{1, (WideInteger{1} << 64) - 1}));
  EXPECT_EQ(out.precision, Precision::kDouble);
  load(ColumnValues(std::vector<std::int32_t>{-5}), 0, 1, out);
  EXPECT_TRUE(out.integers == std::vector<WideInteger>{-5});
  EXPECT_EQ(out.precision, Precision::kExact);
  load(ColumnValues({1.5F, 2.5F}), 1, 1, out);
  EXPECT_THAT(out.reals, ElementsAre(2.5));
  EXPECT_EQ(out.precision, Precision::kSingle);
}

TEST(Calculate, IntegersAreExactOrUndefinedNeverWrapped) {
  const WideInteger half = WideInteger{1} << 126;
  const auto result = [](Arithmetic operation, WideInteger x, WideInteger y) {
    Block a = integers({x});
    Block b = integers({y});
    calculate(operation, a, b);
    EXPECT_EQ(a.kind, Kind::kInteger);
    return a.integers[0];
  };
  EXPECT_TRUE(result(Arithmetic::kAdd, half, half - 1) == kMost);
  EXPECT_TRUE(result(Arithmetic::kAdd, half, half) == kUndefinedInteger);
  EXPECT_TRUE(result(Arithmetic::kAdd, -half, -half) == kUndefinedInteger);
  EXPECT_TRUE(result(Arithmetic::kSubtract, -kMost, 1) == kUndefinedInteger);
  EXPECT_TRUE(result(Arithmetic::kMultiply, half, 2) == kUndefinedInteger);
  EXPECT_TRUE(result(Arithmetic::kMultiply, half, 0) == 0);
  EXPECT_TRUE(result(Arithmetic::kMultiply, kUndefinedInteger, 0) == kUndefinedInteger);
  EXPECT_TRUE(result(Arithmetic::kRemainder, -7, 3) == -1) << "the sign of the dividend, as in C";
  EXPECT_TRUE(result(Arithmetic::kRemainder, -kMost, -1) == 0);
  EXPECT_TRUE(result(Arithmetic::kRemainder, kUndefinedInteger, -1) == kUndefinedInteger);
  EXPECT_TRUE(result(Arithmetic::kRemainder, 7, 0) == kUndefinedInteger);
}

TEST(Calculate, QuotientsAndPowersAreReal) {
  Block a = integers({7, 1, kUndefinedInteger, 0});
  Block b = integers({2, 0, 1, 0});
  calculate(Arithmetic::kDivide, a, b);
  ASSERT_EQ(a.kind, Kind::kReal);
  EXPECT_EQ(a.reals[0], 3.5);
  EXPECT_EQ(a.reals[1], kInfinity);
  EXPECT_TRUE(std::isnan(a.reals[2]));
  EXPECT_TRUE(std::isnan(a.reals[3]));
  Block base = reals({kNan, 1, 3, -2, 0});
  Block exponent = reals({0, kNan, 2, 0.5, 0});
  calculate(Arithmetic::kPower, base, exponent);
  EXPECT_TRUE(std::isnan(base.reals[0])) << "C has 1";
  EXPECT_TRUE(std::isnan(base.reals[1])) << "C has 1";
  EXPECT_EQ(base.reals[2], 9);
  EXPECT_TRUE(std::isnan(base.reals[3]));
  EXPECT_EQ(base.reals[4], 1);
}

TEST(Calculate, ConstantsAreRoundedOnlyWhereTheyAreAddedToSinglePrecision) {
  const auto sum = [](Precision precision) {
    Block constant = reals({0.7, 1e-50}, Precision::kExact);
    constant.constant = true;
    Block column = reals({0, 0}, precision);
    calculate(Arithmetic::kAdd, constant, column);
    EXPECT_EQ(constant.precision, precision);
    EXPECT_FALSE(constant.constant);
    return constant.reals;
  };
  EXPECT_THAT(sum(Precision::kSingle), ElementsAre(static_cast<double>(0.7F), 1e-50));
  EXPECT_THAT(sum(Precision::kDouble), ElementsAre(0.7, 1e-50));
}

TEST(Negate, KeepsWhatIsUndefined) {
  Block a = integers({kMost, 0, kUndefinedInteger});
  negate(a);
  EXPECT_TRUE((a.integers == std::vector<WideInteger>{-kMost, 0, kUndefinedInteger}));
  Block b = truths({T, U});
  negate(b);
  EXPECT_TRUE((b.integers == std::vector<WideInteger>{-1, kUndefinedInteger}));
}

TEST(Compare, IntegersWithRealNumbersExactly) {
  const WideInteger two53 = WideInteger{1} << 53;
  const std::vector<WideInteger> numbers = {two53 + 1, two53, 3, kMost, kUndefinedInteger, 0};
  const std::vector<double> others = {0x1p53, 0x1p53, kInfinity, 0x1p127, 0, kNan};
  EXPECT_EQ(compared(Comparison::kGreater, integers(numbers), reals(others)), (Truths{T, F, F, F, U, U}));
  EXPECT_EQ(compared(Comparison::kLess, reals(others), integers(numbers)), (Truths{T, F, F, F, U, U}));
  EXPECT_EQ(compared(Comparison::kEqual, integers(numbers), reals(others)), (Truths{F, T, F, T, U, U}))
      << "2^127 - 1 is beyond the integers that a column or a text can hold";
  EXPECT_EQ(compared(Comparison::kNotEqual, integers({1}), truths({U})), (Truths{U}));
  EXPECT_EQ(compared(Comparison::kLessEqual, truths({T}), integers({1})), (Truths{T}));
}

TEST(Compare, SinglePrecisionIsEqualWithin24BitsButNotAtZeroAndInfinity) {
  const auto equal = [](double x, double y, Precision precision) {
    return compared(Comparison::kEqual, reals({x}, precision), reals({y}, Precision::kExact))[0];
  };
  EXPECT_EQ(equal(0.7F, 0.7, Precision::kSingle), T);
  EXPECT_EQ(equal(0.7F, 0.7, Precision::kDouble), F);
  EXPECT_EQ(equal(0.7F, 0.7F + 0x1p-24, Precision::kSingle), F) << "the next float32";
  EXPECT_EQ(equal(1e-50, 0, Precision::kSingle), F);
  EXPECT_EQ(equal(1e39, 1e40, Precision::kSingle), F) << "both infinite as float32";
  EXPECT_EQ(equal(kInfinity, kInfinity, Precision::kSingle), T);
}

TEST(Choose, IsAsPreciseAsTheValuesNotAsTheCondition) {
  Block condition = reals({1, 0, kNan}, Precision::kSingle);
  Block yes = integers({5, 5, 5});
  Block no = reals({0.5, 0.5, 0.5}, Precision::kDouble);
  choose(condition, yes, no);
  ASSERT_EQ(condition.kind, Kind::kReal);
  EXPECT_EQ(condition.reals[0], 5);
  EXPECT_EQ(condition.reals[1], 0.5);
  EXPECT_TRUE(std::isnan(condition.reals[2]));
  EXPECT_EQ(condition.precision, Precision::kDouble);
  Block both = truths({T, F, U});
  Block a = truths({T, T, T});
  Block b = truths({U, U, F});
  choose(both, a, b);
  EXPECT_EQ(both.truths, (Truths{T, U, U}));
}

TEST(Logic, IsThatOfThreeValues) {
  const Truths x = {F, F, F, T, T, T, U, U, U};
  const Truths y = {F, T, U, F, T, U, F, T, U};
  Block a = truths(x);
  Block b = truths(y);
  logical_and(a, b);
  EXPECT_EQ(a.truths, (Truths{F, F, F, F, T, U, F, U, U}));
  a = truths(x);
  logical_or(a, b);
  EXPECT_EQ(a.truths, (Truths{F, T, U, T, T, T, U, T, U}));
  a = reals({0, 2, kNan});
  logical_not(a);
  EXPECT_EQ(a.truths, (Truths{T, F, U}));
}

}  // namespace
}  // namespace eddy::events
