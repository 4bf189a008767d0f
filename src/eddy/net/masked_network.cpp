#include <eddy/net/masked_network.hpp>
#include <eddy/net/simd.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::net {
namespace {

/// Scale of the layers that are to start near zero. Not 0 itself: the gradients of the layers below must not vanish.
constexpr double kNearZero = 0.01;

template <class T>
void add_rows(const T* x, T* y, std::size_t n_rows) {
  for (std::size_t i = 0; i < n_rows * kPanel; i += kLanes<T>) {
    store(y + i, load(y + i) + load(x + i));
  }
}

}  // namespace

std::vector<int> hidden_degrees(std::size_t n_hidden, std::size_t n_degrees) {
  const std::size_t unit = n_hidden >= kRowUnit * n_degrees ? kRowUnit : 1;
  const std::size_t share = n_hidden / unit / n_degrees * unit;
  std::size_t left = n_hidden - share * n_degrees;
  std::vector<std::size_t> sizes(n_degrees, share);
  for (std::size_t g = n_degrees; g-- > 0 && left > 0;) {
    const std::size_t extra = g == 0 ? left : std::min(unit, left);
    sizes[g] += extra;
    left -= extra;
  }
  std::vector<int> degrees;
  for (std::size_t g = 0; g < n_degrees; ++g) {
    degrees.insert(degrees.end(), sizes[g], static_cast<int>(g));
  }
  return degrees;
}

void initialise_dense(const DenseShape& shape, double scale, base::RandomStream& stream, std::span<float> parameters) {
  std::ranges::fill(parameters.first(shape.n_parameters()), 0.0F);
  for (std::size_t o = 0; o < shape.n_out(); ++o) {
    std::size_t n_seen = 0;
    for (std::size_t i = 0; i < shape.n_in(); ++i) {
      n_seen += shape.connected(i, o) ? 1 : 0;
    }
    const double bound = scale / std::sqrt(static_cast<double>(std::max<std::size_t>(n_seen, 1)));
    const auto draw = [&] { return static_cast<float>(bound * (2 * stream.uniform() - 1)); };
    for (std::size_t i = 0; i < shape.n_in(); ++i) {
      if (shape.connected(i, o)) {
        parameters[i * shape.n_out_padded() + o] = draw();
      }
    }
    parameters[shape.bias_offset() + o] = draw();
  }
}

void fill_dense_mask(const DenseShape& shape, std::span<float> mask) {
  for (std::size_t i = 0; i < shape.n_in_padded(); ++i) {
    for (std::size_t o = 0; o < shape.n_out_padded(); ++o) {
      mask[i * shape.n_out_padded() + o] = shape.connected(i, o) ? 1.0F : 0.0F;
    }
  }
  for (std::size_t o = 0; o < shape.n_out_padded(); ++o) {
    mask[shape.bias_offset() + o] = o < shape.n_out() ? 1.0F : 0.0F;
  }
}

MaskedNetwork::MaskedNetwork(std::span<const int> input_degree, std::span<const int> output_degree,
                             std::size_t n_hidden, std::size_t n_blocks)
    : n_hidden_padded_(round_up(n_hidden, kRowUnit)), n_blocks_(n_blocks) {
  const auto highest = static_cast<std::size_t>(*std::ranges::max_element(output_degree));
  const std::vector<int> hidden = hidden_degrees(n_hidden, highest + 1);
  add_layer(DenseShape(input_degree, hidden));
  for (std::size_t b = 0; b < 2 * n_blocks; ++b) {
    add_layer(DenseShape(hidden, hidden));
  }
  add_layer(DenseShape(hidden, output_degree));
}

void MaskedNetwork::add_layer(DenseShape shape) {
  const std::size_t offset = n_parameters_;
  n_parameters_ += shape.n_parameters();
  layers_.push_back({std::move(shape), offset});
}

std::size_t MaskedNetwork::scratch_size() const {
  const std::size_t widest = std::max(n_hidden_padded_, n_outputs_padded());
  return (2 * n_hidden_padded_ + widest) * kPanel;
}

void MaskedNetwork::initialise(base::RandomStream stream, std::span<float> parameters) const {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const bool near_zero = l > 0 && l % 2 == 0;  // second layers of blocks
    const bool last = l + 1 == layers_.size();
    initialise_dense(layers_[l].shape, near_zero || last ? kNearZero : 1.0, stream,
                     parameters.subspan(layers_[l].offset));
  }
}

void MaskedNetwork::fill_mask(std::span<float> mask) const {
  for (const Layer& layer : layers_) {
    fill_dense_mask(layer.shape, mask.subspan(layer.offset));
  }
}

template <class T>
void MaskedNetwork::forward(const T* parameters, const T* x, T* workspace, T* output) const {
  const std::size_t rows = n_hidden_padded_ * kPanel;
  T* h = workspace;
  dense_forward(layers_[0].shape, parameters + layers_[0].offset, x, h, Start::kBias);
  for (std::size_t b = 0; b < n_blocks_; ++b) {
    const Layer& first = layers_[1 + 2 * b];
    const Layer& second = layers_[2 + 2 * b];
    T* active = workspace + (1 + 2 * b) * rows;  // relu(h)
    T* inner = active + rows;                    // relu(W1 relu(h) + b1)
    relu_forward(h, active, n_hidden_padded_);
    dense_forward(first.shape, parameters + first.offset, active, inner, Start::kBias);
    relu_forward(inner, inner, n_hidden_padded_);
    dense_forward(second.shape, parameters + second.offset, inner, h, Start::kBiasPlusOutput);
  }
  dense_forward(layers_.back().shape, parameters + layers_.back().offset, h, output, Start::kBias);
}

template <class T>
void MaskedNetwork::backward(const T* parameters, const T* x, const T* workspace, const T* d_output, T* scratch,
                             T* gradient, T* dx) const {
  const std::size_t rows = n_hidden_padded_ * kPanel;
  T* dh = scratch;
  T* d_inner = scratch + rows;
  T* transposed = scratch + 2 * rows;
  const Layer& output = layers_.back();
  dense_backward_parameters(output.shape, workspace, d_output, transposed, gradient + output.offset);
  dense_backward_input(output.shape, parameters + output.offset, d_output, dh);
  for (std::size_t b = n_blocks_; b-- > 0;) {
    const Layer& first = layers_[1 + 2 * b];
    const Layer& second = layers_[2 + 2 * b];
    const T* active = workspace + (1 + 2 * b) * rows;
    const T* inner = active + rows;
    dense_backward_parameters(second.shape, inner, dh, transposed, gradient + second.offset);
    dense_backward_input(second.shape, parameters + second.offset, dh, d_inner);
    relu_backward(inner, d_inner, d_inner, n_hidden_padded_);
    dense_backward_parameters(first.shape, active, d_inner, transposed, gradient + first.offset);
    dense_backward_input(first.shape, parameters + first.offset, d_inner, transposed);
    relu_backward(active, transposed, transposed, n_hidden_padded_);
    add_rows(transposed, dh, n_hidden_padded_);
  }
  dense_backward_parameters(layers_[0].shape, x, dh, transposed, gradient + layers_[0].offset);
  dense_backward_input(layers_[0].shape, parameters + layers_[0].offset, dh, dx);
}

template void MaskedNetwork::forward(const float*, const float*, float*, float*) const;
template void MaskedNetwork::forward(const double*, const double*, double*, double*) const;
template void MaskedNetwork::backward(const float*, const float*, const float*, const float*, float*, float*,
                                      float*) const;
template void MaskedNetwork::backward(const double*, const double*, const double*, const double*, double*, double*,
                                      double*) const;

}  // namespace eddy::net
