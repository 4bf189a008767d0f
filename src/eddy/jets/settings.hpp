#pragma once
// What `eddy features` can be told: one struct per section of its configuration file.

#include <eddy/base/options.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace eddy::jets {

/// [particles]: how a row of numbers becomes particles.
struct ParticleSettings {
  std::string layout = "pt_eta_phi";  ///< or "pt_eta_phi_m", "px_py_pz_e": the numbers of one particle
  double pt_min = 0;                  ///< particles below are left out, in GeV
  double eta_max = std::numeric_limits<double>::infinity();  ///< and those beyond this |eta|
  std::string empty_events = "error";                        ///< or "keep": no jets, all features 0
};

/// [jets]: which jets there are.
struct JetSettings {
  std::string algorithm = "antikt";  ///< or "cambridge_aachen", "kt"
  double radius = 1.0;
  double pt_min = 20;                                        ///< in GeV
  double eta_max = std::numeric_limits<double>::infinity();  ///< on |eta| of the jet
  std::int64_t described = 2;                                ///< leading jets with columns of their own
};

/// [nsubjettiness]: tau_N (Thaler, Van Tilburg, 1011.2268 and 1108.2701), unnormalised, in GeV.
struct NsubjettinessSettings {
  std::string axes = "onepass_kt";   ///< or "kt", "wta_kt", "onepass_wta_kt"
  std::vector<double> beta = {1.0};  ///< exponents of the angle; the first one gives the plain column names
  std::int64_t n_max = 4;            ///< tau_1 ... tau_n_max
};

/// [soft_drop]: z > z_cut (ΔR / R)^beta (Larkoski, Marzani, Soyez, Thaler, 1402.2657).
struct SoftDropSettings {
  double z_cut = 0.1;
  double beta = 0;
};

/// Everything that the features of an event depend on, beside its particles.
struct FeatureSettings {
  ParticleSettings particles;
  JetSettings jets;
  NsubjettinessSettings nsubjettiness;
  SoftDropSettings soft_drop;
};

void describe(ParticleSettings& settings, base::OptionVisitor& visitor);
void describe(JetSettings& settings, base::OptionVisitor& visitor);
void describe(NsubjettinessSettings& settings, base::OptionVisitor& visitor);
void describe(SoftDropSettings& settings, base::OptionVisitor& visitor);

/// Checks what single options cannot: at least one beta, none twice. Throws InputError.
void validate(const FeatureSettings& settings);

}  // namespace eddy::jets
