#pragma once

#include <eddy/base/error.hpp>
#include <eddy/events/wide_integer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::events {

/// One word of an expression and where it stands.
struct ExpressionToken {
  enum class Kind { kNumber, kName, kQuotedName, kSymbol, kEnd };
  Kind kind;
  std::string text;   ///< as written; of quoted names without the quotes
  std::size_t first;  ///< place of its first character in the expression
  std::size_t last;   ///< place after its last
  double real = 0;    ///< of numbers
  bool is_integer = false;
  WideInteger integer = 0;  ///< of numbers without point and exponent
};

/// What is wrong with the expression `text` at `position` (behind its end: "at its end"), and what may be written.
[[nodiscard]] base::InputError expression_error(std::string_view text, std::size_t position, std::string_view problem);

/// Whether a column name may stand without backticks: letters, digits and '_', not beginning with a digit.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// The words of `text`, the last one the end. Column names that are not made of letters, digits and '_' stand between
/// backticks. Throws InputError with text and position for what is no word.
[[nodiscard]] std::vector<ExpressionToken> expression_tokens(std::string_view text);

}  // namespace eddy::events
