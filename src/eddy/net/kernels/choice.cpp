#include <eddy/net/instruction_set.hpp>
#include <eddy/net/kernels/kernels.hpp>

namespace eddy::net {

// One of each per instruction set, from kernels.cpp.
namespace baseline {
extern const Kernels<float> kFloatKernels;
extern const Kernels<double> kDoubleKernels;
}  // namespace baseline
#if defined(__x86_64__)
namespace avx2 {
extern const Kernels<float> kFloatKernels;
extern const Kernels<double> kDoubleKernels;
}  // namespace avx2
namespace avx512 {
extern const Kernels<float> kFloatKernels;
extern const Kernels<double> kDoubleKernels;
}  // namespace avx512
#else
namespace avx2 = baseline;
namespace avx512 = baseline;
#endif

template <>
const Kernels<float>& kernels() {
  return table_of_instruction_set(baseline::kFloatKernels, avx2::kFloatKernels, avx512::kFloatKernels);
}

template <>
const Kernels<double>& kernels() {
  return table_of_instruction_set(baseline::kDoubleKernels, avx2::kDoubleKernels, avx512::kDoubleKernels);
}

}  // namespace eddy::net
