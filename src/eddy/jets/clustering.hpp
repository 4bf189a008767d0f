#pragma once

#include <eddy/jets/four_vector.hpp>
#include <eddy/jets/settings.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::jets {

/// A jet and what it is made of.
struct Jet {
  FourVector momentum;                   ///< sum of the constituents
  std::vector<FourVector> constituents;  ///< only where find_jets was asked for them
};

/// The jets of an event by FastJet (Cacciari, Salam, Soyez, 1111.6097; E-scheme recombination), those that pass the
/// cuts, hardest first. The first settings.described of them come with their constituents, in the order of `particles`.
/// Particles without transverse momentum are legal. Safe to call from several threads.
[[nodiscard]] std::vector<Jet> find_jets(std::span<const FourVector> particles, const JetSettings& settings);

}  // namespace eddy::jets
