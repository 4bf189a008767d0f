#include <eddy/base/error.hpp>
#include <eddy/jets/settings.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::jets {

void describe(ParticleSettings& settings, base::OptionVisitor& visitor) {
  visitor.visit(
      {.key = "layout",
       .meaning = "what the numbers of a row are, particle after particle; a number left over at the end is the label",
       .choices = {"pt_eta_phi", "pt_eta_phi_m", "px_py_pz_e"}},
      settings.layout);
  visitor.visit({.key = "pt_min", .meaning = "particles of less transverse momentum are left out, GeV", .minimum = 0},
                settings.pt_min);
  visitor.visit({.key = "eta_max", .meaning = "particles of larger absolute pseudorapidity are left out", .minimum = 0},
                settings.eta_max);
  visitor.visit({.key = "empty_events",
                 .meaning = "events without particles: an error, or kept with all features 0",
                 .choices = {"error", "keep"}},
                settings.empty_events);
}

void describe(JetSettings& settings, base::OptionVisitor& visitor) {
  visitor.visit({.key = "algorithm",
                 .meaning = "clustering algorithm (FastJet)",
                 .choices = {"antikt", "cambridge_aachen", "kt"}},
                settings.algorithm);
  visitor.visit({.key = "radius", .meaning = "jet radius R (LHC Olympics: 1)", .minimum = 0.01, .maximum = 3},
                settings.radius);
  visitor.visit({.key = "pt_min", .meaning = "transverse momentum a jet must have, GeV", .minimum = 0},
                settings.pt_min);
  visitor.visit({.key = "eta_max", .meaning = "largest absolute pseudorapidity a jet may have", .minimum = 0},
                settings.eta_max);
  visitor.visit({.key = "described",
                 .meaning = "leading jets, in order of transverse momentum, that get columns of their own",
                 .minimum = 1,
                 .maximum = 10},
                settings.described);
}

void describe(NsubjettinessSettings& settings, base::OptionVisitor& visitor) {
  visitor.visit({.key = "axes",
                 .meaning = "axes of N-subjettiness: exclusive kt or winner-take-all kt, as found or after one-pass "
                            "minimisation",
                 .choices = {"onepass_kt", "onepass_wta_kt", "kt", "wta_kt"}},
                settings.axes);
  visitor.visit({.key = "beta",
                 .meaning = "exponents of the angle; the first gives the plain names (tau1j1), the others a suffix "
                            "(tau1_b2_j1)",
                 .minimum = 0.1,
                 .maximum = 4},
                settings.beta);
  visitor.visit({.key = "n_max", .meaning = "tau_1 ... tau_n_max are computed", .minimum = 1, .maximum = 8},
                settings.n_max);
}

void describe(SoftDropSettings& settings, base::OptionVisitor& visitor) {
  visitor.visit({.key = "z_cut",
                 .meaning = "momentum fraction the softer prong must have (1402.2657)",
                 .minimum = 0,
                 .maximum = 0.5},
                settings.z_cut);
  visitor.visit({.key = "beta",
                 .meaning = "exponent of the angle in units of R; 0: the modified mass-drop tagger",
                 .minimum = -5,
                 .maximum = 5},
                settings.beta);
}

void validate(const FeatureSettings& settings) {
  std::vector<double> beta = settings.nsubjettiness.beta;
  std::ranges::sort(beta);
  const auto twice = std::ranges::adjacent_find(beta);
  if (beta.empty() || twice != beta.end()) {
    throw base::InputError(beta.empty()
                               ? std::string("[nsubjettiness] beta is empty; give one exponent at least, such as [1.0]")
                               : fmt::format("[nsubjettiness] beta has {} twice; give each exponent once", *twice));
  }
}

}  // namespace eddy::jets
