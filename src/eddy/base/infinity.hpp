#pragma once

#include <limits>

namespace eddy::base {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace eddy::base
