#include <eddy/base/matrix.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace eddy::base {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

/// 0, 1, 2, ... row by row.
Matrix counting(std::size_t rows, std::size_t cols) {
  Matrix matrix(rows, cols);
  std::iota(matrix.values().begin(), matrix.values().end(), 0.F);
  return matrix;
}

TEST(Matrix, StartsAtZero) { EXPECT_THAT(Matrix(3, 2).values(), Each(0.F)); }

TEST(Matrix, KeepsRowsTogether) {
  const Matrix matrix = counting(3, 2);
  EXPECT_THAT(matrix.row(1), ElementsAre(2.F, 3.F));
  EXPECT_EQ(matrix(2, 1), 5.F);
}

TEST(MatrixView, LooksAtTheOwnersValues) {
  Matrix matrix = counting(3, 2);
  const MatrixView view = matrix;
  matrix(1, 0) = 42.F;
  EXPECT_EQ(view(1, 0), 42.F);
  EXPECT_EQ(view.row(1).data(), matrix.row(1).data());
}

TEST(MatrixView, StepsByItsStride) {
  const Matrix matrix = counting(3, 4);
  const MatrixView middle{matrix.values().data() + 1, 3, 2, 4};  // columns 1 and 2
  EXPECT_THAT(middle.row(2), ElementsAre(9.F, 10.F));
  EXPECT_EQ(middle(1, 1), 6.F);
  EXPECT_THAT(middle.block(1, 2).row(0), ElementsAre(5.F, 6.F));
}

TEST(TakeRows, KeepsTheOrderAskedForAndRepeats) {
  const Matrix matrix = counting(4, 2);
  const Matrix taken = take_rows(matrix, std::vector<std::size_t>{3, 0, 3});
  EXPECT_THAT(taken.values(), ElementsAre(6.F, 7.F, 0.F, 1.F, 6.F, 7.F));
}

TEST(TakeRows, OfNoneHasNoRowsButTheColumns) {
  const Matrix taken = take_rows(counting(4, 2), {});
  EXPECT_EQ(taken.rows(), 0U);
  EXPECT_EQ(taken.cols(), 2U);
}

TEST(Column, HasOneValuePerRowOfAView) {
  const Matrix wide = counting(2, 3);
  EXPECT_THAT(column(wide, 1), ElementsAre(1.F, 4.F));
  EXPECT_THAT(column({wide.values().data() + 1, 2, 2, 3}, 1), ElementsAre(2.F, 5.F));
  EXPECT_TRUE(column(Matrix(0, 3), 2).empty());
}

TEST(StackRows, PutsTheFirstAboveTheSecond) {
  const Matrix stacked = stack_rows(counting(2, 2), counting(1, 2));
  EXPECT_EQ(stacked.rows(), 3U);
  EXPECT_THAT(stacked.values(), ElementsAre(0.F, 1.F, 2.F, 3.F, 0.F, 1.F));
}

TEST(StackRows, TakesAnEmptyMatrixOfAnyWidth) {
  const Matrix matrix = counting(2, 3);
  for (const Matrix& stacked : {stack_rows(Matrix{}, matrix), stack_rows(matrix, Matrix{})}) {
    EXPECT_EQ(stacked.cols(), 3U);
    EXPECT_TRUE(std::ranges::equal(stacked.values(), matrix.values()));
  }
}

TEST(StackRows, ReadsStridedViews) {
  const Matrix wide = counting(2, 3);
  const MatrixView first_column{wide.values().data(), 2, 1, 3};
  EXPECT_THAT(stack_rows(first_column, first_column).values(), ElementsAre(0.F, 3.F, 0.F, 3.F));
}

}  // namespace
}  // namespace eddy::base
