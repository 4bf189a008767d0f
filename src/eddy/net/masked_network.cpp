#include <eddy/net/masked_network.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace eddy::net {
namespace {

/// Scale of the layers that are to start near zero. Not 0 itself: the gradients of the layers below must not vanish.
constexpr double kNearZero = 0.01;

/// Panels that stand `step` numbers apart, or none.
template <class T>
struct Panels {
  const T* first = nullptr;
  std::size_t step = 0;
  [[nodiscard]] const T* at(std::size_t p) const { return first == nullptr ? nullptr : first + p * step; }
};

/// The tiles that hold rows of each degree 0 ... n_degrees - 1.
std::vector<RowRange> tiles_of_degrees(std::span<const int> degree, std::size_t n_degrees) {
  std::vector<RowRange> tiles(n_degrees);
  for (std::size_t g = 0; g < n_degrees; ++g) {
    const auto first = std::ranges::find(degree, static_cast<int>(g));
    const auto last = std::ranges::find(degree.rbegin(), degree.rend(), static_cast<int>(g)).base();
    if (first < last) {
      tiles[g] = {static_cast<std::size_t>(first - degree.begin()) / kRowTile * kRowTile,
                  round_up(static_cast<std::size_t>(last - degree.begin()), kRowTile)};
    }
  }
  return tiles;
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
    degrees.resize(round_up(degrees.size(), kRowTile), kPaddingDegree);
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
        parameters[shape.weight_offset(i, o)] = draw();
      }
    }
    parameters[shape.bias_offset() + o] = shape.output_exists(o) ? draw() : 0.0F;
  }
}

void fill_dense_mask(const DenseShape& shape, std::span<float> mask) {
  for (std::size_t i = 0; i < shape.n_in_padded(); ++i) {
    for (std::size_t o = 0; o < shape.n_out_padded(); ++o) {
      mask[shape.weight_offset(i, o)] = shape.connected(i, o) ? 1.0F : 0.0F;
    }
  }
  for (std::size_t o = 0; o < shape.n_out_padded(); ++o) {
    mask[shape.bias_offset() + o] = shape.output_exists(o) ? 1.0F : 0.0F;
  }
}

