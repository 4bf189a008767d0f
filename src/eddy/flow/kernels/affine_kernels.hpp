#pragma once
// Affine transforms of one panel of samples; affine.hpp says what the functions compute.

#include <eddy/flow/kernels/transform_kernels.hpp>
#include <eddy/net/kernels/simd.hpp>

namespace eddy::flow {
inline namespace EDDY_TARGET {

using net::kLanes;
using net::kPanel;
using net::load;
using net::store;
using net::Vec;

/// tanh(raw / limit), through the sigmoid.
template <class T>
[[gnu::always_inline]] inline Vec<T> limited(Vec<T> raw) {
  constexpr T kSteepness = static_cast<T>(2 / kMaxLogScale);
  return T{2} * net::sigmoid<T>(kSteepness * raw) - T{1};
}

template <class T>
void affine_forward(const T* parameters, const T* x, T* y, T* log_jacobian) {
  constexpr T kLimit = static_cast<T>(kMaxLogScale);
  for (std::size_t s = 0; s < kPanel; s += kLanes<T>) {
    const Vec<T> log_scale = kLimit * limited<T>(load(parameters + s));
    store(y + s, net::exponential<T>(log_scale) * load(x + s) + load(parameters + kPanel + s));
    store(log_jacobian + s, load(log_jacobian + s) + log_scale);
  }
}

template <class T>
void affine_backward(const T* parameters, const T* x, const T* dy, const T* d_log_jacobian, T* dx, T* d_parameters) {
  constexpr T kLimit = static_cast<T>(kMaxLogScale);
  for (std::size_t s = 0; s < kPanel; s += kLanes<T>) {
    const Vec<T> t = limited<T>(load(parameters + s));
    const Vec<T> g = load(dy + s);  // read before dx is written: they may be the same row
    const Vec<T> scaled = g * net::exponential<T>(kLimit * t);
    store(dx + s, scaled);
    store(d_parameters + s, (scaled * load(x + s) + load(d_log_jacobian + s)) * (T{1} - t * t));
    store(d_parameters + kPanel + s, g);
  }
}

template <class T>
void affine_inverse(const T* parameters, const T* y, T* x) {
  constexpr T kLimit = static_cast<T>(kMaxLogScale);
  for (std::size_t s = 0; s < kPanel; s += kLanes<T>) {
    const Vec<T> log_scale = kLimit * limited<T>(load(parameters + s));
    store(x + s, (load(y + s) - load(parameters + kPanel + s)) * net::exponential<T>(-log_scale));
  }
}

}  // namespace EDDY_TARGET
}  // namespace eddy::flow
