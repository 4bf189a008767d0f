#pragma once

#include <eddy/jets/particles.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace eddy::jets {

/// What tells a wrong [particles] layout: numbers that each may happen, but not in nearly all particles.
struct ParticleCounts {
  std::size_t n_particles = 0;
  std::size_t n_spacelike = 0;    ///< px_py_pz_e: energy below the momentum, by more than rounding
  std::size_t n_energies = 0;     ///< pt_eta_phi_m: a "mass" at or a little above the momentum, as an energy is
  std::size_t n_cylindrical = 0;  ///< px_py_pz_e: numbers that could be pt, eta and phi

  ParticleCounts& operator+=(const ParticleCounts& other);
};

/// Counts the particles of one row, padding left out.
[[nodiscard]] ParticleCounts count_particles(std::span<const float> row, const RowLayout& layout,
                                             const ParticleSettings& settings);

/// Throws InputError, with the counts and the layout to try, when the particles are not what the layout says: one in
/// ten has an energy below its momentum, four in five (of ten or more) have an energy where the mass should be, or all
/// (of a hundred or more) have pt, eta and phi where the momentum should be.
void require_layout(const ParticleCounts& counts, const ParticleSettings& settings, const std::string& where);

}  // namespace eddy::jets
