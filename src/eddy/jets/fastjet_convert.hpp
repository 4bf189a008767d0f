#pragma once
// Internals of the sources that call FastJet. Included by .cpp files only.

#include <eddy/jets/four_vector.hpp>

#include <fastjet/ClusterSequence.hh>
#include <fastjet/PseudoJet.hh>

#include <span>
#include <vector>

namespace eddy::jets {

[[nodiscard]] inline FourVector from_fastjet(const fastjet::PseudoJet& jet) {
  return {jet.px(), jet.py(), jet.pz(), jet.e()};
}

/// The particles with their position as user index.
[[nodiscard]] inline std::vector<fastjet::PseudoJet> to_fastjet(std::span<const FourVector> particles) {
  std::vector<fastjet::PseudoJet> converted;
  converted.reserve(particles.size());
  for (const FourVector& p : particles) {
    converted.emplace_back(p.px, p.py, p.pz, p.e);
    converted.back().set_user_index(static_cast<int>(converted.size()) - 1);
  }
  return converted;
}

/// FastJet would print its banner to standard output, from whichever thread comes first; docs/features.md cites it.
inline void silence_fastjet() {
  static const bool silent = (fastjet::ClusterSequence::set_fastjet_banner_stream(nullptr), true);
  static_cast<void>(silent);
}

}  // namespace eddy::jets
