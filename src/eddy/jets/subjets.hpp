#pragma once

#include <eddy/jets/four_vector.hpp>
#include <eddy/jets/nsubjettiness.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::jets {

/// What two merged subjets point to.
enum class Recombination {
  kEScheme,        ///< the sum of their momenta
  kWinnerTakesAll  ///< the harder one (Bertolini, Chan, Thaler, 1310.7584)
};

/// Directions of the exclusive kt subjets: element N - 1 holds those of N subjets, N = 1 ... n_max, or as many as there
/// are particles. Distances to the beam play no part (R is infinite).
[[nodiscard]] std::vector<std::vector<Axis>> exclusive_kt_axes(std::span<const FourVector> particles, std::size_t n_max,
                                                               Recombination recombination);

}  // namespace eddy::jets
