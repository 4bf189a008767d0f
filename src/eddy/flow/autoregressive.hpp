#pragma once

#include <eddy/base/random.hpp>
#include <eddy/flow/spline.hpp>
#include <eddy/net/batch_norm.hpp>
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
  bool batch_norm = false;  ///< after each layer
  SplineShape spline = {};
  bool operator==(const StackShape&) const = default;
};

/// A conditional masked autoregressive flow in scaled space: z = f(x; m), layer by layer, the feature order reversed
/// from one layer to the next. Feature d of a layer (in its order) is transformed with parameters that see features
/// before d and the whole context; the first feature sees the context too. No allocation.
///
/// Works on batches of panels, layer after layer, so that the weights of one layer serve all panels while they are in
/// the cache. Features stand in their natural order: x, z: (n_panels, n_features, kPanel), context: (n_panels,
/// n_context, kPanel), log_jacobian: (n_panels, kPanel).
class AutoregressiveStack {
 public:
  explicit AutoregressiveStack(const StackShape& shape);

  [[nodiscard]] const StackShape& shape() const { return shape_; }
  [[nodiscard]] std::size_t n_parameters() const { return shape_.n_layers * layer_parameters(); }

  /// The conditioner of every layer. Layer l has its parameters at l * layer_parameters(), those of its batch
  /// normalisation behind them.
  [[nodiscard]] const net::MaskedNetwork& network() const { return network_; }
  [[nodiscard]] std::size_t layer_parameters() const {
    return network_.n_parameters() + (shape_.batch_norm ? batch_norm_.n_parameters() : 0);
  }

  /// A flow close to the identity.
  void initialise(const base::RandomStream& stream, std::span<float> parameters) const;
  void fill_mask(std::span<float> mask) const;

  // ---- training ----

  /// Numbers that forward_training and backward need for n_panels panels.
  [[nodiscard]] std::size_t training_workspace_size(std::size_t n_panels) const;
  /// z = f(x; context) and log |dz/dx| of n_samples samples; the rest of the last panel is padding, finite. Leaves in
  /// `workspace` what backward needs.
  template <class T>
  void forward_training(const T* parameters, std::size_t n_samples, const T* x, const T* context, T* workspace, T* z,
                        T* log_jacobian) const;
  /// gradient += dL/d parameters given dL/dz (overwritten with dL/dx) and dL/d log_jacobian, both 0 for padding.
  /// Without a `gradient` (nullptr) dL/dx alone, for a flow that is frozen; it must not have batch normalisation.
  template <class T>
  void backward(const T* parameters, std::size_t n_samples, T* workspace, T* dz, const T* d_log_jacobian,
                T* gradient) const;
  /// Sets the constants of batch normalisation to the moments of these samples, layer by layer; x becomes z.
  void set_constants(std::span<float> parameters, std::size_t n_samples, const float* context, float* workspace,
                     float* x) const;

  // ---- use ----

  /// Numbers that the functions below need, whatever the number of panels.
  [[nodiscard]] std::size_t workspace_size() const { return layer_workspace_size() + network_.forward_scratch_size(); }
  /// The same as forward_training, but with the constants of batch normalisation; z may be x.
  template <class T>
  void forward(const T* parameters, std::size_t n_panels, const T* x, const T* context, T* workspace, T* z,
               T* log_jacobian) const;
  /// x with forward(x) = z; x may be z.
  template <class T>
  void inverse(const T* parameters, std::size_t n_panels, const T* z, const T* context, T* workspace, T* x) const;

 private:
  [[nodiscard]] std::size_t feature_at(std::size_t layer, std::size_t position) const {
    return layer % 2 == 0 ? position : shape_.n_features - 1 - position;
  }
  [[nodiscard]] std::size_t layer_workspace_size() const;
  /// Numbers that forward_training leaves for backward.
  [[nodiscard]] std::size_t kept_size(std::size_t n_panels) const;
  [[nodiscard]] std::size_t feature_numbers() const { return shape_.n_features * net::kPanel; }
  [[nodiscard]] std::size_t context_numbers() const { return shape_.n_context * net::kPanel; }
  /// The parts of one panel's workspace of one layer.
  template <class T>
  struct LayerPanel {
    T* inputs;
    T* outputs;
    T* hidden;
  };
  template <class T>
  [[nodiscard]] LayerPanel<T> parts(T* workspace) const;
  template <class T>
  void gather_inputs(std::size_t layer, const T* features, const T* context, T* inputs) const;
  template <class T>
  void forward_panel(std::size_t layer, const T* parameters, const T* x, const T* context, T* workspace, T* scratch,
                     T* z, T* log_jacobian) const;
  /// Up to net::kGroup panels.
  template <class T>
  void backward_group(std::size_t layer, const T* parameters, std::size_t n_panels, T* workspace,
                      const T* d_log_jacobian, T* scratch, T* dz, T* gradient) const;
  template <class T>
  void backward_transforms(std::size_t layer, T* workspace, const T* d_log_jacobian, T* dz, T* d_outputs) const;
  template <class T>
  void inverse_panel(std::size_t layer, const T* parameters, const T* context, T* workspace, T* z) const;

  StackShape shape_;
  SplineLayout spline_;
  net::MaskedNetwork network_;  ///< every layer has the same shape
  net::BatchNorm batch_norm_;
};

}  // namespace eddy::flow
