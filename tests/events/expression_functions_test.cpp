#include <eddy/events/expression_functions.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace eddy::events {
namespace {

using Block = ExpressionBlock;
using Kind = Block::Kind;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const ExpressionFunction& function(const std::string& name) {
  const auto all = expression_functions();
  return *std::ranges::find(all, name, &ExpressionFunction::name);
}

Block real(double value, Precision precision = Precision::kDouble) {
  Block block;
  block.resize(Kind::kReal, 1);
  block.reals[0] = value;
  block.precision = precision;
  return block;
}

Block integer(WideInteger value) {
  Block block;
  block.resize(Kind::kInteger, 1);
  block.integers[0] = value;
  return block;
}

Block truth(Truth value) {
  Block block;
  block.resize(Kind::kTruth, 1);
  block.truths[0] = value;
  return block;
}

Block result(const std::string& name, std::vector<Block> arguments) {
  function(name).apply(arguments);
  return arguments[0];
}

double value(const std::string& name, const std::vector<double>& arguments) {
  std::vector<Block> blocks;
  for (const double argument : arguments) {
    blocks.push_back(real(argument));
  }
  const Block block = result(name, std::move(blocks));
  EXPECT_EQ(block.kind, Kind::kReal);
  return block.reals[0];
}

TEST(ExpressionFunctions, HaveNamesOfTheirOwnAndPossibleNumbersOfArguments) {
  std::set<std::string_view> names;
  for (const ExpressionFunction& f : expression_functions()) {
    EXPECT_TRUE(names.insert(f.name).second) << f.name;
    EXPECT_GE(f.min_arguments, 1U) << f.name;
    EXPECT_LE(f.min_arguments, f.max_arguments) << f.name;
  }
  for (const ExpressionConstant& c : expression_constants()) {
    EXPECT_TRUE(names.insert(c.name).second) << c.name;
  }
}

TEST(ExpressionFunctions, AreUndefinedWhereAnArgumentIsWhicheverItIs) {
  for (const ExpressionFunction& f : expression_functions()) {
    if (f.is_condition) {
      continue;
    }
    const std::size_t n = std::min<std::size_t>(f.max_arguments, 3);
    for (std::size_t undefined = 0; undefined < n; ++undefined) {
      std::vector<double> arguments(n, kInfinity);  // of hypot C has infinity, NaN or not
      arguments[undefined] = kNan;
      EXPECT_TRUE(std::isnan(value(std::string(f.name), arguments))) << f.name << " argument " << undefined;
      std::vector<Block> blocks(n, integer(1));
      blocks[undefined] = integer(kUndefinedInteger);
      f.apply(blocks);
      EXPECT_TRUE(blocks[0].kind == Kind::kReal ? std::isnan(blocks[0].reals[0])
                                                : blocks[0].integers[0] == kUndefinedInteger)
          << f.name << " of integers, argument " << undefined;
    }
  }
}

TEST(ExpressionFunctions, InverseFunctionsUndoEachOther) {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"sin", "asin"},   {"cos", "acos"},   {"tan", "atan"}, {"sinh", "asinh"},
      {"cosh", "acosh"}, {"tanh", "atanh"}, {"exp", "log"},  {"exp", "ln"}};
  for (const auto& [forward, inverse] : pairs) {
    EXPECT_NEAR(value(inverse, {value(forward, {0.6})}), 0.6, 1e-15) << inverse;
  }
  EXPECT_EQ(value("log2", {0x1p-40}), -40);
  EXPECT_EQ(value("log10", {1e15}), 15);
  EXPECT_EQ(value("log", {0}), -kInfinity);
  EXPECT_TRUE(std::isnan(value("log", {-1})));
  EXPECT_TRUE(std::isnan(value("sqrt", {-1e-300})));
  EXPECT_NEAR(value("atan2", {-1, -1}), -3 * std::atan(1.0), 1e-15) << "the quadrant of both signs";
  EXPECT_DOUBLE_EQ(value("hypot", {3e200, 4e200}), 5e200);
}

TEST(ExpressionFunctions, RoundingAtHalves) {
  EXPECT_EQ(value("rint", {2.5}), 2) << "to even";
  EXPECT_EQ(value("rint", {-3.5}), -4);
  EXPECT_EQ(value("floor", {-0.5}), -1);
  EXPECT_TRUE(std::signbit(value("ceil", {-0.5})));
  EXPECT_EQ(value("sign", {-kInfinity}), -1);
  EXPECT_EQ(value("sign", {0}), 0);
}

TEST(ExpressionFunctions, OfIntegersStayExact) {
  const WideInteger large = (WideInteger{1} << 100) + 1;
  EXPECT_TRUE(result("abs", {integer(-large)}).integers[0] == large);
  EXPECT_TRUE(result("max", {integer(large), integer(large + 1), integer(-5)}).integers[0] == large + 1);
  EXPECT_TRUE(result("min", {truth(Truth::kTrue), integer(large)}).integers[0] == 1);
  EXPECT_TRUE(result("sum", {integer(large), integer(-large), integer(1)}).integers[0] == 1);
  EXPECT_TRUE(result("sum", {integer(WideInteger{1} << 126), integer(WideInteger{1} << 126)}).integers[0] ==
              kUndefinedInteger);
  EXPECT_EQ(result("sum", {truth(Truth::kTrue)}).kind, Kind::kInteger);
  EXPECT_EQ(result("avg", {integer(1), integer(2)}).reals[0], 1.5);
  EXPECT_EQ(result("max", {integer(3), real(2.5)}).reals[0], 3) << "one real number makes all of them real";
}

TEST(ExpressionFunctions, AreAsPreciseAsTheLeastPreciseArgument) {
  for (const std::string name : {"min", "max", "sum", "avg"}) {
    EXPECT_EQ(result(name, {real(1), real(2, Precision::kSingle)}).precision, Precision::kDouble) << name;
    EXPECT_EQ(result(name, {integer(1), real(2, Precision::kSingle)}).precision, Precision::kSingle) << name;
  }
  EXPECT_EQ(result("atan2", {real(1, Precision::kExact), real(2, Precision::kSingle)}).precision, Precision::kSingle);
  Block constant = real(2, Precision::kExact);
  constant.constant = true;
  EXPECT_TRUE(result("hypot", {constant, constant}).constant);
  EXPECT_FALSE(result("hypot", {constant, real(1)}).constant);
}

TEST(ExpressionFunctions, TestsOfUndefinedValuesAreDefined) {
  const auto is = [](const std::string& name, const Block& block) { return result(name, {block}).truths[0]; };
  EXPECT_EQ(is("isnan", real(kNan)), Truth::kTrue);
  EXPECT_EQ(is("isnan", integer(kUndefinedInteger)), Truth::kTrue);
  EXPECT_EQ(is("isnan", truth(Truth::kUndefined)), Truth::kTrue);
  EXPECT_EQ(is("isnan", real(kInfinity)), Truth::kFalse);
  EXPECT_EQ(is("isfinite", real(kInfinity)), Truth::kFalse);
  EXPECT_EQ(is("isfinite", real(kNan)), Truth::kFalse);
  EXPECT_EQ(is("isfinite", real(0, Precision::kSingle)), Truth::kTrue);
  EXPECT_EQ(result("isfinite", {real(0, Precision::kSingle)}).precision, Precision::kExact);
}

}  // namespace
}  // namespace eddy::events
