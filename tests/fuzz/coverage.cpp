// Tells libFuzzer which branches were taken. g++ calls the function below at each of them
// (-fsanitize-coverage=trace-pc); libFuzzer reads counters from a section of this name. Not itself instrumented.

#include <cstddef>
#include <cstdint>

namespace {

constexpr std::size_t kCounters = 1U << 16U;
// NOLINTNEXTLINE: the section is the interface
__attribute__((section("__libfuzzer_extra_counters"), used)) std::uint8_t counters[kCounters];

}  // namespace

extern "C" void __sanitizer_cov_trace_pc() {
  const auto place = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  std::uint8_t& counter = counters[(place ^ (place >> 16U)) % kCounters];
  if (counter != UINT8_MAX) {
    ++counter;
  }
}

// g++ also calls these, at comparisons of numbers with a decimal point; libFuzzer has no use for them.
extern "C" void __sanitizer_cov_trace_cmpf(float, float) {}
extern "C" void __sanitizer_cov_trace_cmpd(double, double) {}
