#include <eddy/events/expression_block.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace eddy::events {
namespace {

using Block = ExpressionBlock;
using Kind = Block::Kind;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Truth truth_of(double value) {
  return std::isnan(value) ? Truth::kUndefined : value != 0 ? Truth::kTrue : Truth::kFalse;
}

Truth truth_of(WideInteger value) {
  return value == kUndefinedInteger ? Truth::kUndefined : value != 0 ? Truth::kTrue : Truth::kFalse;
}

WideInteger integer_of(Truth truth) {
  return truth == Truth::kUndefined ? kUndefinedInteger : static_cast<WideInteger>(truth);
}

double real_of(WideInteger value) { return value == kUndefinedInteger ? kNan : static_cast<double>(value); }

/// The precision, and whether it is constant, of what is made of both.
void combine_origin(Block& a, const Block& b) {
  a.precision = std::max(a.precision, b.precision);
  a.constant = a.constant && b.constant;
}

/// Both of the higher of their kinds; no lower than integers.
void make_numbers(Block& a, Block& b) {
  const Kind kind = std::max({a.kind, b.kind, Kind::kInteger});
  a.convert_to(kind);
  b.convert_to(kind);
}

WideInteger calculate(Arithmetic operation, WideInteger a, WideInteger b) {
  if (a == kUndefinedInteger || b == kUndefinedInteger) {
    return kUndefinedInteger;
  }
  WideInteger result = 0;
  switch (operation) {
    case Arithmetic::kAdd:
      return __builtin_add_overflow(a, b, &result) ? kUndefinedInteger : result;
    case Arithmetic::kSubtract:
      return __builtin_sub_overflow(a, b, &result) ? kUndefinedInteger : result;
    case Arithmetic::kMultiply:
      return __builtin_mul_overflow(a, b, &result) ? kUndefinedInteger : result;
    default:
      return b == 0 ? kUndefinedInteger : a % b;
  }
}

/// C's pow(NaN, 0) and pow(1, NaN) are 1, which would hide that a value is undefined.
double power(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) {
    return kNan;
  }
  return b == 2 ? a * a : std::pow(a, b);
}

template <class Operation>
void for_reals(Block& a, const Block& b, Operation operation) {
  for (std::size_t i = 0; i < a.size; ++i) {
    a.reals[i] = operation(a.reals[i], b.reals[i]);
  }
}

void calculate_reals(Arithmetic operation, Block& a, const Block& b) {
  switch (operation) {
    case Arithmetic::kAdd:
      return for_reals(a, b, [](double x, double y) { return x + y; });
    case Arithmetic::kSubtract:
      return for_reals(a, b, [](double x, double y) { return x - y; });
    case Arithmetic::kMultiply:
      return for_reals(a, b, [](double x, double y) { return x * y; });
    case Arithmetic::kDivide:
      return for_reals(a, b, [](double x, double y) { return x / y; });
    case Arithmetic::kRemainder:
      return for_reals(a, b, [](double x, double y) { return std::fmod(x, y); });
    case Arithmetic::kPower:
      return for_reals(a, b, power);
  }
}

/// Whether float32 holds the value to 24 bits: neither too large nor too small for it.
bool is_normal_single(double value) { return std::isnormal(static_cast<float>(value)); }

/// A constant that is added to what comes from a float32 column is meant in its precision: wp - 0.7 is 0 where wp is
/// the float32 next to 0.7.
void round_addend(Block& constant, const Block& other) {
  if (constant.constant && other.precision == Precision::kSingle && !other.constant) {
    for (std::size_t i = 0; i < constant.size; ++i) {
      const double value = constant.reals[i];
      constant.reals[i] = is_normal_single(value) ? static_cast<float>(value) : value;
    }
  }
}

/// -1, 0 or 1, for defined values.
int order(double a, double b) { return a < b ? -1 : a > b ? 1 : 0; }

