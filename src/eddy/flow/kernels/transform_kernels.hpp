#pragma once
// The table of transforms of one instruction set, as net/kernels/kernels.hpp.

#include <eddy/net/kernels/kernels.hpp>

#include <cstddef>

namespace eddy::flow {

inline constexpr std::size_t kMaxBins = 32;

/// a of an affine transform is limited to +- kMaxLogScale by a tanh, so that one wild event cannot overflow the
/// density.
inline constexpr double kMaxLogScale = 5.0;

/// What the kernels need to know of a SplineShape.
struct SplineLayout {
  std::size_t bins;
  double bound;
  double min_bin;
  double min_derivative;
  double edge_derivative;  ///< unnormalised derivative at both ends of the box, where the slope is 1
};

template <class T>
struct TransformKernels {
  void (*spline_forward)(const SplineLayout&, T* parameters, const T* x, T* y, T* log_jacobian);
  void (*spline_backward)(const SplineLayout&, const T* parameters, const T* x, const T* dy, const T* d_log_jacobian,
                          T* dx, T* d_parameters);
  void (*spline_inverse)(const SplineLayout&, T* parameters, const T* y, T* x);
  void (*affine_forward)(const T* parameters, const T* x, T* y, T* log_jacobian);
  void (*affine_backward)(const T* parameters, const T* x, const T* dy, const T* d_log_jacobian, T* dx,
                          T* d_parameters);
  void (*affine_inverse)(const T* parameters, const T* y, T* x);
};

/// The kernels of the instruction set that runs (net/instruction_set.hpp).
template <class T>
const TransformKernels<T>& transform_kernels();

}  // namespace eddy::flow
