#pragma once
// Monotone rational-quadratic splines (Durkan et al. 1906.04032) with linear tails: the transform of one feature, for
// one panel of samples at a time. Shared convention of this module: a transform T maps feature x to y given parameters
// that a conditioner computed per sample; log_jacobian is log |dy/dx|.

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
};

inline constexpr std::size_t kMaxBins = 32;

/// parameters: rows of a panel, (n_parameters, kPanel), unnormalised; x, y: kPanel samples. Adds to log_jacobian.
template <class T>
void spline_forward(const SplineShape& shape, const T* parameters, const T* x, T* y, T* log_jacobian);

/// Given dL/dy and dL/d log_jacobian, writes dL/dx (may be the same row as dL/dy) and dL/d parameters (same shape as
/// parameters).
template <class T>
void spline_backward(const SplineShape& shape, const T* parameters, const T* x, const T* dy, const T* d_log_jacobian,
                     T* dx, T* d_parameters);

/// x with spline_forward(x) = y (the root that does not cancel).
template <class T>
void spline_inverse(const SplineShape& shape, const T* parameters, const T* y, T* x);

/// The unnormalised derivative that gives slope 1: with zero widths and heights the spline is then the identity.
[[nodiscard]] double identity_derivative(const SplineShape& shape);

}  // namespace eddy::flow
