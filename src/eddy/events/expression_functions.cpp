#include <eddy/events/expression_functions.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace eddy::events {
namespace {

using Block = ExpressionBlock;
using Arguments = std::span<ExpressionBlock>;
using Kind = Block::Kind;

/// The arguments as numbers of one kind: integers if all are, else real.
Kind unify(Arguments arguments) {
  Kind kind = Kind::kInteger;
  for (const Block& argument : arguments) {
    kind = std::max(kind, argument.kind);
  }
  for (Block& argument : arguments) {
    argument.convert_to(kind);
  }
  return kind;
}

/// The result, which stands in the first argument, is as precise as the least precise of them.
void combine_origins(Arguments arguments) {
  for (const Block& argument : arguments) {
    arguments[0].precision = std::max(arguments[0].precision, argument.precision);
    arguments[0].constant = arguments[0].constant && argument.constant;
  }
}

/// A function of one real number; NaN of NaN.
template <double (*function)(double)>
void real_function(Arguments arguments) {
  Block& x = arguments[0];
  x.convert_to(Kind::kReal);
  std::ranges::transform(x.reals, x.reals.begin(), function);
}

/// A function of two real numbers. C has some that are defined though an argument is NaN.
template <double (*function)(double, double)>
void real_function_of_two(Arguments arguments) {
  Block& x = arguments[0];
  Block& y = arguments[1];
  x.convert_to(Kind::kReal);
  y.convert_to(Kind::kReal);
  for (std::size_t i = 0; i < x.size; ++i) {
    const bool undefined = std::isnan(x.reals[i]) || std::isnan(y.reals[i]);
    x.reals[i] = undefined ? NAN : function(x.reals[i], y.reals[i]);
  }
  combine_origins(arguments);
}

double sign(double x) { return x < 0 ? -1 : x > 0 ? 1 : x; }  // of NaN: NaN

void absolute(Arguments arguments) {
  if (unify(arguments) == Kind::kReal) {
    std::ranges::transform(arguments[0].reals, arguments[0].reals.begin(), [](double x) { return std::abs(x); });
    return;
  }
  for (WideInteger& i : arguments[0].integers) {
    i = i == kUndefinedInteger || i >= 0 ? i : -i;
  }
}

/// The first of two numbers if better says so of it, else the second; undefined if one of them is.
template <class Better>
void keep_better(Arguments arguments, Better better) {
  const Kind kind = unify(arguments);
  Block& best = arguments[0];
  for (const Block& other : arguments.subspan(1)) {
    for (std::size_t i = 0; i < best.size; ++i) {
      if (kind == Kind::kReal) {
        const double x = best.reals[i];
        const double y = other.reals[i];
        best.reals[i] = std::isnan(x) || better(x, y) ? x : y;
      } else {
        const WideInteger x = best.integers[i];
        const WideInteger y = other.integers[i];
        const bool keep = x == kUndefinedInteger || (y != kUndefinedInteger && better(x, y));
        best.integers[i] = keep ? x : y;
      }
    }
  }
  combine_origins(arguments);
}

void minimum(Arguments arguments) {
  keep_better(arguments, [](auto x, auto y) { return x <= y; });
}

void maximum(Arguments arguments) {
  keep_better(arguments, [](auto x, auto y) { return x >= y; });
}

void sum(Arguments arguments) {
  for (Block& argument : arguments.subspan(1)) {
    calculate(Arithmetic::kAdd, arguments[0], argument);
  }
  arguments[0].convert_to(std::max(arguments[0].kind, Kind::kInteger));
}

void average(Arguments arguments) {
  sum(arguments);
  arguments[0].convert_to(Kind::kReal);
  for (double& value : arguments[0].reals) {
    value /= static_cast<double>(arguments.size());
  }
}

template <bool (*test)(double)>
void test_real(Arguments arguments) {
  Block& x = arguments[0];
  x.convert_to(Kind::kReal);
  x.truths.resize(x.size);
  std::ranges::transform(x.reals, x.truths.begin(),
                         [](double value) { return test(value) ? Truth::kTrue : Truth::kFalse; });
  x.kind = Kind::kTruth;
  x.precision = Precision::kExact;
}

bool is_nan(double value) { return std::isnan(value); }
bool is_finite(double value) { return std::isfinite(value); }

constexpr ExpressionFunction of_one(std::string_view name, void (*apply)(Arguments)) {
  return {name, 1, 1, false, apply};
}
constexpr ExpressionFunction of_two(std::string_view name, void (*apply)(Arguments)) {
  return {name, 2, 2, false, apply};
}
constexpr ExpressionFunction of_many(std::string_view name, void (*apply)(Arguments)) {
  return {name, 1, kAnyNumberOfArguments, false, apply};
}

constexpr std::array kFunctions = {
    of_one("sin", real_function<std::sin>),
    of_one("cos", real_function<std::cos>),
    of_one("tan", real_function<std::tan>),
    of_one("asin", real_function<std::asin>),
    of_one("acos", real_function<std::acos>),
    of_one("atan", real_function<std::atan>),
    of_two("atan2", real_function_of_two<std::atan2>),
    of_one("sinh", real_function<std::sinh>),
    of_one("cosh", real_function<std::cosh>),
    of_one("tanh", real_function<std::tanh>),
    of_one("asinh", real_function<std::asinh>),
    of_one("acosh", real_function<std::acosh>),
    of_one("atanh", real_function<std::atanh>),
    of_one("exp", real_function<std::exp>),
    of_one("log", real_function<std::log>),
    of_one("ln", real_function<std::log>),
    of_one("log2", real_function<std::log2>),
    of_one("log10", real_function<std::log10>),
    of_one("sqrt", real_function<std::sqrt>),
    of_one("rint", real_function<std::rint>),
    of_one("floor", real_function<std::floor>),
    of_one("ceil", real_function<std::ceil>),
    of_one("sign", real_function<sign>),
    of_two("hypot", real_function_of_two<std::hypot>),
    of_one("abs", absolute),
    of_many("min", minimum),
    of_many("max", maximum),
    of_many("sum", sum),
    of_many("avg", average),
    ExpressionFunction{"isnan", 1, 1, true, test_real<is_nan>},
    ExpressionFunction{"isfinite", 1, 1, true, test_real<is_finite>},
};

constexpr std::array kConstants = {ExpressionConstant{"_pi", std::numbers::pi},
                                   ExpressionConstant{"_e", std::numbers::e}};

}  // namespace

std::span<const ExpressionFunction> expression_functions() { return kFunctions; }
std::span<const ExpressionConstant> expression_constants() { return kConstants; }

}  // namespace eddy::events
