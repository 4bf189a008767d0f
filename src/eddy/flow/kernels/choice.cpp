#include <eddy/flow/kernels/transform_kernels.hpp>
#include <eddy/net/instruction_set.hpp>

namespace eddy::flow {

// One of each per instruction set, from transform_kernels.cpp.
namespace baseline {
extern const TransformKernels<float> kFloatTransforms;
extern const TransformKernels<double> kDoubleTransforms;
}  // namespace baseline
#if defined(__x86_64__)
namespace avx2 {
extern const TransformKernels<float> kFloatTransforms;
extern const TransformKernels<double> kDoubleTransforms;
}  // namespace avx2
namespace avx512 {
extern const TransformKernels<float> kFloatTransforms;
extern const TransformKernels<double> kDoubleTransforms;
}  // namespace avx512
#else
namespace avx2 = baseline;
namespace avx512 = baseline;
#endif

template <>
const TransformKernels<float>& transform_kernels() {
  return net::table_of_instruction_set(baseline::kFloatTransforms, avx2::kFloatTransforms, avx512::kFloatTransforms);
}

template <>
const TransformKernels<double>& transform_kernels() {
  return net::table_of_instruction_set(baseline::kDoubleTransforms, avx2::kDoubleTransforms, avx512::kDoubleTransforms);
}

}  // namespace eddy::flow
