#pragma once

#include <eddy/events/expression_block.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace eddy::events {

/// A function that expressions may call.
struct ExpressionFunction {
  std::string_view name;
  std::size_t min_arguments;
  std::size_t max_arguments;
  bool is_condition;  ///< its result is a truth
  /// Leaves the result in the first argument.
  void (*apply)(std::span<ExpressionBlock> arguments);
};

inline constexpr std::size_t kAnyNumberOfArguments = std::numeric_limits<std::size_t>::max();

/// All of them. Each gives an undefined value where an argument is undefined, but for isnan and isfinite.
[[nodiscard]] std::span<const ExpressionFunction> expression_functions();

/// A named number, such as _pi.
struct ExpressionConstant {
  std::string_view name;
  double value;
};
[[nodiscard]] std::span<const ExpressionConstant> expression_constants();

}  // namespace eddy::events
