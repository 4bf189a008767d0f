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
  [[nodiscard]] std::size_t workspace_size() const;
  [[nodiscard]] std::size_t scratch_size() const;

  /// Uniform in +- 1/sqrt(inputs), as PyTorch's Linear.
  void initialise(base::RandomStream stream, std::span<float> parameters) const;
  void fill_mask(std::span<float> mask) const;

  /// x: (n_inputs_padded, kPanel), output: (n_outputs_padded, kPanel).
  template <class T>
  void forward(const T* parameters, const T* x, T* workspace, T* output) const;
  /// gradient += d loss / d parameters, for `workspace` as forward left it.
  template <class T>
  void backward(const T* parameters, const T* x, const T* workspace, const T* d_output, T* scratch, T* gradient) const;

 private:
  std::vector<DenseShape> shapes_;
  std::vector<std::size_t> offsets_;
  std::size_t n_parameters_ = 0;
};

}  // namespace eddy::net
