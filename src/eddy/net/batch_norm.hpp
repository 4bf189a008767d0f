#pragma once
// Batch normalisation (Ioffe and Szegedy, 1502.03167) between the layers of a flow (Real NVP, 1605.08803, section 3.7;
// CATHODE's flow has one after each layer) or of a perceptron: y = exp(log_gamma) (x - mean) / sqrt(variance + epsilon)
// + beta for each feature. In training mean and variance are those of the batch, and gradients go through them;
// afterwards they are constants, so that the flow stays an exact density.
//
// x: (n_panels, n_features, kPanel). Sums run in double. The Jacobians that flows need may be null.

#include <eddy/net/aligned.hpp>
#include <eddy/net/kernels/kernels.hpp>

#include <cstddef>
#include <span>

namespace eddy::net {

class BatchNorm {
 public:
  explicit BatchNorm(std::size_t n_features) : n_features_(n_features), stride_(round_up(n_features, kRowUnit)) {}

  /// log_gamma, beta, mean, variance; each padded to whole vectors.
  [[nodiscard]] std::size_t n_parameters() const { return 4 * stride_; }
  /// Numbers that forward_training leaves for backward, beside the normalised x.
  [[nodiscard]] std::size_t n_saved() const { return stride_; }

  /// The identity.
  void initialise(std::span<float> parameters) const;
  /// log_gamma and beta are trained by gradient, mean and variance are not.
  void fill_mask(std::span<float> mask) const;

  /// Normalises in place with the moments of the first n_samples samples and adds to log_jacobian: (n_panels, kPanel).
  /// Leaves (x - mean) / sigma in `normalised` (same shape as x) and 1 / sigma in `saved`.
  template <class T>
  void forward_training(const T* parameters, std::size_t n_samples, T* x, T* log_jacobian, T* normalised,
                        T* saved) const;
  /// gradient += dL/d (log_gamma, beta); dL/dy in `d` becomes dL/dx. d_log_jacobian and dL/dy are 0 for padding
  /// samples.
  template <class T>
  void backward(const T* parameters, std::size_t n_samples, const T* normalised, const T* saved,
                const T* d_log_jacobian, T* d, T* gradient) const;

  /// With the constants in `parameters`.
  template <class T>
  void forward(const T* parameters, std::size_t n_panels, T* x, T* log_jacobian) const;
  template <class T>
  void inverse(const T* parameters, std::size_t n_panels, T* y) const;

  /// What normalises `feature` with the constants: y = slope x + offset.
  template <class T>
  struct Line {
    T log_slope;
    T slope;
    T offset;
  };
  template <class T>
  [[nodiscard]] Line<T> line(const T* parameters, std::size_t feature) const;

  /// Sets mean and variance to the moments of x.
  void set_constants(std::size_t n_samples, const float* x, std::span<float> parameters) const;

 private:
  std::size_t n_features_;
  std::size_t stride_;
};

}  // namespace eddy::net
