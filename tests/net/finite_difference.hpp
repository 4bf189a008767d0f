#pragma once

#include <functional>

namespace eddy::test {

/// Central difference of fourth order: error of order step^4 for smooth functions, rounding error of order 1e-16 /
/// step.
inline double derivative(const std::function<double(double)>& f, double at, double step = 1e-4) {
  return (8 * (f(at + step) - f(at - step)) - (f(at + 2 * step) - f(at - 2 * step))) / (12 * step);
}

}  // namespace eddy::test
