#pragma once

#include <cmath>
#include <cstdint>

namespace eddy::events {

/// Holds every int64 and uint64, their sums and nearly all of their products.
__extension__ typedef __int128 WideInteger;  // NOLINT(modernize-use-using): __extension__ wants a typedef

/// -2^127, which no operation on columns gives: an integer that is not defined, as NaN is for real numbers.
inline constexpr WideInteger kUndefinedInteger = -(((WideInteger{1} << 126) - 1) * 2 + 1) - 1;

/// The sign of i - x, exactly, for an x that is not NaN.
[[nodiscard]] inline int compare_exactly(WideInteger i, double x) {
  const auto rounded = static_cast<double>(i);  // rounding keeps the order, so only equality needs another look
  if (rounded != x) {
    return rounded < x ? -1 : 1;
  }
  if (std::abs(x) >= 0x1p126) {
    return 0;
  }
  const auto whole = static_cast<WideInteger>(x);
  return i < whole ? -1 : i > whole ? 1 : 0;
}

}  // namespace eddy::events
