#include <eddy/flow/kernels/transform_kernels.hpp>
#include <eddy/net/instruction_set.hpp>

#include <array>

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
  static constexpr std::array kTables = {&baseline::kFloatTransforms, &avx2::kFloatTransforms,
                                         &avx512::kFloatTransforms};
  return *kTables[static_cast<std::size_t>(net::instruction_set())];
}

template <>
const TransformKernels<double>& transform_kernels() {
  static constexpr std::array kTables = {&baseline::kDoubleTransforms, &avx2::kDoubleTransforms,
                                         &avx512::kDoubleTransforms};
  return *kTables[static_cast<std::size_t>(net::instruction_set())];
}

}  // namespace eddy::flow
