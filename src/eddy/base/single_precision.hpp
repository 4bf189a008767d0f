#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace eddy::base {

/// Each value rounded to float.
[[nodiscard]] inline std::vector<float> single_precision(std::span<const double> values) {
  std::vector<float> narrow(values.size());
  std::ranges::transform(values, narrow.begin(), [](double value) { return static_cast<float>(value); });
  return narrow;
}

}  // namespace eddy::base
