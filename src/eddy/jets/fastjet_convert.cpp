#include <eddy/base/error.hpp>
#include <eddy/jets/fastjet_convert.hpp>

#include <fmt/format.h>
#include <fastjet/ClusterSequence.hh>

#include <vector>

namespace eddy::jets {
namespace {

/// FastJet would print a banner to standard output, from whichever thread comes first, and its errors to standard
/// error. docs/features.md says what to cite.
void silence_fastjet() {
  static const bool silent = [] {
    fastjet::ClusterSequence::set_fastjet_banner_stream(nullptr);
    fastjet::Error::set_print_errors(false);
    return true;
  }();
  static_cast<void>(silent);
}

std::vector<fastjet::PseudoJet> to_fastjet(std::span<const FourVector> particles) {
  std::vector<fastjet::PseudoJet> converted;
  converted.reserve(particles.size());
  for (const FourVector& p : particles) {
    converted.emplace_back(p.px, p.py, p.pz, p.e);
    converted.back().set_user_index(static_cast<int>(converted.size()) - 1);
  }
  return converted;
}

}  // namespace

void ClusterSequenceDeleter::operator()(fastjet::ClusterSequence* sequence) const { delete sequence; }

Clustering cluster(std::span<const FourVector> particles, const fastjet::JetDefinition& definition) {
  silence_fastjet();
  try {
    return Clustering(new fastjet::ClusterSequence(to_fastjet(particles), definition));
  } catch (const fastjet::Error& error) {
    throw base::NumericError(fmt::format("FastJet cannot cluster {} particles: {}; look for impossible momenta",
                                         particles.size(), error.message()));
  }
}

Clustering recluster(std::span<const FourVector> constituents, Reclustering kind) {
  const auto algorithm = kind == Reclustering::kCambridgeAachen ? fastjet::cambridge_algorithm : fastjet::kt_algorithm;
  const auto scheme = kind == Reclustering::kKtWinnerTakesAll ? fastjet::WTA_pt_scheme : fastjet::E_scheme;
  // Tiles, which FastJet would choose by itself, help no search for neighbours that may be anywhere: plain is faster.
  return cluster(constituents,
                 fastjet::JetDefinition(algorithm, fastjet::JetDefinition::max_allowable_R, scheme, fastjet::N2Plain));
}

FourVector from_fastjet(const fastjet::PseudoJet& jet) { return {jet.px(), jet.py(), jet.pz(), jet.e()}; }

}  // namespace eddy::jets
