#pragma once
// Values of a part of an expression for a block of rows, and the operations on them.

#include <eddy/events/column_values.hpp>
#include <eddy/events/truth.hpp>
#include <eddy/events/wide_integer.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace eddy::events {

/// What numbers were made of, which decides how they are compared: constants and integers of up to 32 bits (kExact), a
/// float32 column (kSingle), a float64 column or one of 64-bit integers (kDouble). Of what is made of several, the last
/// in this order counts: a float32 column with a constant stays kSingle, and with a float64 column it becomes kDouble.
/// Values are computed in double precision whatever it says (constants that are added to kSingle are rounded first).
enum class Precision { kExact, kSingle, kDouble };

/// The values of `size` rows, in one of three kinds. All blocks of an expression have room for the same rows.
struct ExpressionBlock {
  enum class Kind { kTruth, kInteger, kReal };
  Kind kind = Kind::kReal;
  Precision precision = Precision::kExact;
  bool constant = false;
  std::size_t size = 0;
  std::vector<Truth> truths = {};
  std::vector<WideInteger> integers = {};  ///< kUndefinedInteger where undefined
  std::vector<double> reals = {};          ///< NaN where undefined

  /// Gives it another kind, its values with it: a truth is 1 or 0, a number is true unless it is 0.
  void convert_to(Kind wanted);
  /// Makes room for `n` rows of a kind, of no value yet.
  void resize(Kind wanted, std::size_t n);
};

/// Rows [first, first + n) of a column.
void load(const ColumnValues& column, std::size_t first, std::size_t n, ExpressionBlock& out);

enum class Arithmetic { kAdd, kSubtract, kMultiply, kDivide, kRemainder, kPower };
enum class Comparison { kLess, kLessEqual, kGreater, kGreaterEqual, kEqual, kNotEqual };

/// Each of these leaves the result in `a`. Sums, differences, products and remainders of integers are exact integers
/// (undefined beyond 127 bits and for the remainder of a division by 0); quotients and powers are real.
void calculate(Arithmetic operation, ExpressionBlock& a, ExpressionBlock& b);
void negate(ExpressionBlock& a);
/// Where the last Precision of both is kSingle, values are compared as float32, in which 0.7 is equal to 0.7: float32
/// columns with each other, with constants and with integers of up to 32 bits. Else integers are compared exactly, with
/// each other and with real numbers, and real numbers in double precision: the 0.7 of a float32 column differs from
/// that of a float64 column. Two integers are compared exactly in any case. A comparison with an undefined value is
/// undefined.
void compare(Comparison operation, ExpressionBlock& a, ExpressionBlock& b);
void logical_not(ExpressionBlock& a);
void logical_and(ExpressionBlock& a, ExpressionBlock& b);
void logical_or(ExpressionBlock& a, ExpressionBlock& b);
/// `condition` becomes `yes` where it is true, `no` where it is false, undefined where it is undefined.
void choose(ExpressionBlock& condition, ExpressionBlock& yes, ExpressionBlock& no);

}  // namespace eddy::events
