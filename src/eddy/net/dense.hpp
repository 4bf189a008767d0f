#pragma once
// The dense kernels. Samples travel in panels of kPanel; inside a panel storage is feature-major: row r holds feature r
// of all samples, so every operation on features is a loop over contiguous, vector-wide samples.

#include <eddy/net/aligned.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::net {

/// Samples per panel: two AVX-512 vectors, so that each weight that is loaded is used twice and a panel of 64 hidden
/// units (8 kB) stays in the first-level cache.
inline constexpr std::size_t kPanel = 32;

/// Rows that one pass of the kernels computes.
inline constexpr std::size_t kRowTile = 8;

/// Row counts are padded to multiples of this, so that a row of weights is a whole number of vectors.
inline constexpr std::size_t kRowUnit = 16;

/// A half-open range of rows.
struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Shape of one dense layer y = W x + b with an optional mask on W. Rows are padded with zeros to multiples of
/// kRowUnit. Weights are stored input-major: weight (i, o) stands at i * n_out_padded + o.
class DenseShape {
 public:
  /// No mask: every output sees every input.
  DenseShape(std::size_t n_in, std::size_t n_out);
  /// Output o sees input i when input_degree[i] <= output_degree[o].
  DenseShape(std::span<const int> input_degree, std::span<const int> output_degree);

  [[nodiscard]] std::size_t n_in() const { return n_in_; }
  [[nodiscard]] std::size_t n_out() const { return n_out_; }
  [[nodiscard]] std::size_t n_in_padded() const { return n_in_padded_; }
  [[nodiscard]] std::size_t n_out_padded() const { return n_out_padded_; }
  /// Numbers in the parameter vector: padded weights, then padded biases.
  [[nodiscard]] std::size_t n_parameters() const { return (n_in_padded_ + 1) * n_out_padded_; }
  [[nodiscard]] std::size_t bias_offset() const { return n_in_padded_ * n_out_padded_; }
  /// Whether weight (i, o) exists; padded rows and columns do not.
  [[nodiscard]] bool connected(std::size_t i, std::size_t o) const { return mask_[i * n_out_padded_ + o] != 0; }
  /// Inputs seen by at least one output of the tile that starts at row o (multiple of kRowTile).
  [[nodiscard]] RowRange inputs_of(std::size_t o) const { return inputs_of_tile_[o / kRowTile]; }
  /// Outputs that see at least one input of the tile that starts at row i.
  [[nodiscard]] RowRange outputs_of(std::size_t i) const { return outputs_of_tile_[i / kRowTile]; }

 private:
  void find_ranges();

  std::size_t n_in_ = 0;
  std::size_t n_out_ = 0;
  std::size_t n_in_padded_ = 0;
  std::size_t n_out_padded_ = 0;
  std::vector<std::uint8_t> mask_;
  std::vector<RowRange> inputs_of_tile_;
  std::vector<RowRange> outputs_of_tile_;
};

/// What dense_forward starts from.
enum class Start { kBias, kBiasPlusOutput };

/// y = W x + b (kBias), or y += W x + b (kBiasPlusOutput, the residual connection). x: (n_in_padded, kPanel), y:
/// (n_out_padded, kPanel), both aligned; parameters laid out as DenseShape says. Zero blocks of the mask are skipped.
template <class T>
void dense_forward(const DenseShape& shape, const T* parameters, const T* x, T* y, Start start);

/// dx = W^T dy. dy: (n_out_padded, kPanel), dx: (n_in_padded, kPanel).
template <class T>
void dense_backward_input(const DenseShape& shape, const T* parameters, const T* dy, T* dx);

/// gradient += (dy x^T, sum of dy). `scratch` holds kPanel * n_out_padded numbers. Masked weights get gradients too
/// where a block is not skipped: the optimiser ignores them.
template <class T>
void dense_backward_parameters(const DenseShape& shape, const T* x, const T* dy, T* scratch, T* gradient);

/// y = max(x, 0) over n rows of a panel.
template <class T>
void relu_forward(const T* x, T* y, std::size_t n_rows);

/// dx = dy where y > 0, else 0; `y` is the output of relu_forward. dx may be dy.
template <class T>
void relu_backward(const T* y, const T* dy, T* dx, std::size_t n_rows);

}  // namespace eddy::net
