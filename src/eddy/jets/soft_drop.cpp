#include <eddy/jets/fastjet_convert.hpp>
#include <eddy/jets/soft_drop.hpp>

#include <fastjet/ClusterSequence.hh>

#include <cmath>
#include <utility>

namespace eddy::jets {
namespace {

/// The last two prongs of a jet, harder first.
struct Splitting {
  fastjet::PseudoJet harder;
  fastjet::PseudoJet softer;
  double z;
  double delta_r;
};

Splitting splitting_of(fastjet::PseudoJet first, fastjet::PseudoJet second) {
  if (first.pt2() < second.pt2()) {
    std::swap(first, second);
  }
  const double sum = first.pt() + second.pt();
  return {first, second, sum > 0 ? second.pt() / sum : 0.0, first.delta_R(second)};
}

}  // namespace

GroomedJet soft_drop(std::span<const FourVector> constituents, double radius, const SoftDropSettings& settings) {
  if (constituents.empty()) {
    return {};
  }
  const Clustering clustering = recluster(constituents, Reclustering::kCambridgeAachen);
  fastjet::PseudoJet jet = fastjet::sorted_by_pt(clustering->inclusive_jets()).front();
  fastjet::PseudoJet first;
  fastjet::PseudoJet second;
  while (jet.has_parents(first, second)) {
    const Splitting splitting = splitting_of(first, second);
    if (splitting.z > settings.z_cut * std::pow(splitting.delta_r / radius, settings.beta)) {
      return {from_fastjet(jet), splitting.z, splitting.delta_r};
    }
    jet = splitting.harder;
  }
  return {from_fastjet(jet)};
}

}  // namespace eddy::jets
