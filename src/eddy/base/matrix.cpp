#include <eddy/base/matrix.hpp>

#include <algorithm>
#include <cassert>

namespace eddy::base {

Matrix take_rows(MatrixView matrix, std::span<const std::size_t> indices) {
  Matrix taken(indices.size(), matrix.cols);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    assert(indices[i] < matrix.rows);
    std::ranges::copy(matrix.row(indices[i]), taken.row(i).begin());
  }
  return taken;
}

std::vector<float> column(MatrixView matrix, std::size_t c) {
  std::vector<float> values(matrix.rows);
  for (std::size_t r = 0; r < values.size(); ++r) {
    values[r] = matrix(r, c);
  }
  return values;
}

Matrix stack_rows(MatrixView top, MatrixView bottom) {
  assert(top.rows == 0 || bottom.rows == 0 || top.cols == bottom.cols);
  Matrix stacked(top.rows + bottom.rows, top.rows > 0 ? top.cols : bottom.cols);
  for (std::size_t r = 0; r < top.rows; ++r) {
    std::ranges::copy(top.row(r), stacked.row(r).begin());
  }
  for (std::size_t r = 0; r < bottom.rows; ++r) {
    std::ranges::copy(bottom.row(r), stacked.row(top.rows + r).begin());
  }
  return stacked;
}

}  // namespace eddy::base
