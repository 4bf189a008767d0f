#pragma once

#include <algorithm>
#include <cstdint>

namespace eddy::events {

/// What a condition says about an event. Undefined: it depends on a value that is NaN.
enum class Truth : std::uint8_t { kFalse, kTrue, kUndefined };

/// False if one of them is false, whatever the other.
[[nodiscard]] constexpr Truth both(Truth a, Truth b) {
  if (a == Truth::kFalse || b == Truth::kFalse) {
    return Truth::kFalse;
  }
  return std::max(a, b);
}

/// True if one of them is true, whatever the other.
[[nodiscard]] constexpr Truth either(Truth a, Truth b) {
  if (a == Truth::kTrue || b == Truth::kTrue) {
    return Truth::kTrue;
  }
  return std::max(a, b);
}

[[nodiscard]] constexpr Truth opposite(Truth a) {
  return a == Truth::kUndefined ? a : a == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
}

}  // namespace eddy::events
