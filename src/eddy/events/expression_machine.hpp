#pragma once

#include <eddy/events/column_values.hpp>
#include <eddy/events/expression_program.hpp>

#include <cstddef>
#include <vector>

namespace eddy::events {

/// Runs a program on blocks of rows; it owns the memory that this takes, and serves one thread.
class ExpressionMachine {
 public:
  /// Rows of a block: few enough that the values of all steps stay in the processor's cache.
  static constexpr std::size_t kRows = 1024;

  /// `columns` are those of program.variables; both are kept by reference.
  ExpressionMachine(const ExpressionProgram& program, const std::vector<const ColumnValues*>& columns);

  /// The values of rows [first, first + n), n <= kRows; valid until the next call.
  ExpressionBlock& run(std::size_t first, std::size_t n);

 private:
  void apply(const ExpressionStep& step);
  ExpressionBlock& push();

  const ExpressionProgram& program_;
  const std::vector<const ColumnValues*>& columns_;
  std::vector<ExpressionBlock> stack_;
  std::size_t size_ = 0;   ///< blocks of the stack in use
  std::size_t first_ = 0;  ///< the rows at work
  std::size_t n_ = 0;
};

}  // namespace eddy::events