/// The same for values known to 24 bits. Values that round to one float32 are equal, unless it is 0 or infinite, where
/// rounding loses more than the 25th bit.
int order_as_single(double a, double b) {
  const auto rounded = static_cast<float>(a);
  const bool same = rounded == static_cast<float>(b) && rounded != 0 && std::isfinite(rounded);
  return same ? 0 : order(a, b);
}

bool holds(Comparison comparison, int order) {
  switch (comparison) {
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessEqual:
      return order <= 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kGreaterEqual:
      return order >= 0;
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kNotEqual:
      return order != 0;
  }
  return false;
}

/// Fills the truths of `a` with those of a comparison: order_of(i) is the order of both values in row i, undefined(i)
/// whether one is undefined.
template <class Undefined, class Order>
void compare_rows(Comparison comparison, Block& a, Undefined undefined, Order order_of) {
  a.truths.resize(a.size);
  for (std::size_t i = 0; i < a.size; ++i) {
    a.truths[i] = undefined(i) ? Truth::kUndefined : holds(comparison, order_of(i)) ? Truth::kTrue : Truth::kFalse;
  }
}

void compare_integers(Comparison comparison, Block& a, const Block& b) {
  compare_rows(
      comparison, a,
      [&](std::size_t i) { return a.integers[i] == kUndefinedInteger || b.integers[i] == kUndefinedInteger; },
      [&](std::size_t i) { return a.integers[i] < b.integers[i]   ? -1
                                  : a.integers[i] > b.integers[i] ? 1
                                                                  : 0; });
}

void compare_reals(Comparison comparison, Block& a, const Block& b) {
  const auto undefined = [&](std::size_t i) { return std::isnan(a.reals[i]) || std::isnan(b.reals[i]); };
  if (std::max(a.precision, b.precision) == Precision::kSingle) {
    compare_rows(comparison, a, undefined, [&](std::size_t i) { return order_as_single(a.reals[i], b.reals[i]); });
  } else {
    compare_rows(comparison, a, undefined, [&](std::size_t i) { return order(a.reals[i], b.reals[i]); });
  }
}

/// An integer and a real number, `sign` turning the order where the real one stands first.
void compare_mixed(Comparison comparison, Block& result, const Block& integer, const Block& real, int sign) {
  compare_rows(
      comparison, result,
      [&](std::size_t i) { return integer.integers[i] == kUndefinedInteger || std::isnan(real.reals[i]); },
      [&](std::size_t i) { return sign * compare_exactly(integer.integers[i], real.reals[i]); });
}

template <class Value>
void choose_values(const std::vector<Truth>& condition, std::size_t n, const std::vector<Value>& yes,
                   const std::vector<Value>& no, Value undefined, std::vector<Value>& out) {
  out.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = condition[i] == Truth::kUndefined ? undefined : condition[i] == Truth::kTrue ? yes[i] : no[i];
  }
}

}  // namespace

void ExpressionBlock::resize(Kind wanted, std::size_t n) {
  kind = wanted;
  size = n;
  switch (wanted) {
    case Kind::kTruth:
      return truths.resize(n);
    case Kind::kInteger:
      return integers.resize(n);
    case Kind::kReal:
      return reals.resize(n);
  }
}

void ExpressionBlock::convert_to(Kind wanted) {
  const Kind from = kind;
  resize(wanted, size);
  if (from == wanted) {
    return;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (wanted == Kind::kTruth) {
      truths[i] = from == Kind::kReal ? truth_of(reals[i]) : truth_of(integers[i]);
    } else if (wanted == Kind::kInteger) {  // only truths become integers
      integers[i] = integer_of(truths[i]);
    } else {
      reals[i] = real_of(from == Kind::kTruth ? integer_of(truths[i]) : integers[i]);
    }
  }
}

void load(const ColumnValues& column, std::size_t first, std::size_t n, ExpressionBlock& out) {
  out.constant = false;
  const bool exact = column.type() == NumberType::kInt32;
  out.precision = exact                                   ? Precision::kExact
                  : column.type() == NumberType::kFloat32 ? Precision::kSingle
                                                          : Precision::kDouble;
  out.resize(column.is_integer() ? Kind::kInteger : Kind::kReal, n);
  column.visit([&]<class T>(const std::vector<T>& values) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(first);
    if constexpr (std::is_floating_point_v<T>) {
      std::copy_n(from, n, out.reals.begin());
    } else {
      std::copy_n(from, n, out.integers.begin());
    }
  });
}

