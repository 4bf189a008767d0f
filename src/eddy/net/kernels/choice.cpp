#include <eddy/net/instruction_set.hpp>
#include <eddy/net/kernels/kernels.hpp>

#include <array>

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
  static constexpr std::array kTables = {&baseline::kFloatKernels, &avx2::kFloatKernels, &avx512::kFloatKernels};
  return *kTables[static_cast<std::size_t>(instruction_set())];
}

template <>
const Kernels<double>& kernels() {
  static constexpr std::array kTables = {&baseline::kDoubleKernels, &avx2::kDoubleKernels, &avx512::kDoubleKernels};
  return *kTables[static_cast<std::size_t>(instruction_set())];
}

}  // namespace eddy::net
