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

std::size_t Perceptron::scratch_size() const {
  std::size_t widest = 0;
  for (const DenseShape& shape : shapes_) {
    widest = std::max({widest, shape.n_out_padded(), shape.n_in_padded()});
  }
  return 3 * widest * kPanel;
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
void Perceptron::backward(const T* parameters, const T* x, const T* workspace, const T* d_output, T* scratch,
                          T* gradient) const {
  const std::size_t third = scratch_size() / 3;
  T* transposed = scratch;
  T* gradients[2] = {scratch + third, scratch + 2 * third};
  const T* dy = d_output;
  const T* after = workspace + workspace_size();
  for (std::size_t l = shapes_.size(); l-- > 0;) {
    const T* in = l == 0 ? x : after - shapes_[l].n_in_padded() * kPanel;
    dense_backward_parameters(shapes_[l], 1, in, 0, dy, transposed, gradient + offsets_[l]);
    if (l > 0) {
      T* dx = gradients[l % 2];
      dense_backward_input(shapes_[l], parameters + offsets_[l], dy, dx, in);
      dy = dx;
      after = in;
    }
  }
}

template void Perceptron::forward(const float*, const float*, float*, float*) const;
template void Perceptron::forward(const double*, const double*, double*, double*) const;
template void Perceptron::backward(const float*, const float*, const float*, const float*, float*, float*) const;
template void Perceptron::backward(const double*, const double*, const double*, const double*, double*, double*) const;

}  // namespace eddy::net
