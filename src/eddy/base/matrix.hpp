#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::base {

/// A read-only look at a row-major matrix of shape (rows, cols) that somebody else owns.
/// Row r starts at data + r * stride. Never stored beyond the call it is passed to.
struct MatrixView {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;

  [[nodiscard]] std::span<const float> row(std::size_t r) const { return {data + r * stride, cols}; }
  [[nodiscard]] float operator()(std::size_t r, std::size_t c) const { return data[r * stride + c]; }
  [[nodiscard]] MatrixView block(std::size_t first_row, std::size_t n_rows) const {
    return {data + first_row * stride, n_rows, cols, stride};
  }
};

/// A row-major float32 matrix of shape (rows, cols): one row per event, one column per feature.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols) : rows_(rows), cols_(cols), values_(rows * cols) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] float& operator()(std::size_t r, std::size_t c) { return values_[r * cols_ + c]; }
  [[nodiscard]] float operator()(std::size_t r, std::size_t c) const { return values_[r * cols_ + c]; }
  [[nodiscard]] std::span<float> row(std::size_t r) { return {values_.data() + r * cols_, cols_}; }
  [[nodiscard]] std::span<const float> row(std::size_t r) const { return {values_.data() + r * cols_, cols_}; }
  [[nodiscard]] std::span<float> values() { return values_; }
  [[nodiscard]] std::span<const float> values() const { return values_; }
  [[nodiscard]] MatrixView view() const { return {values_.data(), rows_, cols_, cols_}; }
  // NOLINTNEXTLINE(google-explicit-constructor): a matrix is always usable where a view of it is asked for
  operator MatrixView() const { return view(); }

 private:
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::vector<float> values_;
};

/// The rows of `matrix` named by `indices`, in that order: shape (indices.size(), matrix.cols).
[[nodiscard]] Matrix take_rows(MatrixView matrix, std::span<const std::size_t> indices);

/// Column `c` of `matrix`, one value per row.
[[nodiscard]] std::vector<float> column(MatrixView matrix, std::size_t c);

/// `top` above `bottom`; both have the same number of columns (an empty matrix fits any).
[[nodiscard]] Matrix stack_rows(MatrixView top, MatrixView bottom);

}  // namespace eddy::base
