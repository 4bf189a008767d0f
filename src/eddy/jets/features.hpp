#pragma once

#include <eddy/jets/four_vector.hpp>
#include <eddy/jets/settings.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace eddy::jets {

/// What is known of one of the leading jets; all zero when the event has fewer jets.
struct JetFeatures {
  FourVector momentum;
  std::size_t n_constituents = 0;
  double groomed_mass = 0;  ///< soft drop, GeV
  std::vector<double> tau;  ///< beta after beta, tau_1 ... tau_n_max each (nsubjettiness.hpp), GeV
};

/// What is known of an event. Masses, momenta and energies in GeV.
struct EventFeatures {
  std::vector<JetFeatures> jets;  ///< settings.jets.described of them, hardest first
  std::size_t n_particles = 0;
  std::size_t n_jets = 0;
  double missing_pt = 0;  ///< |sum of the transverse momenta of all particles|
  double ht = 0;          ///< scalar sum of the transverse momenta of all jets
  double mjj = 0;         ///< mass of the two leading jets; 0 with fewer than two
  double delta_r = 0;     ///< between them, in rapidity and azimuth; 0 with fewer than two
};

/// Jets and substructure of one event. Safe to call from several threads.
[[nodiscard]] EventFeatures event_features(std::span<const FourVector> particles, const FeatureSettings& settings);

/// One column of a features file.
struct FeatureColumn {
  std::string name;
  std::string unit;
  std::function<double(const EventFeatures&)> value;
};

/// The columns of a features file, but for the label. First those of the LHC Olympics features files (pxj1 pyj1 pzj1
/// mj1 tau1j1 tau2j1 tau3j1, the same for j2), then event quantities and, jet by jet, eddy's own names: pt_j1, eta_j1,
/// phi_j1, m_j1, m_sd_j1, n_const_j1, tau1_j1 ..., tau21_j1 .... Ratios of tau are 0 where the denominator is.
[[nodiscard]] std::vector<FeatureColumn> feature_columns(const FeatureSettings& settings);

}  // namespace eddy::jets
