#include <eddy/net/masked_network.hpp>
#include <eddy/net/perceptron.hpp>

#include <algorithm>

namespace eddy::net {

Perceptron::Perceptron(const std::vector<std::size_t>& widths) {
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    shapes_.emplace_back(widths[l], widths[l + 1]);
    offsets_.push_back(n_parameters_);
    n_parameters_ += shapes_.back().n_parameters();
  }
}

std::size_t Perceptron::workspace_size() const {
  std::size_t rows = 0;
  for (std::size_t l = 0; l + 1 < shapes_.size(); ++l) {
    rows += shapes_[l].n_out_padded();
  }
  return rows * kPanel;
}

std::size_t Perceptron::scratch_size(std::size_t n_panels) const {
  std::size_t widest = 0;
  for (const DenseShape& shape : shapes_) {
    widest = std::max({widest, shape.n_out_padded(), shape.n_in_padded()});
  }
  return 3 * n_panels * widest * kPanel;
}

void Perceptron::initialise(base::RandomStream stream, std::span<float> parameters) const {
  for (std::size_t l = 0; l < shapes_.size(); ++l) {
    initialise_dense(shapes_[l], 1.0, stream, parameters.subspan(offsets_[l]));
  }
}

void Perceptron::fill_mask(std::span<float> mask) const {
  for (std::size_t l = 0; l < shapes_.size(); ++l) {
    fill_dense_mask(shapes_[l], mask.subspan(offsets_[l]));
  }
}

template <class T>
void Perceptron::forward(const T* parameters, const T* x, T* workspace, T* output) const {
  const T* in = x;
  for (std::size_t l = 0; l + 1 < shapes_.size(); ++l) {
    dense_forward(shapes_[l], parameters + offsets_[l], in, {.linear = nullptr, .rectified = workspace});
    in = workspace;
    workspace += shapes_[l].n_out_padded() * kPanel;
  }
  dense_forward(shapes_.back(), parameters + offsets_.back(), in, {.linear = output});
}

template <class T>
void Perceptron::backward(const T* parameters, std::size_t n_panels, const T* x, const T* workspace, const T* d_output,
                          T* scratch, T* gradient, T* dx) const {
  const std::size_t third = scratch_size(n_panels) / 3;
  T* transposed = scratch;
  T* gradients[2] = {scratch + third, scratch + 2 * third};
  const T* dy = d_output;
  std::size_t behind = workspace_size();  // where the inputs of the layer above begin in a panel's workspace
  for (std::size_t l = shapes_.size(); l-- > 0;) {
    const std::size_t n_in = shapes_[l].n_in_padded() * kPanel;
    const std::size_t n_out = shapes_[l].n_out_padded() * kPanel;
    const std::size_t step = l == 0 ? n_in : workspace_size();
    behind -= l == 0 ? 0 : n_in;
    const T* in = l == 0 ? x : workspace + behind;
    dense_backward_parameters(shapes_[l], n_panels, in, step, dy, transposed, gradient + offsets_[l]);
    T* d_in = l == 0 ? dx : gradients[l % 2];
    for (std::size_t p = 0; d_in != nullptr && p < n_panels; ++p) {
      dense_backward_input(shapes_[l], parameters + offsets_[l], dy + p * n_out, d_in + p * n_in,
                           l == 0 ? nullptr : in + p * step);
    }
    dy = d_in;
  }
}

template void Perceptron::forward(const float*, const float*, float*, float*) const;
template void Perceptron::forward(const double*, const double*, double*, double*) const;
template void Perceptron::backward(const float*, std::size_t, const float*, const float*, const float*, float*, float*,
                                   float*) const;
template void Perceptron::backward(const double*, std::size_t, const double*, const double*, const double*, double*,
                                   double*, double*) const;

}  // namespace eddy::net
