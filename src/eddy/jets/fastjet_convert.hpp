#pragma once
// Internals of the sources that call FastJet.

#include <eddy/jets/four_vector.hpp>

#include <memory>
#include <span>

// Declared here, so that FastJet's headers stay in the sources.
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

/// How the constituents of a jet are clustered again, all into one (R is infinite).
enum class Reclustering { kKt, kKtWinnerTakesAll, kCambridgeAachen };
[[nodiscard]] Clustering recluster(std::span<const FourVector> constituents, Reclustering kind);

[[nodiscard]] FourVector from_fastjet(const fastjet::PseudoJet& jet);

}  // namespace eddy::jets
