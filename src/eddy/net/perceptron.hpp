#pragma once

#include <eddy/base/random.hpp>
#include <eddy/net/dense.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::net {

/// A plain multilayer perceptron: dense layers with ReLU between them, linear at the end.
class Perceptron {
 public:
  /// `widths`: inputs, hidden layers ..., outputs.
  explicit Perceptron(const std::vector<std::size_t>& widths);

  [[nodiscard]] std::size_t n_parameters() const { return n_parameters_; }
  [[nodiscard]] std::size_t n_inputs_padded() const { return shapes_.front().n_in_padded(); }
  [[nodiscard]] std::size_t n_outputs_padded() const { return shapes_.back().n_out_padded(); }
  [[nodiscard]] std::size_t n_layers() const { return shapes_.size(); }
  [[nodiscard]] const DenseShape& layer_shape(std::size_t l) const { return shapes_[l]; }
  /// Where the parameters of layer l begin.
  [[nodiscard]] std::size_t layer_offset(std::size_t l) const { return offsets_[l]; }
  /// Numbers that one panel's forward pass leaves for its backward pass: the outputs of all ReLUs.
  [[nodiscard]] std::size_t workspace_size() const;
  /// Numbers that the backward pass of n_panels panels needs for itself.
  [[nodiscard]] std::size_t scratch_size(std::size_t n_panels = 1) const;

  /// Uniform in +- 1/sqrt(inputs), as PyTorch's Linear.
  void initialise(base::RandomStream stream, std::span<float> parameters) const;
  void fill_mask(std::span<float> mask) const;

  /// x: (n_inputs_padded, kPanel), output: (n_outputs_padded, kPanel).
  template <class T>
  void forward(const T* parameters, const T* x, T* workspace, T* output) const;
  /// gradient += d loss / d parameters, for `workspace` as forward left it.
  template <class T>
  void backward(const T* parameters, const T* x, const T* workspace, const T* d_output, T* scratch, T* gradient) const {
    backward(parameters, 1, x, workspace, d_output, scratch, gradient, static_cast<T*>(nullptr));
  }
  /// The same for several panels at a time, so that a tile of a weight gradient is fetched and stored once for all of
  /// them, and dx = d loss / d x unless that is null. x, dx: (n_panels, n_inputs_padded, kPanel), workspace: (n_panels,
  /// workspace_size), d_output: (n_panels, n_outputs_padded, kPanel).
  template <class T>
  void backward(const T* parameters, std::size_t n_panels, const T* x, const T* workspace, const T* d_output,
                T* scratch, T* gradient, T* dx) const;

 private:
  std::vector<DenseShape> shapes_;
  std::vector<std::size_t> offsets_;
  std::size_t n_parameters_ = 0;
};

}  // namespace eddy::net
