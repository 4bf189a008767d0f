// Compiled once per instruction set; see net/kernels/simd.hpp.

#include <eddy/flow/kernels/affine_kernels.hpp>
#include <eddy/flow/kernels/spline_kernels.hpp>

namespace eddy::flow {
inline namespace EDDY_TARGET {
namespace {

template <class T>
constexpr TransformKernels<T> kTable = {spline_forward<T>, spline_backward<T>, spline_inverse<T>,
                                        affine_forward<T>, affine_backward<T>, affine_inverse<T>};

}  // namespace

extern const TransformKernels<float> kFloatTransforms;
extern const TransformKernels<double> kDoubleTransforms;
const TransformKernels<float> kFloatTransforms = kTable<float>;
const TransformKernels<double> kDoubleTransforms = kTable<double>;

}  // namespace EDDY_TARGET
}  // namespace eddy::flow
