#pragma once

#include <eddy/net/kernels/kernels.hpp>

#include <span>
#include <vector>

namespace eddy::net {

/// The parameters of a network that are trained, as ranges that whole vectors walk through: masked blocks, which are up
/// to a third of a conditioner, are neither read nor written.
struct ActiveParameters {
  std::vector<RowRange> active;  ///< ascending; begin and end are multiples of kRowUnit
  std::vector<RowRange> masked;  ///< inside `active` but not trained
};

/// From a mask of 0 and 1, one per parameter; its size is a multiple of kRowUnit.
[[nodiscard]] ActiveParameters find_active_parameters(std::span<const float> mask);

/// Sets the gradients of masked parameters, which the kernels fill on their way, to 0.
void clear_masked(const ActiveParameters& parameters, std::span<float> gradient);

}  // namespace eddy::net
