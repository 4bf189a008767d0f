#pragma once
// Internals of the sources that call FastJet.

#include <eddy/jets/four_vector.hpp>

#include <memory>
#include <span>

namespace fastjet {
class ClusterSequence;
class JetDefinition;
class PseudoJet;
}  // namespace fastjet

namespace eddy::jets {

/// Releases a ClusterSequence where only this header is known.
struct ClusterSequenceDeleter {
  void operator()(fastjet::ClusterSequence* sequence) const;
};
using Clustering = std::unique_ptr<fastjet::ClusterSequence, ClusterSequenceDeleter>;

/// Clusters `particles`, their positions being the user indices. Safe to call from several threads; prints nothing.
/// Throws NumericError when FastJet gives up.
[[nodiscard]] Clustering cluster(std::span<const FourVector> particles, const fastjet::JetDefinition& definition);

[[nodiscard]] FourVector from_fastjet(const fastjet::PseudoJet& jet);

}  // namespace eddy::jets
