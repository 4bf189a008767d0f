#include <eddy/net/masked_network.hpp>
#include <eddy/net/regularised_perceptron.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::net {
namespace {

constexpr std::size_t kUnitsPerDraw = 4;  // 16 of 64 random bits decide about one unit
constexpr unsigned kBitsPerUnit = 16;

template <class T>
void dense_panels(const DenseShape& shape, const T* parameters, std::size_t n_panels, const T* x, T* y) {
  for (std::size_t p = 0; p < n_panels; ++p) {
    dense_forward(shape, parameters, x + p * shape.n_in_padded() * kPanel,
                  {.linear = y + p * shape.n_out_padded() * kPanel});
  }
}

template <class T>
void rectify(std::size_t n, T* values) {
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = std::max(values[i], T{0});
  }
}

}  // namespace

RegularisedPerceptron::RegularisedPerceptron(const std::vector<std::size_t>& widths,
                                             const Regularisation& regularisation)
    : regularisation_(regularisation) {
  std::size_t n_units = 0;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    DenseShape shape(widths[l], widths[l + 1]);
    const BatchNorm norm(shape.n_out_padded());
    layers_.push_back({std::move(shape), n_plain_, norm, 0, n_units});
    n_plain_ += layers_.back().shape.n_parameters();
    n_units += layers_.back().shape.n_out_padded();  // whole draws
  }
  n_draws_ = n_units / kUnitsPerDraw;
  n_parameters_ = n_plain_;
  for (std::size_t l = 0; l < n_hidden() && regularisation_.batch_norm; ++l) {
    layers_[l].norm_offset = n_parameters_;
    n_parameters_ += layers_[l].norm.n_parameters();
  }
}

std::size_t RegularisedPerceptron::saved_size(const Layer& layer, std::size_t n_panels) const {
  const std::size_t activations = n_panels * layer.shape.n_out_padded() * kPanel;
  return regularisation_.batch_norm ? 2 * activations + round_up(layer.norm.n_saved(), kRowUnit) : activations;
}

std::size_t RegularisedPerceptron::workspace_size(std::size_t n_panels) const {
  std::size_t size = 0;
  for (std::size_t l = 0; l < n_hidden(); ++l) {
    size += saved_size(layers_[l], n_panels);
  }
  return size;
}

std::size_t RegularisedPerceptron::scratch_size(std::size_t n_panels) const {
  std::size_t widest = 0;
  for (const Layer& layer : layers_) {
    widest = std::max({widest, layer.shape.n_in_padded(), layer.shape.n_out_padded()});
  }
  return 3 * n_panels * widest * kPanel;
}

void RegularisedPerceptron::initialise(base::RandomStream stream, std::span<float> parameters) const {
  for (const Layer& layer : layers_) {
    initialise_dense(layer.shape, 1.0, stream, parameters.subspan(layer.offset));
  }
  for (std::size_t l = 0; l < n_hidden() && regularisation_.batch_norm; ++l) {
    const Layer& layer = layers_[l];
    std::ranges::fill(parameters.subspan(layer.offset + layer.shape.bias_offset(), layer.shape.n_out_padded()), 0.0F);
    layer.norm.initialise(parameters.subspan(layer.norm_offset));
  }
}

void RegularisedPerceptron::fill_mask(std::span<float> mask) const {
  for (const Layer& layer : layers_) {
    fill_dense_mask(layer.shape, mask.subspan(layer.offset));
  }
  for (std::size_t l = 0; l < n_hidden() && regularisation_.batch_norm; ++l) {
    const Layer& layer = layers_[l];
    const std::size_t rows = layer.shape.n_out_padded();
    std::ranges::fill(mask.subspan(layer.offset + layer.shape.bias_offset(), rows), 0.0F);
    layer.norm.fill_mask(mask.subspan(layer.norm_offset));
    for (const std::size_t first : {std::size_t{0}, rows}) {  // log_gamma and beta of rows that only fill up
      std::ranges::fill(mask.subspan(layer.norm_offset + first + layer.shape.n_out(), rows - layer.shape.n_out()),
                        0.0F);
    }
  }
}

template <class T>
void RegularisedPerceptron::drop(const Layer& layer, const DropoutDraws& draws, T* activations) const {
  const std::size_t rows = layer.shape.n_out_padded();
  const auto dropped_below = static_cast<std::uint64_t>(std::lround(regularisation_.dropout * (1U << kBitsPerUnit)));
  const auto scale = static_cast<T>(1 / (1 - regularisation_.dropout));
  for (std::size_t sample = 0; sample < draws.counters.size(); ++sample) {
    T* column = activations + sample / kPanel * rows * kPanel + sample % kPanel;
    const std::uint64_t counter = draws.counters[sample] * n_draws_ + layer.first_unit / kUnitsPerDraw;
    for (std::size_t group = 0; group < rows / kUnitsPerDraw; ++group) {
      std::uint64_t bits = draws.stream.bits_at(counter + group);
      for (std::size_t unit = group * kUnitsPerDraw; unit < (group + 1) * kUnitsPerDraw; ++unit) {
        const bool dropped = (bits & ((1U << kBitsPerUnit) - 1)) < dropped_below;
        column[unit * kPanel] *= dropped ? T{0} : scale;
        bits >>= kBitsPerUnit;
      }
    }
  }
}

