// Takes the place of the sources that call FastJet in builds without it (EDDY_JETS=OFF), which its licence does not
// bind.

#include <eddy/base/error.hpp>
#include <eddy/jets/clustering.hpp>
#include <eddy/jets/nsubjettiness.hpp>
#include <eddy/jets/soft_drop.hpp>

namespace eddy::jets {
namespace {

[[noreturn]] void throw_no_fastjet() {
  throw base::InputError(
      "this eddy was built without FastJet (EDDY_JETS=OFF), so it cannot cluster particles; use a build with it");
}

}  // namespace

std::vector<Jet> find_jets(std::span<const FourVector> /*particles*/, const JetSettings& /*settings*/) {
  throw_no_fastjet();
}

std::vector<double> nsubjettiness(std::span<const FourVector> /*particles*/,
                                  const NsubjettinessSettings& /*settings*/) {
  throw_no_fastjet();
}

GroomedJet soft_drop(std::span<const FourVector> /*constituents*/, double /*radius*/,
                     const SoftDropSettings& /*settings*/) {
  throw_no_fastjet();
}

}  // namespace eddy::jets
