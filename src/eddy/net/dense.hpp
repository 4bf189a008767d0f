#pragma once
// The dense kernels. Samples travel in panels of kPanel; inside a panel storage is feature-major: row r holds feature r
// of all samples, so every operation on features is a loop over contiguous, vector-wide samples.

#include <eddy/net/aligned.hpp>
#include <eddy/net/kernels/kernels.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::net {

/// Panels that hold `n_samples` samples; the last one may be partly padding.
[[nodiscard]] constexpr std::size_t panels_of(std::size_t n_samples) { return (n_samples + kPanel - 1) / kPanel; }

/// The degree of a row that only fills up a tile: it sees nothing and nothing sees it.
inline constexpr int kPaddingDegree = -1;

/// Shape of one dense layer y = W x + b with an optional mask on W. Rows are padded with zeros to multiples of
/// kRowUnit. Weights are stored in blocks of kRowUnit outputs, see in_blocks().
class DenseShape {
 public:
  /// No mask: every output sees every input.
  DenseShape(std::size_t n_in, std::size_t n_out);
  /// Output o sees input i when input_degree[i] <= output_degree[o] and neither is padding.
  DenseShape(std::span<const int> input_degree, std::span<const int> output_degree);

  [[nodiscard]] std::size_t n_in() const { return n_in_; }
  [[nodiscard]] std::size_t n_out() const { return n_out_; }
  [[nodiscard]] std::size_t n_in_padded() const { return n_in_padded_; }
  [[nodiscard]] std::size_t n_out_padded() const { return n_out_padded_; }
  /// Numbers in the parameter vector: padded weights, then padded biases.
  [[nodiscard]] std::size_t n_parameters() const { return (n_in_padded_ + 1) * n_out_padded_; }
  /// Where the weight of input i for output o stands; those of one output are kRowUnit apart.
  [[nodiscard]] std::size_t weight_offset(std::size_t i, std::size_t o) const { return in_blocks(i, n_in_padded_, o); }
  [[nodiscard]] std::size_t bias_offset() const { return n_in_padded_ * n_out_padded_; }
  /// Whether weight (i, o) exists; padded rows and columns do not.
  [[nodiscard]] bool connected(std::size_t i, std::size_t o) const { return mask_[i * n_out_padded_ + o] != 0; }
  /// Whether output o is one: neither beyond n_out nor of degree kPaddingDegree.
  [[nodiscard]] bool output_exists(std::size_t o) const { return output_exists_[o] != 0; }
  /// What the kernels are given; valid as long as this object.
  [[nodiscard]] DenseLayout layout() const {
    return {n_in_, n_out_, n_in_padded_, n_out_padded_, inputs_of_tile_.data(), outputs_of_tile_.data()};
  }
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
  std::vector<std::uint8_t> output_exists_;
  std::vector<RowRange> inputs_of_tile_;
  std::vector<RowRange> outputs_of_tile_;
};

/// y = W x + b for all outputs, or for the outputs `rows` alone (begin and end multiples of kRowTile, or n_out_padded).
/// x: (n_in_padded, kPanel), y: (n_out_padded, kPanel), all aligned; parameters laid out as DenseShape says. Zero
/// blocks of the mask are skipped.
template <class T>
void dense_forward(const DenseShape& shape, RowRange rows, const T* parameters, const T* x, DenseOutput<T> y) {
  kernels<T>().dense_forward(shape.layout(), rows, parameters, x, y);
}
template <class T>
void dense_forward(const DenseShape& shape, const T* parameters, const T* x, DenseOutput<T> y) {
  dense_forward(shape, {0, shape.n_out_padded()}, parameters, x, y);
}

/// dx = W^T dy. dy: (n_out_padded, kPanel), dx: (n_in_padded, kPanel). With a `gate`, the ReLU's output (n_in_padded,
/// kPanel), dx is 0 where the gate is; with `adds`, the residual connection, it is added to what dx holds. As much as
/// dx holds is fetched into the cache from `ahead`, where the caller will go on.
template <class T>
void dense_backward_input(const DenseShape& shape, const T* parameters, const T* dy, T* dx, const T* gate = nullptr,
                          bool adds = false, const T* ahead = nullptr) {
  kernels<T>().dense_backward_input(shape.layout(), parameters, dy, dx, gate, adds, ahead);
}

/// gradient += (dy x^T, sum of dy), summed over n_panels panels: panel p of x stands at x + p * x_step, dy: (n_panels,
/// n_out_padded, kPanel). `scratch` holds as many numbers as dy. Masked weights get gradients too where a block is not
/// skipped: the optimiser ignores them.
template <class T>
void dense_backward_parameters(const DenseShape& shape, std::size_t n_panels, const T* x, std::size_t x_step,
                               const T* dy, T* scratch, T* gradient) {
  kernels<T>().dense_backward_parameters(shape.layout(), n_panels, x, x_step, dy, scratch, gradient);
}

}  // namespace eddy::net