template <class T>
void RegularisedPerceptron::forward_training(const T* parameters, std::size_t n_samples, const T* x,
                                             const DropoutDraws& draws, T* workspace, T* output) const {
  const std::size_t n_panels = panels_of(n_samples);
  const T* in = x;
  for (std::size_t l = 0; l < n_hidden(); ++l) {
    const Layer& layer = layers_[l];
    const std::size_t size = n_panels * layer.shape.n_out_padded() * kPanel;
    dense_panels(layer.shape, parameters + layer.offset, n_panels, in, workspace);
    if (regularisation_.batch_norm) {
      layer.norm.forward_training(parameters + layer.norm_offset, n_samples, workspace, static_cast<T*>(nullptr),
                                  workspace + size, workspace + 2 * size);
    }
    rectify(size, workspace);
    if (regularisation_.dropout > 0) {
      drop(layer, draws, workspace);
    }
    in = workspace;
    workspace += saved_size(layer, n_panels);
  }
  dense_panels(layers_.back().shape, parameters + layers_.back().offset, n_panels, in, output);
}

template <class T>
void RegularisedPerceptron::backward(const T* parameters, std::size_t n_samples, const T* x, const T* workspace,
                                     const T* d_output, T* scratch, T* gradient) const {
  const std::size_t n_panels = panels_of(n_samples);
  const std::size_t third = scratch_size(n_panels) / 3;
  T* gradients[2] = {scratch + third, scratch + 2 * third};
  const auto scale = static_cast<T>(1 / (1 - regularisation_.dropout));
  const T* after = workspace + workspace_size(n_panels);
  const T* dy = d_output;
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const DenseShape& shape = layers_[l].shape;
    const T* in = l == 0 ? x : after - saved_size(layers_[l - 1], n_panels);
    dense_backward_parameters(shape, n_panels, in, shape.n_in_padded() * kPanel, dy, scratch,
                              gradient + layers_[l].offset);
    if (l == 0) {
      return;
    }
    T* dx = gradients[l % 2];
    const std::size_t panel = shape.n_in_padded() * kPanel;
    for (std::size_t p = 0; p < n_panels; ++p) {  // what was dropped or not positive is 0 in the activations
      dense_backward_input(shape, parameters + layers_[l].offset, dy + p * shape.n_out_padded() * kPanel,
                           dx + p * panel, in + p * panel);
    }
    std::for_each(dx, dx + n_panels * panel, [&](T& d) { d *= scale; });
    if (regularisation_.batch_norm) {
      const Layer& below = layers_[l - 1];
      below.norm.backward(parameters + below.norm_offset, n_samples, in + n_panels * panel, in + 2 * n_panels * panel,
                          static_cast<const T*>(nullptr), dx, gradient + below.norm_offset);
    }
    dy = dx;
    after = in;
  }
}

void RegularisedPerceptron::set_constants(std::size_t n_samples, const AlignedVector<float>& x,
                                          std::span<float> parameters) const {
  const std::size_t n_panels = panels_of(n_samples);
  AlignedVector<float> in = x;
  for (std::size_t l = 0; l < n_hidden() && regularisation_.batch_norm; ++l) {
    const Layer& layer = layers_[l];
    AlignedVector<float> out(n_panels * layer.shape.n_out_padded() * kPanel);
    const std::span<float> constants = parameters.subspan(layer.norm_offset);
    dense_panels(layer.shape, parameters.data() + layer.offset, n_panels, in.data(), out.data());
    layer.norm.set_constants(n_samples, out.data(), constants);
    layer.norm.forward(constants.data(), n_panels, out.data(), static_cast<float*>(nullptr));
    rectify(out.size(), out.data());
    in = std::move(out);
  }
}

AlignedVector<float> RegularisedPerceptron::fold(std::span<const float> parameters) const {
  AlignedVector<float> plain(parameters.begin(), parameters.begin() + n_plain_);
  for (std::size_t l = 0; l < n_hidden() && regularisation_.batch_norm; ++l) {
    const Layer& layer = layers_[l];
    float* dense = plain.data() + layer.offset;
    for (std::size_t o = 0; o < layer.shape.n_out(); ++o) {
      const BatchNorm::Line<float> line = layer.norm.line(parameters.data() + layer.norm_offset, o);
      for (std::size_t i = 0; i < layer.shape.n_in(); ++i) {
        dense[layer.shape.weight_offset(i, o)] *= line.slope;
      }
      float& bias = dense[layer.shape.bias_offset() + o];
      bias = line.slope * bias + line.offset;
    }
  }
  return plain;
}

template void RegularisedPerceptron::forward_training(const float*, std::size_t, const float*, const DropoutDraws&,
                                                      float*, float*) const;
template void RegularisedPerceptron::forward_training(const double*, std::size_t, const double*, const DropoutDraws&,
                                                      double*, double*) const;
template void RegularisedPerceptron::backward(const float*, std::size_t, const float*, const float*, const float*,
                                              float*, float*) const;
template void RegularisedPerceptron::backward(const double*, std::size_t, const double*, const double*, const double*,
                                              double*, double*) const;

}  // namespace eddy::net
