#include <eddy/flow/affine.hpp>
#include <eddy/flow/autoregressive.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::flow {
namespace {

using net::kPanel;

std::size_t parameters_per_feature(const StackShape& shape) {
  return shape.transform == TransformKind::kAffine ? kAffineParameters : shape.spline.n_parameters();
}

/// Parameters of one feature fill whole row tiles, so that no tile mixes two degrees.
std::size_t padded_rows_per_feature(const StackShape& shape) {
  return net::round_up(parameters_per_feature(shape), net::kRowTile);
}

/// Context: degree 0, seen by all. The feature at position p: degree p + 1, so hidden units of degree g see positions <
/// g.
std::vector<int> input_degrees(const StackShape& shape) {
  std::vector<int> degrees(shape.n_context, 0);
  for (std::size_t p = 0; p < shape.n_features; ++p) {
    degrees.push_back(static_cast<int>(p) + 1);
  }
  return degrees;
}

std::vector<int> output_degrees(const StackShape& shape) {
  std::vector<int> degrees;
  for (std::size_t p = 0; p < shape.n_features; ++p) {
    degrees.insert(degrees.end(), padded_rows_per_feature(shape), static_cast<int>(p));
  }
  return degrees;
}

template <class T>
void transform_forward(const StackShape& shape, const T* parameters, const T* x, T* y, T* log_jacobian) {
  if (shape.transform == TransformKind::kAffine) {
    affine_forward(parameters, x, y, log_jacobian);
  } else {
    spline_forward(shape.spline, parameters, x, y, log_jacobian);
  }
}

template <class T>
void transform_backward(const StackShape& shape, const T* parameters, const T* x, const T* dy, const T* d_log_jacobian,
                        T* dx, T* d_parameters) {
  if (shape.transform == TransformKind::kAffine) {
    affine_backward(parameters, x, dy, d_log_jacobian, dx, d_parameters);
  } else {
    spline_backward(shape.spline, parameters, x, dy, d_log_jacobian, dx, d_parameters);
  }
}

template <class T>
void transform_inverse(const StackShape& shape, const T* parameters, const T* y, T* x) {
  if (shape.transform == TransformKind::kAffine) {
    affine_inverse(parameters, y, x);
  } else {
    spline_inverse(shape.spline, parameters, y, x);
  }
}

}  // namespace

AutoregressiveStack::AutoregressiveStack(const StackShape& shape)
    : shape_(shape), network_(input_degrees(shape), output_degrees(shape), shape.n_hidden, shape.n_blocks) {}

std::size_t AutoregressiveStack::rows_per_feature() const { return padded_rows_per_feature(shape_); }

std::size_t AutoregressiveStack::layer_workspace_size() const {
  return (network_.n_inputs_padded() + network_.n_outputs_padded()) * kPanel + network_.workspace_size();
}

std::size_t AutoregressiveStack::workspace_size() const {
  // Layers; then, for the backward pass: gradients of outputs and inputs, network scratch.
  return shape_.n_layers * layer_workspace_size() +
         (network_.n_outputs_padded() + network_.n_inputs_padded()) * kPanel + network_.scratch_size();
}

void AutoregressiveStack::initialise(const base::RandomStream& stream, std::span<float> parameters) const {
  for (std::size_t l = 0; l < shape_.n_layers; ++l) {
    const auto layer = parameters.subspan(l * network_.n_parameters(), network_.n_parameters());
    network_.initialise(stream.starting_at(static_cast<std::uint64_t>(l) << 40U), layer);
    if (shape_.transform == TransformKind::kRationalQuadratic) {
      // Output biases come last: slope 1 at the inner knots makes the untrained spline the identity.
      const auto bias = layer.last(network_.n_outputs_padded());
      for (std::size_t p = 0; p < shape_.n_features; ++p) {
        std::ranges::fill(bias.subspan(p * rows_per_feature() + 2 * shape_.spline.bins, shape_.spline.bins - 1),
                          static_cast<float>(identity_derivative(shape_.spline)));
      }
    }
  }
}

void AutoregressiveStack::fill_mask(std::span<float> mask) const {
  for (std::size_t l = 0; l < shape_.n_layers; ++l) {
    network_.fill_mask(mask.subspan(l * network_.n_parameters(), network_.n_parameters()));
  }
}

template <class T>
void AutoregressiveStack::gather_inputs(std::size_t layer, const T* features, const T* context, T* inputs) const {
  T* next = std::copy_n(context, shape_.n_context * kPanel, inputs);
  for (std::size_t p = 0; p < shape_.n_features; ++p) {
    next = std::copy_n(features + feature_at(layer, p) * kPanel, kPanel, next);
  }
  std::fill(next, inputs + network_.n_inputs_padded() * kPanel, T{0});
}

