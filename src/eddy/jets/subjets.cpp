#include <eddy/jets/fastjet_convert.hpp>
#include <eddy/jets/subjets.hpp>

#include <fastjet/ClusterSequence.hh>

#include <algorithm>

namespace eddy::jets {

std::vector<std::vector<Axis>> exclusive_kt_axes(std::span<const FourVector> particles, std::size_t n_max,
                                                 Recombination recombination) {
  std::vector<std::vector<Axis>> axes;
  if (particles.empty()) {
    return axes;
  }
  const Reclustering kind =
      recombination == Recombination::kEScheme ? Reclustering::kKt : Reclustering::kKtWinnerTakesAll;
  const Clustering clustering = recluster(particles, kind);
  for (std::size_t n = 1; n <= std::min(n_max, particles.size()); ++n) {
    std::vector<Axis>& subjets = axes.emplace_back();
    for (const fastjet::PseudoJet& subjet : clustering->exclusive_jets(static_cast<int>(n))) {
      subjets.push_back({subjet.rap(), subjet.phi_std()});
    }
  }
  return axes;
}

}  // namespace eddy::jets
