#include <eddy/jets/clustering.hpp>
#include <eddy/jets/fastjet_convert.hpp>

#include <fastjet/ClusterSequence.hh>

#include <algorithm>

namespace eddy::jets {
namespace {

fastjet::JetAlgorithm algorithm_of(const JetSettings& settings) {
  if (settings.algorithm == "kt") {
    return fastjet::kt_algorithm;
  }
  return settings.algorithm == "antikt" ? fastjet::antikt_algorithm : fastjet::cambridge_algorithm;
}

/// In the order of the particles, which FastJet's history does not keep.
std::vector<FourVector> constituents_of(const fastjet::PseudoJet& jet, std::span<const FourVector> particles) {
  std::vector<int> indices;
  for (const fastjet::PseudoJet& constituent : jet.constituents()) {
    indices.push_back(constituent.user_index());
  }
  std::ranges::sort(indices);
  std::vector<FourVector> constituents;
  constituents.reserve(indices.size());
  for (const int index : indices) {
    constituents.push_back(particles[static_cast<std::size_t>(index)]);
  }
  return constituents;
}

}  // namespace

std::vector<Jet> find_jets(std::span<const FourVector> particles, const JetSettings& settings) {
  if (particles.empty()) {
    return {};
  }
  const Clustering clustering = cluster(particles, fastjet::JetDefinition(algorithm_of(settings), settings.radius));
  std::vector<Jet> jets;
  for (const fastjet::PseudoJet& jet : fastjet::sorted_by_pt(clustering->inclusive_jets(settings.pt_min))) {
    const FourVector momentum = from_fastjet(jet);
    if (std::abs(pseudorapidity(momentum)) <= settings.eta_max) {
      const bool described = jets.size() < static_cast<std::size_t>(settings.described);
      jets.push_back({momentum, described ? constituents_of(jet, particles) : std::vector<FourVector>{}});
    }
  }
  return jets;
}

}  // namespace eddy::jets