template <class T>
void AutoregressiveStack::forward(const T* parameters, const T* x, const T* context, T* workspace, T* z,
                                  T* log_jacobian) const {
  std::fill_n(log_jacobian, kPanel, T{0});
  const T* features = x;
  for (std::size_t l = 0; l < shape_.n_layers; ++l) {
    T* inputs = workspace + l * layer_workspace_size();
    T* outputs = inputs + network_.n_inputs_padded() * kPanel;
    T* hidden = outputs + network_.n_outputs_padded() * kPanel;
    gather_inputs(l, features, context, inputs);
    network_.forward(parameters + l * network_.n_parameters(), inputs, hidden, outputs);
    for (std::size_t p = 0; p < shape_.n_features; ++p) {
      transform_forward(shape_, outputs + p * rows_per_feature() * kPanel, inputs + (shape_.n_context + p) * kPanel,
                        z + feature_at(l, p) * kPanel, log_jacobian);
    }
    features = z;
  }
}

template <class T>
void AutoregressiveStack::backward(const T* parameters, T* workspace, T* dz, const T* d_log_jacobian,
                                   T* gradient) const {
  T* d_outputs = workspace + shape_.n_layers * layer_workspace_size();
  T* d_inputs = d_outputs + network_.n_outputs_padded() * kPanel;
  T* scratch = d_inputs + network_.n_inputs_padded() * kPanel;
  std::fill_n(d_outputs, network_.n_outputs_padded() * kPanel, T{0});  // padding rows have no gradient
  for (std::size_t l = shape_.n_layers; l-- > 0;) {
    const T* inputs = workspace + l * layer_workspace_size();
    const T* outputs = inputs + network_.n_inputs_padded() * kPanel;
    const T* hidden = outputs + network_.n_outputs_padded() * kPanel;
    for (std::size_t p = 0; p < shape_.n_features; ++p) {
      T* d_feature = dz + feature_at(l, p) * kPanel;  // dL/dy becomes dL/dx through the transform alone
      const std::size_t row = p * rows_per_feature() * kPanel;
      transform_backward(shape_, outputs + row, inputs + (shape_.n_context + p) * kPanel, d_feature, d_log_jacobian,
                         d_feature, d_outputs + row);
    }
    const std::size_t offset = l * network_.n_parameters();
    network_.backward(parameters + offset, inputs, hidden, d_outputs, scratch, gradient + offset, d_inputs);
    for (std::size_t p = 0; p < shape_.n_features; ++p) {  // ... plus what went through the conditioner
      T* d_feature = dz + feature_at(l, p) * kPanel;
      const T* through_network = d_inputs + (shape_.n_context + p) * kPanel;
      for (std::size_t s = 0; s < kPanel; ++s) {
        d_feature[s] += through_network[s];
      }
    }
  }
}

template <class T>
void AutoregressiveStack::inverse(const T* parameters, const T* z, const T* context, T* workspace, T* x) const {
  T* inputs = workspace;
  T* outputs = inputs + network_.n_inputs_padded() * kPanel;
  T* hidden = outputs + network_.n_outputs_padded() * kPanel;
  std::copy_n(z, shape_.n_features * kPanel, x);
  for (std::size_t l = shape_.n_layers; l-- > 0;) {
    gather_inputs(l, x, context, inputs);
    for (std::size_t p = 0; p < shape_.n_features; ++p) {
      // The conditioner of position p sees only positions before it, which are inverted already.
      network_.forward(parameters + l * network_.n_parameters(), inputs, hidden, outputs);
      T* feature = inputs + (shape_.n_context + p) * kPanel;
      transform_inverse(shape_, outputs + p * rows_per_feature() * kPanel, x + feature_at(l, p) * kPanel, feature);
    }
    for (std::size_t p = 0; p < shape_.n_features; ++p) {
      std::copy_n(inputs + (shape_.n_context + p) * kPanel, kPanel, x + feature_at(l, p) * kPanel);
    }
  }
}

template void AutoregressiveStack::forward(const float*, const float*, const float*, float*, float*, float*) const;
template void AutoregressiveStack::forward(const double*, const double*, const double*, double*, double*,
                                           double*) const;
template void AutoregressiveStack::backward(const float*, float*, float*, const float*, float*) const;
template void AutoregressiveStack::backward(const double*, double*, double*, const double*, double*) const;
template void AutoregressiveStack::inverse(const float*, const float*, const float*, float*, float*) const;
template void AutoregressiveStack::inverse(const double*, const double*, const double*, double*, double*) const;

}  // namespace eddy::flow
