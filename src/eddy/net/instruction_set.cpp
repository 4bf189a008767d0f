#include <eddy/base/error.hpp>
#include <eddy/net/instruction_set.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

namespace eddy::net {
namespace {

constexpr std::array kAll = {InstructionSet::kBaseline, InstructionSet::kAvx2, InstructionSet::kAvx512};

bool runs_here([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
  // What x86-64-v3 and v4 add; every processor with AVX2 and FMA has the small rest of v3.
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
  return set == InstructionSet::kBaseline || (set == InstructionSet::kAvx2 && avx2) ||
         (set == InstructionSet::kAvx512 && avx512);
#else
  return set == InstructionSet::kBaseline;
#endif
}

InstructionSet choose() {
  const std::vector<InstructionSet> available = available_instruction_sets();
  const char* wish = std::getenv("EDDY_INSTRUCTIONS");  // NOLINT(concurrency-mt-unsafe): read once
  if (wish == nullptr) {
    return available.back();
  }
  std::string names;
  for (const InstructionSet set : available) {
    if (to_string(set) == wish) {
      return set;
    }
    names += fmt::format("{}{}", names.empty() ? "" : ", ", to_string(set));
  }
  throw base::InputError(fmt::format(
      "EDDY_INSTRUCTIONS is '{}', which this processor cannot run; leave it unset or use one of: {}", wish, names));
}

std::atomic<InstructionSet>& chosen() {
  static std::atomic<InstructionSet> set = choose();
  return set;
}

}  // namespace

std::string_view to_string(InstructionSet set) {
  switch (set) {
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      return "avx512";
    default:
      return "baseline";
  }
}

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets;
  std::ranges::copy_if(kAll, std::back_inserter(sets), runs_here);
  return sets;
}

InstructionSet instruction_set() { return chosen().load(std::memory_order_relaxed); }

void use_instruction_set(InstructionSet set) { chosen() = set; }

}  // namespace eddy::net
