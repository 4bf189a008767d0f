#include <eddy/flow/spline.hpp>

#include <cassert>
#include <cmath>

namespace eddy::flow {

double identity_derivative(const SplineShape& shape) { return std::log(std::expm1(1 - shape.min_derivative)); }

SplineLayout layout_of(const SplineShape& shape) {
  assert(shape.bins >= 1 && shape.bins <= kMaxBins);
  return {shape.bins, shape.bound, shape.min_bin, shape.min_derivative, identity_derivative(shape)};
}

}  // namespace eddy::flow
