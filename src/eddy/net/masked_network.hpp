#pragma once

#include <eddy/base/random.hpp>
#include <eddy/net/dense.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace eddy::net {

/// Panels that go backward together: a tile of a weight gradient is then fetched and stored once for all of them.
inline constexpr std::size_t kGroup = 4;

/// Autoregressive degrees of `n_hidden` units, ascending: units of degree g see the inputs of degree <= g. Degrees 0
/// ... n_degrees - 1 get equal shares in multiples of 16 units where there are enough (so that whole blocks of zeros
/// can be skipped), the remainder going to the highest degrees, which have most to describe. Each group is filled up to
/// whole tiles with units of degree kPaddingDegree, so that a group can be computed alone.
[[nodiscard]] std::vector<int> hidden_degrees(std::size_t n_hidden, std::size_t n_degrees);

/// The conditioner of an autoregressive flow: a masked residual network (Germain et al. 1502.03509; nflows' MADE).
///   h = W0 x + b0;  per block: h += W2 relu(W1 relu(h) + b1) + b2;  output = W3 h + b3.
/// Output o depends on input i only when input_degree[i] <= output_degree[o].
class MaskedNetwork {
 public:
  MaskedNetwork(std::span<const int> input_degree, std::span<const int> output_degree, std::size_t n_hidden,
                std::size_t n_blocks);

  [[nodiscard]] std::size_t n_parameters() const { return n_parameters_; }
  [[nodiscard]] std::size_t n_inputs_padded() const { return layers_.front().shape.n_in_padded(); }
  [[nodiscard]] std::size_t n_outputs_padded() const { return layers_.back().shape.n_out_padded(); }
  /// The dense layers, in the order of the formula above: input layer, two per block, output layer.
  [[nodiscard]] std::size_t n_layers() const { return layers_.size(); }
  [[nodiscard]] const DenseShape& layer_shape(std::size_t l) const { return layers_[l].shape; }
  /// Where the parameters of layer l begin.
  [[nodiscard]] std::size_t layer_offset(std::size_t l) const { return layers_[l].offset; }
  /// Numbers that one panel's forward pass leaves for its backward pass: h, then the outputs of all ReLUs but the
  /// first, which backward computes again from x. That is cheap, and what is left is what training streams through the
  /// memory.
  [[nodiscard]] std::size_t workspace_size() const {
    return std::max<std::size_t>(1, 2 * n_blocks_) * hidden_numbers();
  }
  /// Numbers that the forward pass of one panel, and the backward pass of kGroup panels, need for themselves.
  [[nodiscard]] std::size_t forward_scratch_size() const { return hidden_numbers(); }
  [[nodiscard]] std::size_t backward_scratch_size() const;

  /// Uniform in +- 1/sqrt(inputs seen) as PyTorch's Linear; the second layer of each block and the output layer are
  /// scaled down so that a fresh network is close to constant. Masked and padded weights are 0.
  void initialise(base::RandomStream stream, std::span<float> parameters) const;
  /// 1 for each parameter that exists, 0 for masked and padded ones.
  void fill_mask(std::span<float> mask) const;

  /// x: (n_inputs_padded, kPanel), output: (n_outputs_padded, kPanel).
  template <class T>
  void forward(const T* parameters, const T* x, T* workspace, T* scratch, T* output) const;
  /// The outputs of `degree` alone, given x up to that degree. Called for degree 0, 1, ... in this order with the same
  /// workspace and scratch it computes each hidden unit once, where calling forward() for each would compute all of
  /// them again.
  template <class T>
  void forward_degree(std::size_t degree, const T* parameters, const T* x, T* workspace, T* scratch, T* output) const;
  /// gradient += d loss / d parameters; dx = d loss / d x, for up to kGroup panels at a time. Panel p of x and of
  /// `workspace`, as forward left it, stands p * step further; d_output: (n_panels, n_outputs_padded, kPanel), dx:
  /// (n_panels, n_inputs_padded, kPanel). Without a `gradient` (nullptr) dx alone: the network is frozen.
  template <class T>
  void backward(const T* parameters, std::size_t n_panels, const T* x, const T* workspace, std::size_t step,
                const T* d_output, T* scratch, T* gradient, T* dx) const;

 private:
  struct Layer {
    DenseShape shape;
    std::size_t offset;  ///< of its parameters
  };
  void add_layer(DenseShape shape);
  template <class T>
  void forward_rows(RowRange hidden, RowRange outputs, const T* parameters, const T* x, T* workspace, T* scratch,
                    T* output) const;
  [[nodiscard]] std::size_t hidden_numbers() const { return n_hidden_padded_ * kPanel; }

  std::size_t n_hidden_padded_;
  std::size_t n_blocks_;
  std::size_t n_parameters_ = 0;
  std::vector<Layer> layers_;          ///< input layer, two per block, output layer
  std::vector<RowRange> hidden_rows_;  ///< of each degree, whole tiles
  std::vector<RowRange> output_rows_;  ///< tiles that hold outputs of each degree
};

/// Fills the parameters of one dense layer: weights and biases uniform in +- scale / sqrt(inputs seen), none where
/// masked.
void initialise_dense(const DenseShape& shape, double scale, base::RandomStream& stream, std::span<float> parameters);
/// Marks the parameters of one dense layer that exist.
void fill_dense_mask(const DenseShape& shape, std::span<float> mask);

}  // namespace eddy::net
