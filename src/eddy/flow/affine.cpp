#include <eddy/flow/affine.hpp>
#include <eddy/net/dense.hpp>
#include <eddy/net/simd.hpp>

namespace eddy::flow {
namespace {

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

}  // namespace

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

template void affine_forward(const float*, const float*, float*, float*);
template void affine_forward(const double*, const double*, double*, double*);
template void affine_backward(const float*, const float*, const float*, const float*, float*, float*);
template void affine_backward(const double*, const double*, const double*, const double*, double*, double*);
template void affine_inverse(const float*, const float*, float*);
template void affine_inverse(const double*, const double*, double*);

}  // namespace eddy::flow
