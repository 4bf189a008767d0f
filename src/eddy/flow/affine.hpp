#pragma once

namespace eddy::flow {

/// Parameters of an affine transform y = exp(a) x + t: a (unbounded, before the soft limit) and t.
inline constexpr unsigned kAffineParameters = 2;

/// a is limited to +- kMaxLogScale by a tanh, so that one wild event cannot overflow the density.
inline constexpr double kMaxLogScale = 5.0;

/// parameters: (2, kPanel): scale row, then shift row; the functions mirror spline.hpp.
template <class T>
void affine_forward(const T* parameters, const T* x, T* y, T* log_jacobian);
template <class T>
void affine_backward(const T* parameters, const T* x, const T* dy, const T* d_log_jacobian, T* dx, T* d_parameters);
template <class T>
void affine_inverse(const T* parameters, const T* y, T* x);

}  // namespace eddy::flow
