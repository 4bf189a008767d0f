#pragma once

#include <eddy/flow/kernels/transform_kernels.hpp>

#include <cstddef>

namespace eddy::flow {

/// Parameters of an affine transform y = exp(a) x + t: a (unbounded, before the soft limit) and t.
inline constexpr std::size_t kAffineParameters = 2;

/// parameters: (2, kPanel): scale row, then shift row; the functions mirror spline.hpp.
template <class T>
void affine_forward(const T* parameters, const T* x, T* y, T* log_jacobian) {
  transform_kernels<T>().affine_forward(parameters, x, y, log_jacobian);
}
template <class T>
void affine_backward(const T* parameters, const T* x, const T* dy, const T* d_log_jacobian, T* dx, T* d_parameters) {
  transform_kernels<T>().affine_backward(parameters, x, dy, d_log_jacobian, dx, d_parameters);
}
template <class T>
void affine_inverse(const T* parameters, const T* y, T* x) {
  transform_kernels<T>().affine_inverse(parameters, y, x);
}

}  // namespace eddy::flow
