#include <eddy/flow/affine.hpp>
#include <eddy/flow/autoregressive.hpp>

#include <algorithm>

namespace eddy::flow {
namespace {

using net::kPanel;

std::size_t parameters_per_feature(const StackShape& shape) {
  return shape.transform == TransformKind::kAffine ? kAffineParameters : shape.spline.n_parameters();
}

/// Rows of the conditioner's output per feature. The many parameters of a spline fill whole tiles, so that no tile
/// mixes two degrees; the two of an affine transform would waste most of theirs.
std::size_t rows_per_feature(const StackShape& shape) {
  const std::size_t n = parameters_per_feature(shape);
  return n < net::kRowTile ? n : net::round_up(n, net::kRowTile);
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
  const std::size_t n_used = parameters_per_feature(shape);
  std::vector<int> degrees;
  for (std::size_t p = 0; p < shape.n_features; ++p) {
    degrees.insert(degrees.end(), n_used, static_cast<int>(p));
    degrees.resize((p + 1) * rows_per_feature(shape), net::kPaddingDegree);
  }
  return degrees;
}

}  // namespace

AutoregressiveStack::AutoregressiveStack(const StackShape& shape)
    : shape_(shape),
      spline_(layout_of(shape.spline)),
      network_(input_degrees(shape), output_degrees(shape), shape.n_hidden, shape.n_blocks),
      batch_norm_(shape.n_features) {}

std::size_t AutoregressiveStack::layer_workspace_size() const {
  return (network_.n_inputs_padded() + network_.n_outputs_padded()) * kPanel + network_.workspace_size();
}

std::size_t AutoregressiveStack::kept_size(std::size_t n_panels) const {
  const std::size_t normalised = shape_.batch_norm ? n_panels * feature_numbers() + batch_norm_.n_saved() : 0;
  return shape_.n_layers * (n_panels * layer_workspace_size() + normalised);
}

std::size_t AutoregressiveStack::training_workspace_size(std::size_t n_panels) const {
  // What is kept; then, for the backward pass: gradients of outputs and inputs, network scratch.
  return kept_size(n_panels) + net::kGroup * (network_.n_outputs_padded() + network_.n_inputs_padded()) * kPanel +
         network_.backward_scratch_size();
}

void AutoregressiveStack::initialise(const base::RandomStream& stream, std::span<float> parameters) const {
  for (std::size_t l = 0; l < shape_.n_layers; ++l) {
    const auto layer = parameters.subspan(l * layer_parameters(), layer_parameters());
    const auto network = layer.first(network_.n_parameters());
    network_.initialise(stream.starting_at(static_cast<std::uint64_t>(l) << 40U), network);
    if (shape_.transform == TransformKind::kRationalQuadratic) {
      // Output biases come last: slope 1 at the inner knots makes the untrained spline the identity.
      const auto bias = network.last(network_.n_outputs_padded());
      for (std::size_t p = 0; p < shape_.n_features; ++p) {
        std::ranges::fill(bias.subspan(p * rows_per_feature(shape_) + 2 * shape_.spline.bins, shape_.spline.bins - 1),
                          static_cast<float>(spline_.edge_derivative));
      }
    }
    if (shape_.batch_norm) {
      batch_norm_.initialise(layer.subspan(network_.n_parameters()));
    }
  }
}

void AutoregressiveStack::fill_mask(std::span<float> mask) const {
  for (std::size_t l = 0; l < shape_.n_layers; ++l) {
    const auto layer = mask.subspan(l * layer_parameters(), layer_parameters());
    network_.fill_mask(layer.first(network_.n_parameters()));
    if (shape_.batch_norm) {
      batch_norm_.fill_mask(layer.subspan(network_.n_parameters()));
    }
  }
}

// ---- one layer, one panel ----

template <class T>
AutoregressiveStack::LayerPanel<T> AutoregressiveStack::parts(T* workspace) const {
  T* outputs = workspace + network_.n_inputs_padded() * kPanel;
  return {workspace, outputs, outputs + network_.n_outputs_padded() * kPanel};
}

template <class T>
void AutoregressiveStack::gather_inputs(std::size_t layer, const T* features, const T* context, T* inputs) const {
  T* next = std::copy_n(context, context_numbers(), inputs);
  for (std::size_t p = 0; p < shape_.n_features; ++p) {
    next = std::copy_n(features + feature_at(layer, p) * kPanel, kPanel, next);
  }
  std::fill(next, inputs + network_.n_inputs_padded() * kPanel, T{0});
}

template <class T>
void AutoregressiveStack::forward_panel(std::size_t layer, const T* parameters, const T* x, const T* context,
                                        T* workspace, T* scratch, T* z, T* log_jacobian) const {
  const LayerPanel<T> panel = parts(workspace);
  gather_inputs(layer, x, context, panel.inputs);
  network_.forward(parameters, panel.inputs, panel.hidden, scratch, panel.outputs);
  for (std::size_t p = 0; p < shape_.n_features; ++p) {
    T* outputs = panel.outputs + p * rows_per_feature(shape_) * kPanel;
    const T* feature = panel.inputs + context_numbers() + p * kPanel;
    T* image = z + feature_at(layer, p) * kPanel;
    if (shape_.transform == TransformKind::kAffine) {
      affine_forward(outputs, feature, image, log_jacobian);
    } else {
      spline_forward(spline_, outputs, feature, image, log_jacobian);
    }
  }
}

/// dL/dy becomes dL/dx through the transforms alone.
template <class T>
void AutoregressiveStack::backward_transforms(std::size_t layer, T* workspace, const T* d_log_jacobian, T* dz,
                                              T* d_outputs) const {
  const LayerPanel<T> panel = parts(workspace);
  for (std::size_t p = 0; p < shape_.n_features; ++p) {
    T* d_feature = dz + feature_at(layer, p) * kPanel;
    const std::size_t row = p * rows_per_feature(shape_) * kPanel;
    const T* feature = panel.inputs + context_numbers() + p * kPanel;
    if (shape_.transform == TransformKind::kAffine) {
      affine_backward(panel.outputs + row, feature, d_feature, d_log_jacobian, d_feature, d_outputs + row);
    } else {
      spline_backward(spline_, panel.outputs + row, feature, d_feature, d_log_jacobian, d_feature, d_outputs + row);
    }
  }
}

template <class T>
void AutoregressiveStack::backward_group(std::size_t layer, const T* parameters, std::size_t n_panels, T* workspace,
                                         const T* d_log_jacobian, T* scratch, T* dz, T* gradient) const {
  const std::size_t step = layer_workspace_size();
  const std::size_t n_outputs = network_.n_outputs_padded() * kPanel;
  const std::size_t n_inputs = network_.n_inputs_padded() * kPanel;
  T* d_outputs = scratch;
  T* d_inputs = d_outputs + net::kGroup * n_outputs;
  for (std::size_t p = 0; p < n_panels; ++p) {
    backward_transforms(layer, workspace + p * step, d_log_jacobian + p * kPanel, dz + p * feature_numbers(),
                        d_outputs + p * n_outputs);
  }
  const LayerPanel<T> first = parts(workspace);
  network_.backward(parameters, n_panels, first.inputs, first.hidden, step, d_outputs,
                    d_inputs + net::kGroup * n_inputs, gradient, d_inputs);
  for (std::size_t p = 0; p < n_panels; ++p) {  // ... plus what went through the conditioner
    for (std::size_t d = 0; d < shape_.n_features; ++d) {
      T* d_feature = dz + p * feature_numbers() + feature_at(layer, d) * kPanel;
      const T* through_network = d_inputs + p * n_inputs + context_numbers() + d * kPanel;
      for (std::size_t s = 0; s < kPanel; ++s) {
        d_feature[s] += through_network[s];
      }
    }
  }
}

/// The conditioner of position p sees only positions before it, which are inverted already.
template <class T>
void AutoregressiveStack::inverse_panel(std::size_t layer, const T* parameters, const T* context, T* workspace,
                                        T* z) const {
  const LayerPanel<T> panel = parts(workspace);
  gather_inputs(layer, z, context, panel.inputs);
  // A tile of outputs may hold two degrees. Its lower one has zero weights on hidden units that are not computed yet,
  // but what an overflow left there in the panel before would turn 0 * infinity into NaN.
  std::fill_n(panel.hidden, network_.workspace_size(), T{0});
  for (std::size_t p = 0; p < shape_.n_features; ++p) {
    network_.forward_degree(p, parameters, panel.inputs, panel.hidden, workspace + layer_workspace_size(),
                            panel.outputs);
    T* outputs = panel.outputs + p * rows_per_feature(shape_) * kPanel;
    T* feature = z + feature_at(layer, p) * kPanel;
    if (shape_.transform == TransformKind::kAffine) {
      affine_inverse(outputs, feature, feature);
    } else {
      spline_inverse(spline_, outputs, feature, feature);
    }
    std::copy_n(feature, kPanel, panel.inputs + context_numbers() + p * kPanel);
  }
}

// ---- all layers, all panels ----

template <class T>
void AutoregressiveStack::forward_training(const T* parameters, std::size_t n_samples, const T* x, const T* context,
                                           T* workspace, T* z, T* log_jacobian) const {
  const std::size_t n_panels = net::panels_of(n_samples);
  std::fill_n(log_jacobian, n_panels * kPanel, T{0});
  T* scratch = workspace + kept_size(n_panels);
  T* next = workspace;
  for (std::size_t l = 0; l < shape_.n_layers; ++l) {
    const T* layer = parameters + l * layer_parameters();
    for (std::size_t p = 0; p < n_panels; ++p, next += layer_workspace_size()) {
      forward_panel(l, layer, (l == 0 ? x : z) + p * feature_numbers(), context + p * context_numbers(), next, scratch,
                    z + p * feature_numbers(), log_jacobian + p * kPanel);
    }
    if (shape_.batch_norm) {
      T* saved = next + n_panels * feature_numbers();
      batch_norm_.forward_training(layer + network_.n_parameters(), n_samples, z, log_jacobian, next, saved);
      next = saved + batch_norm_.n_saved();
    }
  }
}

template <class T>
void AutoregressiveStack::backward(const T* parameters, std::size_t n_samples, T* workspace, T* dz,
                                   const T* d_log_jacobian, T* gradient) const {
  const std::size_t n_panels = net::panels_of(n_samples);
  const std::size_t saved = shape_.batch_norm ? n_panels * feature_numbers() + batch_norm_.n_saved() : 0;
  T* scratch = workspace + kept_size(n_panels);
  T* next = scratch;
  std::fill_n(scratch, net::kGroup * network_.n_outputs_padded() * kPanel, T{0});  // padding rows have no gradient
  for (std::size_t l = shape_.n_layers; l-- > 0;) {
    const std::size_t offset = l * layer_parameters();
    T* layer_gradient = gradient != nullptr ? gradient + offset : nullptr;
    if (shape_.batch_norm) {
      next -= saved;
      const std::size_t constants = offset + network_.n_parameters();
      batch_norm_.backward(parameters + constants, n_samples, next, next + n_panels * feature_numbers(), d_log_jacobian,
                           dz, layer_gradient + network_.n_parameters());
    }
    next -= n_panels * layer_workspace_size();
    for (std::size_t p = 0; p < n_panels; p += net::kGroup) {
      backward_group(l, parameters + offset, std::min(net::kGroup, n_panels - p), next + p * layer_workspace_size(),
                     d_log_jacobian + p * kPanel, scratch, dz + p * feature_numbers(), layer_gradient);
    }
  }
}

void AutoregressiveStack::set_constants(std::span<float> parameters, std::size_t n_samples, const float* context,
                                        float* workspace, float* x) const {
  const std::size_t n_panels = net::panels_of(n_samples);
  net::AlignedVector<float> ignored(n_panels * kPanel);
  for (std::size_t l = 0; l < shape_.n_layers; ++l) {
    const auto layer = parameters.subspan(l * layer_parameters(), layer_parameters());
    for (std::size_t p = 0; p < n_panels; ++p) {
      float* panel = x + p * feature_numbers();
      forward_panel(l, layer.data(), panel, context + p * context_numbers(), workspace,
                    workspace + layer_workspace_size(), panel, ignored.data());
    }
    if (shape_.batch_norm) {
      const auto constants = layer.subspan(network_.n_parameters());
      batch_norm_.set_constants(n_samples, x, constants);
      batch_norm_.forward(constants.data(), n_panels, x, ignored.data());
    }
  }
}

template <class T>
void AutoregressiveStack::forward(const T* parameters, std::size_t n_panels, const T* x, const T* context, T* workspace,
                                  T* z, T* log_jacobian) const {
  std::fill_n(log_jacobian, n_panels * kPanel, T{0});
  for (std::size_t l = 0; l < shape_.n_layers; ++l) {
    const T* layer = parameters + l * layer_parameters();
    for (std::size_t p = 0; p < n_panels; ++p) {
      forward_panel(l, layer, (l == 0 ? x : z) + p * feature_numbers(), context + p * context_numbers(), workspace,
                    workspace + layer_workspace_size(), z + p * feature_numbers(), log_jacobian + p * kPanel);
    }
    if (shape_.batch_norm) {
      batch_norm_.forward(layer + network_.n_parameters(), n_panels, z, log_jacobian);
    }
  }
}

template <class T>
void AutoregressiveStack::inverse(const T* parameters, std::size_t n_panels, const T* z, const T* context, T* workspace,
                                  T* x) const {
  if (x != z) {
    std::copy_n(z, n_panels * feature_numbers(), x);
  }
  for (std::size_t l = shape_.n_layers; l-- > 0;) {
    const T* layer = parameters + l * layer_parameters();
    if (shape_.batch_norm) {
      batch_norm_.inverse(layer + network_.n_parameters(), n_panels, x);
    }
    for (std::size_t p = 0; p < n_panels; ++p) {
      inverse_panel(l, layer, context + p * context_numbers(), workspace, x + p * feature_numbers());
    }
  }
}

template void AutoregressiveStack::forward_training(const float*, std::size_t, const float*, const float*, float*,
                                                    float*, float*) const;
template void AutoregressiveStack::backward(const float*, std::size_t, float*, float*, const float*, float*) const;
template void AutoregressiveStack::forward(const float*, std::size_t, const float*, const float*, float*, float*,
                                           float*) const;
template void AutoregressiveStack::inverse(const float*, std::size_t, const float*, const float*, float*, float*) const;
template void AutoregressiveStack::forward_training(const double*, std::size_t, const double*, const double*, double*,
                                                    double*, double*) const;
template void AutoregressiveStack::backward(const double*, std::size_t, double*, double*, const double*, double*) const;
template void AutoregressiveStack::forward(const double*, std::size_t, const double*, const double*, double*, double*,
                                           double*) const;
template void AutoregressiveStack::inverse(const double*, std::size_t, const double*, const double*, double*,
                                           double*) const;

}  // namespace eddy::flow
