#include <eddy/events/expression_machine.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eddy::events {
namespace {

using testing::ElementsAre;

constexpr std::size_t kEvents = 2 * ExpressionMachine::kRows + 3;

/// Columns of integers: i, and i mod 10.
std::vector<ColumnValues> columns() {
  std::vector<std::int32_t> row(kEvents);
  std::vector<std::int32_t> digit(kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    row[i] = static_cast<std::int32_t>(i);
    digit[i] = row[i] % 10;
  }
  return {ColumnValues(row), ColumnValues(digit)};
}

/// A program over the two columns, named in the order of the text.
class Machine {
 public:
  explicit Machine(const std::string& text) : program_(parse_expression(text)) {
    for (const std::string& name : program_.variables) {
      used_.push_back(&columns_[name == "row" ? 0 : 1]);
    }
  }
  /// The values of rows as integers.
  std::vector<int> run(std::size_t first, std::size_t n) {
    ExpressionBlock& block = machine_.run(first, n);
    EXPECT_EQ(block.size, n);
    block.convert_to(ExpressionBlock::Kind::kReal);
    return {block.reals.begin(), block.reals.begin() + static_cast<std::ptrdiff_t>(n)};
  }

 private:
  std::vector<ColumnValues> columns_ = columns();
  ExpressionProgram program_;
  std::vector<const ColumnValues*> used_;
  ExpressionMachine machine_{program_, used_};
};

TEST(ExpressionMachine, RunsBlocksOfAnySizeInAnyOrder) {
  Machine machine("2 * row - digit");
  const std::size_t whole = ExpressionMachine::kRows;
  const std::vector<int> last = machine.run(2 * whole, 3);
  const int first = static_cast<int>(2 * whole);
  EXPECT_THAT(last, ElementsAre(2 * first - 8, 2 * first + 2 - 9, 2 * first + 4));  // 2048 ends with 8
  const std::vector<int> all = machine.run(0, whole);
  for (int i = 0; i < static_cast<int>(whole); ++i) {
    ASSERT_EQ(all[static_cast<std::size_t>(i)], 2 * i - i % 10);
  }
  EXPECT_THAT(machine.run(7, 1), ElementsAre(7));
  EXPECT_TRUE(machine.run(0, 0).empty());
  EXPECT_EQ(machine.run(0, whole), all) << "nothing of the small block is left";
}

TEST(ExpressionMachine, OperandsKeepTheirOrder) {
  EXPECT_THAT(Machine("row - (digit - (row - (digit - 1)))").run(12, 1), ElementsAre(12 - (2 - (12 - (2 - 1)))));
  EXPECT_THAT(Machine("row - digit - 1").run(12, 1), ElementsAre(9));
  EXPECT_THAT(Machine("digit ^ 3 ^ 2").run(12, 1), ElementsAre(512));
  EXPECT_THAT(Machine("row % (digit + 3)").run(12, 1), ElementsAre(2));
  EXPECT_THAT(Machine("digit > 1 ? row : -row").run(11, 2), ElementsAre(-11, 12));
}

TEST(ExpressionMachine, CallsTakeAsManyOperandsAsTheyAreGiven) {
  EXPECT_THAT(Machine("100 - sum(row, digit, 1, row, digit)").run(12, 1), ElementsAre(100 - (12 + 2 + 1 + 12 + 2)));
  EXPECT_THAT(Machine("max(min(row, 5), digit, min(digit, row) - 1)").run(12, 1), ElementsAre(5));
  EXPECT_THAT(Machine("sum(3)").run(0, 2), ElementsAre(3, 3));
}

TEST(ExpressionMachine, ConstantsFillEachBlock) {
  Machine machine("7");
  EXPECT_THAT(machine.run(0, 2), ElementsAre(7, 7));
  EXPECT_THAT(machine.run(kEvents, 3), ElementsAre(7, 7, 7)) << "without a column there is no end";
  EXPECT_THAT(Machine("!(digit == 2) || row < 0").run(11, 3), ElementsAre(1, 0, 1));
}

}  // namespace
}  // namespace eddy::events
