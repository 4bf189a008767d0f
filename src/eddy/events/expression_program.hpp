#pragma once
// The grammar of expressions: text to a list of steps for a stack machine.

#include <eddy/events/expression_block.hpp>
#include <eddy/events/expression_functions.hpp>
#include <eddy/events/expression_tokens.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace eddy::events {

/// What a step does with the blocks on the stack, whose last ones are its operands; its result takes their place.
struct PushNumber {
  bool is_integer;
  WideInteger integer;
  double real;
};
struct PushColumn {
  std::size_t variable;  ///< its place in `variables`
};
struct Negate {};
struct LogicalNot {};
struct LogicalAnd {};
struct LogicalOr {};
struct Choose {};
struct Call {
  const ExpressionFunction* function;
  std::size_t n_arguments;
};
using ExpressionStep = std::variant<PushNumber, PushColumn, Arithmetic, Comparison, Negate, LogicalNot, LogicalAnd,
                                    LogicalOr, Choose, Call>;

struct ExpressionProgram {
  std::vector<ExpressionStep> steps;
  std::vector<std::string> variables;  ///< the columns, in order of first appearance
};

/// Translates an expression. The precedence is C's (so "a < 1 == b < 2" compares two truths), with ^ for powers, which
/// bind most tightly, to the right. Throws InputError with text, place and remedy for what is no expression and for
/// what C reads in another way than it is meant: chains such as "1 < x < 2", and "!x > 0".
[[nodiscard]] ExpressionProgram parse_expression(std::string_view text);

}  // namespace eddy::events