MaskedNetwork::MaskedNetwork(std::span<const int> input_degree, std::span<const int> output_degree,
                             std::size_t n_hidden, std::size_t n_blocks)
    : n_blocks_(n_blocks) {
  const std::size_t n_degrees = static_cast<std::size_t>(*std::ranges::max_element(output_degree)) + 1;
  const std::vector<int> hidden = hidden_degrees(n_hidden, n_degrees);
  n_hidden_padded_ = round_up(hidden.size(), kRowUnit);
  hidden_rows_ = tiles_of_degrees(hidden, n_degrees);
  output_rows_ = tiles_of_degrees(output_degree, n_degrees);
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

std::size_t MaskedNetwork::backward_scratch_size() const {
  const std::size_t widest = std::max(n_hidden_padded_, n_outputs_padded());
  return (3 * n_hidden_padded_ + widest) * kPanel * kGroup;
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
void MaskedNetwork::forward_rows(RowRange hidden, RowRange outputs, const T* parameters, const T* x, T* workspace,
                                 T* scratch, T* output) const {
  const auto apply = [&](std::size_t l, RowRange range, const T* in, DenseOutput<T> out) {
    dense_forward(layers_[l].shape, range, parameters + layers_[l].offset, in, out);
  };
  T* h = workspace;
  // What layer l reads: relu(h) for odd l, relu(W1 relu(h) + b1) for even l.
  const auto active = [&](std::size_t l) { return l == 1 ? scratch : workspace + (l - 1) * hidden_numbers(); };
  apply(0, hidden, x, {.linear = h, .rectified = n_blocks_ > 0 ? active(1) : nullptr});
  for (std::size_t l = 1; l <= 2 * n_blocks_; l += 2) {
    apply(l, hidden, active(l), {.linear = nullptr, .rectified = active(l + 1)});
    const bool last = l + 1 == 2 * n_blocks_;
    apply(l + 1, hidden, active(l + 1), {.linear = h, .adds = true, .rectified = last ? nullptr : active(l + 2)});
  }
  apply(layers_.size() - 1, outputs, h, {.linear = output});
}

template <class T>
void MaskedNetwork::forward(const T* parameters, const T* x, T* workspace, T* scratch, T* output) const {
  forward_rows({0, n_hidden_padded_}, {0, n_outputs_padded()}, parameters, x, workspace, scratch, output);
}

template <class T>
void MaskedNetwork::forward_degree(std::size_t degree, const T* parameters, const T* x, T* workspace, T* scratch,
                                   T* output) const {
  forward_rows(hidden_rows_[degree], output_rows_[degree], parameters, x, workspace, scratch, output);
}

template <class T>
void MaskedNetwork::backward(const T* parameters, std::size_t n_panels, const T* x, const T* workspace,
                             std::size_t step, const T* d_output, T* scratch, T* gradient, T* dx) const {
  assert(n_panels <= kGroup);
  const std::size_t rows = hidden_numbers();
  T* dh = scratch;
  T* d_inner = dh + n_panels * rows;
  T* first_active = d_inner + n_panels * rows;
  T* transposed = first_active + n_panels * rows;
  const Panels<T> h{workspace, step};
  const auto active = [&](std::size_t l) {
    return l == 1 ? Panels<T>{first_active, rows} : Panels<T>{workspace + (l - 1) * rows, step};
  };
  const auto add_gradient = [&](std::size_t l, Panels<T> in, const T* dy) {
    if (gradient != nullptr) {
      dense_backward_parameters(layers_[l].shape, n_panels, in.first, in.step, dy, transposed,
                                gradient + layers_[l].offset);
    }
  };
  // dx of layer l through the ReLU before it, if any; meanwhile `ahead` comes into the cache.
  const auto propagate = [&](std::size_t l, const T* dy, T* d_in, Panels<T> gate, bool adds, Panels<T> ahead) {
    const DenseShape& shape = layers_[l].shape;
    for (std::size_t p = 0; p < n_panels; ++p) {
      dense_backward_input(shape, parameters + layers_[l].offset, dy + p * shape.n_out_padded() * kPanel,
                           d_in + p * shape.n_in_padded() * kPanel, gate.at(p), adds, ahead.at(p));
    }
  };
  const std::size_t output = layers_.size() - 1;
  add_gradient(output, h, d_output);
  propagate(output, d_output, dh, {}, false, n_blocks_ > 0 ? active(output - 1) : Panels<T>{});
  for (std::size_t l = 2 * n_blocks_; l > 0; l -= 2) {
    add_gradient(l, active(l), dh);
    propagate(l, dh, d_inner, active(l), false, l > 2 ? active(l - 1) : Panels<T>{});
    if (l == 2) {
      for (std::size_t p = 0; p < n_panels; ++p) {
        dense_forward(layers_[0].shape, parameters, x + p * step,
                      {.linear = nullptr, .rectified = first_active + p * rows});
      }
    }
    add_gradient(l - 1, active(l - 1), d_inner);
    propagate(l - 1, d_inner, dh, active(l - 1), true, l > 2 ? active(l - 2) : Panels<T>{});
  }
  add_gradient(0, {x, step}, dh);
  propagate(0, dh, dx, {}, false, {});
}

template void MaskedNetwork::forward(const float*, const float*, float*, float*, float*) const;
template void MaskedNetwork::forward(const double*, const double*, double*, double*, double*) const;
template void MaskedNetwork::forward_degree(std::size_t, const float*, const float*, float*, float*, float*) const;
template void MaskedNetwork::forward_degree(std::size_t, const double*, const double*, double*, double*, double*) const;
template void MaskedNetwork::backward(const float*, std::size_t, const float*, const float*, std::size_t, const float*,
                                      float*, float*, float*) const;
template void MaskedNetwork::backward(const double*, std::size_t, const double*, const double*, std::size_t,
                                      const double*, double*, double*, double*) const;

}  // namespace eddy::net
