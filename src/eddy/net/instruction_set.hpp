#pragma once
// One binary for every x86-64 processor: the hot kernels are compiled once per instruction set and picked at run time.

#include <string_view>
#include <vector>

namespace eddy::net {

/// Instruction sets that kernels are compiled for, ascending.
enum class InstructionSet {
  kBaseline,  ///< vectors of 16 bytes, on any processor
  kAvx2,      ///< x86-64-v3: vectors of 32 bytes, fused multiply-add
  kAvx512,    ///< x86-64-v4: vectors of 64 bytes, 32 registers
};

/// baseline, avx2 or avx512.
[[nodiscard]] std::string_view to_string(InstructionSet set);

/// What this processor can run, ascending; never empty.
[[nodiscard]] std::vector<InstructionSet> available_instruction_sets();

/// The one whose kernels run: the widest available, or the one that the environment variable EDDY_INSTRUCTIONS names.
/// Results of different instruction sets differ in the last bits. Throws InputError when the variable names none that
/// is available.
[[nodiscard]] InstructionSet instruction_set();

/// That of three tables, one per instruction set, which belongs to the one that runs.
template <class Table>
[[nodiscard]] const Table& table_of_instruction_set(const Table& baseline, const Table& avx2, const Table& avx512) {
  const Table* tables[] = {&baseline, &avx2, &avx512};
  return *tables[static_cast<int>(instruction_set())];
}

/// Switches to another available one, for tests and benchmarks. Not to be called while kernels run.
void use_instruction_set(InstructionSet set);

}  // namespace eddy::net
