#pragma once

#include <eddy/base/random.hpp>
#include <eddy/flow/spline.hpp>
#include <eddy/net/masked_network.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::flow {

enum class TransformKind { kRationalQuadratic, kAffine };

/// Shape of a stack of autoregressive layers.
struct StackShape {
  TransformKind transform = TransformKind::kRationalQuadratic;
  std::size_t n_features = 1;
  std::size_t n_context = 0;
  std::size_t n_layers = 4;
  std::size_t n_hidden = 64;
  std::size_t n_blocks = 2;
  SplineShape spline = {};
};

/// A conditional masked autoregressive flow in scaled space: z = f(x; m), layer by layer, the feature order reversed
/// from one layer to the next. Feature d of a layer (in its order) is transformed with parameters that see features
/// before d and the whole context; the first feature sees the context too. One panel of samples at a time; no
/// allocation.
///
/// Panels hold features in their natural order: x, z: (n_features, kPanel), context: (n_context, kPanel).
class AutoregressiveStack {
 public:
  explicit AutoregressiveStack(const StackShape& shape);

  [[nodiscard]] const StackShape& shape() const { return shape_; }
  [[nodiscard]] std::size_t n_parameters() const { return shape_.n_layers * network_.n_parameters(); }
  /// Numbers a caller provides as workspace.
  [[nodiscard]] std::size_t workspace_size() const;

  /// A flow close to the identity.
  void initialise(const base::RandomStream& stream, std::span<float> parameters) const;
  void fill_mask(std::span<float> mask) const;

  /// z = f(x; context) and log |dz/dx|, (kPanel). Leaves in `workspace` what backward needs.
  template <class T>
  void forward(const T* parameters, const T* x, const T* context, T* workspace, T* z, T* log_jacobian) const;
  /// gradient += dL/d parameters given dL/dz (overwritten with dL/dx) and dL/d log_jacobian.
  template <class T>
  void backward(const T* parameters, T* workspace, T* dz, const T* d_log_jacobian, T* gradient) const;
  /// x with forward(x) = z.
  template <class T>
  void inverse(const T* parameters, const T* z, const T* context, T* workspace, T* x) const;

 private:
  [[nodiscard]] std::size_t feature_at(std::size_t layer, std::size_t position) const {
    return layer % 2 == 0 ? position : shape_.n_features - 1 - position;
  }
  [[nodiscard]] std::size_t rows_per_feature() const;
  [[nodiscard]] std::size_t layer_workspace_size() const;
  template <class T>
  void gather_inputs(std::size_t layer, const T* features, const T* context, T* inputs) const;

  StackShape shape_;
  net::MaskedNetwork network_;  ///< every layer has the same shape
};

}  // namespace eddy::flow
