#pragma once

#include <eddy/events/events.hpp>
#include <eddy/events/truth.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::events {

struct ExpressionProgram;

/// A formula over columns such as "tau2_j1 / tau1_j1" or "met > 700 && pt_j1 > 500" (grammar: parse_expression).
///
/// Numbers are used as the columns hold them: integers exactly, all others in double precision. What comes from float32
/// columns alone is compared as float32, with constants and integers of up to 32 bits too, and gives a float32 column;
/// with float64 or 64-bit integers in it, in double precision (see Precision). A value that is NaN makes undefined
/// whatever depends on it: sums, functions, comparisons. A condition is undefined where it depends on an undefined
/// value; "false && undefined" is false, "true || undefined" is true.
class Expression {
 public:
  /// Parses `text`. Throws InputError with the text, the position and what was expected.
  explicit Expression(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }
  /// The columns it uses, in order of first appearance.
  [[nodiscard]] const std::vector<std::string>& variables() const;

  /// Whether it would mean something else if a file had a column of this name: the name stands in the expression, but
  /// is read as a number, a constant or an operation ("0", "_e", "m-jj"). Never so for an expression that has a column
  /// in backticks, whose author knows them.
  [[nodiscard]] bool misreads(std::string_view name) const;

  /// One value per event: float32, float64 or an integer type, as the columns are; of conditions 1, 0 and NaN. Throws
  /// InputError for a column that `events` lacks, and for integers beyond 64 bit.
  [[nodiscard]] ColumnValues evaluate(const Events& events) const;
  /// Whether it is true (a number: differs from 0), for each event.
  [[nodiscard]] std::vector<Truth> evaluate_condition(const Events& events) const;

 private:
  std::string text_;
  std::shared_ptr<const ExpressionProgram> program_;
};

/// Rows where `mask` is set.
[[nodiscard]] std::vector<std::size_t> rows_where(const std::vector<std::uint8_t>& mask);

}  // namespace eddy::events
