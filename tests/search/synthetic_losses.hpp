#pragma once
// A space of two losses and a mass in which all is known, without any network.

#include <eddy/search/config.hpp>
#include <eddy/search/finding.hpp>

#include <cstddef>
#include <cstdint>

namespace eddy::search {

inline constexpr double kBumpMass = 4000;  ///< GeV

inline constexpr double kLowestMass = 2800;
inline constexpr double kHighestMass = 6600;

/// The mass of a uniform number: density (6600 GeV - m)^3 from 2800 to 6600 GeV, a Bernstein polynomial of order 3.
[[nodiscard]] double falling_mass(double uniform);

/// Losses exp(N(0, 1)) and exp(N(1, 0.5)), independent of each other and of the mass, which falls.
[[nodiscard]] LossSample background_in_losses(std::size_t n_events, std::uint64_t seed);
/// Losses exp(N(2, 0.3)) and exp(N(0, 0.3)): badly known to the background's network, well to the prior's. Masses
/// N(4000, 120) GeV.
[[nodiscard]] LossSample signal_in_losses(std::size_t n_events, std::uint64_t seed);
/// `a`, then `b`, called as `a`.
[[nodiscard]] LossSample both(const LossSample& a, const LossSample& b);

/// A search with one prior, "p", in masses from 2800 to 6600 GeV: 2 x 2 categories behind 10 % of the background.
[[nodiscard]] SearchConfig quick_quak_config();

}  // namespace eddy::search