void calculate(Arithmetic operation, ExpressionBlock& a, ExpressionBlock& b) {
  make_numbers(a, b);
  const bool always_real = operation == Arithmetic::kDivide || operation == Arithmetic::kPower;
  if (a.kind == Kind::kInteger && !always_real) {
    for (std::size_t i = 0; i < a.size; ++i) {
      a.integers[i] = calculate(operation, a.integers[i], b.integers[i]);
    }
  } else {
    a.convert_to(Kind::kReal);
    b.convert_to(Kind::kReal);
    if (operation == Arithmetic::kAdd || operation == Arithmetic::kSubtract) {
      round_addend(a, b);
      round_addend(b, a);
    }
    calculate_reals(operation, a, b);
  }
  combine_origin(a, b);
}

void negate(ExpressionBlock& a) {
  a.convert_to(std::max(a.kind, Kind::kInteger));
  for (std::size_t i = 0; i < a.size; ++i) {
    if (a.kind == Kind::kReal) {
      a.reals[i] = -a.reals[i];
    } else if (a.integers[i] != kUndefinedInteger) {
      a.integers[i] = -a.integers[i];
    }
  }
}

void compare(Comparison comparison, ExpressionBlock& a, ExpressionBlock& b) {
  a.convert_to(std::max(a.kind, Kind::kInteger));
  b.convert_to(std::max(b.kind, Kind::kInteger));
  if (a.kind == Kind::kInteger && b.kind == Kind::kInteger) {
    compare_integers(comparison, a, b);
  } else if (a.kind != b.kind && std::max(a.precision, b.precision) != Precision::kSingle) {
    if (a.kind == Kind::kInteger) {
      compare_mixed(comparison, a, a, b, 1);
    } else {
      compare_mixed(comparison, a, b, a, -1);
    }
  } else {
    a.convert_to(Kind::kReal);
    b.convert_to(Kind::kReal);
    compare_reals(comparison, a, b);
  }
  a.kind = Kind::kTruth;
  combine_origin(a, b);
  a.precision = Precision::kExact;
}

void logical_not(ExpressionBlock& a) {
  a.convert_to(Kind::kTruth);
  std::ranges::transform(a.truths, a.truths.begin(), opposite);
}

void logical_and(ExpressionBlock& a, ExpressionBlock& b) {
  a.convert_to(Kind::kTruth);
  b.convert_to(Kind::kTruth);
  std::ranges::transform(a.truths, b.truths, a.truths.begin(), both);
  combine_origin(a, b);
}

void logical_or(ExpressionBlock& a, ExpressionBlock& b) {
  a.convert_to(Kind::kTruth);
  b.convert_to(Kind::kTruth);
  std::ranges::transform(a.truths, b.truths, a.truths.begin(), either);
  combine_origin(a, b);
}

void choose(ExpressionBlock& condition, ExpressionBlock& yes, ExpressionBlock& no) {
  condition.convert_to(Kind::kTruth);
  const Kind kind = std::max(yes.kind, no.kind);
  yes.convert_to(kind);
  no.convert_to(kind);
  const std::size_t n = condition.size;
  if (kind == Kind::kTruth) {
    choose_values(condition.truths, n, yes.truths, no.truths, Truth::kUndefined, condition.truths);
  } else if (kind == Kind::kInteger) {
    choose_values(condition.truths, n, yes.integers, no.integers, kUndefinedInteger, condition.integers);
  } else {
    choose_values(condition.truths, n, yes.reals, no.reals, kNan, condition.reals);
  }
  condition.kind = kind;
  condition.precision = Precision::kExact;  // that of the values counts, not that of the condition
  combine_origin(condition, yes);
  combine_origin(condition, no);
}

}  // namespace eddy::events
