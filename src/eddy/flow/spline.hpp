#pragma once
// Monotone rational-quadratic splines (Durkan et al. 1906.04032) with linear tails: the transform of one feature, for
// one panel of samples at a time. Shared convention of this module: a transform T maps feature x to y given parameters
// that a conditioner computed per sample; log_jacobian is log |dy/dx|.

#include <eddy/flow/kernels/transform_kernels.hpp>

#include <cstddef>

namespace eddy::flow {

/// Shape of a spline; the defaults of CONRAD and of nflows.
struct SplineShape {
  std::size_t bins = 8;
  double bound = 5.0;     ///< identity outside [-bound, bound]
  double min_bin = 1e-3;  ///< smallest width and height of a bin, as a fraction of the box
  double min_derivative = 1e-3;

  /// Widths, heights, inner derivatives.
  [[nodiscard]] std::size_t n_parameters() const { return 3 * bins - 1; }
  bool operator==(const SplineShape&) const = default;
};

/// The unnormalised derivative that gives slope 1: with zero widths and heights the spline is then the identity.
[[nodiscard]] double identity_derivative(const SplineShape& shape);

/// What the functions below take: `shape` with what follows from it. Not more than kMaxBins bins.
[[nodiscard]] SplineLayout layout_of(const SplineShape& shape);

/// parameters: rows of a panel, (n_parameters, kPanel), unnormalised; x, y: kPanel samples. Adds to log_jacobian. The
/// softmax of widths and heights takes the place of the unnormalised ones, for spline_backward.
template <class T>
void spline_forward(const SplineLayout& spline, T* parameters, const T* x, T* y, T* log_jacobian) {
  transform_kernels<T>().spline_forward(spline, parameters, x, y, log_jacobian);
}

/// Given dL/dy and dL/d log_jacobian, writes dL/dx (may be the same row as dL/dy) and dL/d unnormalised parameters
/// (same shape as parameters). `parameters` as spline_forward left them.
template <class T>
void spline_backward(const SplineLayout& spline, const T* parameters, const T* x, const T* dy, const T* d_log_jacobian,
                     T* dx, T* d_parameters) {
  transform_kernels<T>().spline_backward(spline, parameters, x, dy, d_log_jacobian, dx, d_parameters);
}

/// x with spline_forward(x) = y (the root that does not cancel). `parameters` as for spline_forward, which they
/// are left as.
template <class T>
void spline_inverse(const SplineLayout& spline, T* parameters, const T* y, T* x) {
  transform_kernels<T>().spline_inverse(spline, parameters, y, x);
}

}  // namespace eddy::flow
