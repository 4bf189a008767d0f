#include <eddy/base/error.hpp>
#include <eddy/net/logistic.hpp>
#include <eddy/vae/reconstruction.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::vae {
namespace {

using net::kPanel;

/// One row of features: its part of the loss, and the derivative.
template <class T>
void squared_error(const T* output, const T* x, const T* weight, T* loss, T* d_output) {
  for (std::size_t s = 0; s < kPanel; ++s) {
    const T difference = output[s] - x[s];
    loss[s] = weight[s] * difference * difference;
    d_output[s] = 2 * weight[s] * difference;
  }
}

}  // namespace

std::string_view to_string(Reconstruction kind) { return kind == Reconstruction::kSquaredError ? "mse" : "bce"; }

Reconstruction parse_reconstruction(const std::string& name) {
  for (const Reconstruction kind : {Reconstruction::kSquaredError, Reconstruction::kCrossEntropy}) {
    if (name == to_string(kind)) {
      return kind;
    }
  }
  throw base::InputError(fmt::format("reconstruction is '{}'; use mse, or bce for inputs in [0, 1]", name));
}

template <class T>
void reconstruction_loss(Reconstruction kind, std::size_t n_features, const T* output, const T* x, const T* weight,
                         T* loss, T* d_output) {
  alignas(64) T row_loss[kPanel];
  std::fill_n(loss, kPanel, T{0});
  for (std::size_t row = 0; row < n_features; ++row) {
    const std::size_t at = row * kPanel;
    if (kind == Reconstruction::kSquaredError) {
      squared_error(output + at, x + at, weight, row_loss, d_output + at);
    } else {
      net::logistic_loss(kPanel, output + at, x + at, weight, row_loss, d_output + at);
    }
    for (std::size_t s = 0; s < kPanel; ++s) {
      loss[s] += row_loss[s];
    }
  }
}

template void reconstruction_loss(Reconstruction, std::size_t, const float*, const float*, const float*, float*,
                                  float*);
template void reconstruction_loss(Reconstruction, std::size_t, const double*, const double*, const double*, double*,
                                  double*);

}  // namespace eddy::vae
