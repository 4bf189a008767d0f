#pragma once

#include <eddy/net/instruction_set.hpp>

namespace eddy::test {

/// Runs the kernels of one instruction set for as long as it lives.
class WithInstructionSet {
 public:
  explicit WithInstructionSet(net::InstructionSet set) : before_(net::instruction_set()) {
    net::use_instruction_set(set);
  }
  WithInstructionSet(const WithInstructionSet&) = delete;
  WithInstructionSet& operator=(const WithInstructionSet&) = delete;
  ~WithInstructionSet() { net::use_instruction_set(before_); }

 private:
  net::InstructionSet before_;
};

}  // namespace eddy::test
