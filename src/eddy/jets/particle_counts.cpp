#include <eddy/base/error.hpp>
#include <eddy/jets/particle_counts.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace eddy::jets {
namespace {

using base::InputError;

/// Files that keep three decimals have energies this far below the momentum of massless particles.
bool is_spacelike(std::span<const float> p) {
  constexpr double kRelative = 1e-3;
  constexpr double kAbsolute = 0.01;  // GeV
  return p[3] < std::hypot(p[0], p[1], p[2]) * (1 - kRelative) - kAbsolute;
}

/// px is positive, and py and pz lie where eta and phi do.
bool is_cylindrical(std::span<const float> p) {
  constexpr double kLargestEta = 10;
  return p[0] >= 0 && std::abs(p[1]) < kLargestEta && std::abs(p[2]) <= 2 * std::numbers::pi;
}

/// E / |p| of hadrons and jets; masses of resonances are not as close to their momentum in four of five.
bool is_energy(std::span<const float> p) {
  const double momentum = p[0] * std::cosh(static_cast<double>(p[1]));
  return p[3] >= 0.999 * momentum && p[3] <= 1.25 * momentum;
}

}  // namespace

ParticleCounts& ParticleCounts::operator+=(const ParticleCounts& other) {
  n_particles += other.n_particles;
  n_spacelike += other.n_spacelike;
  n_energies += other.n_energies;
  n_cylindrical += other.n_cylindrical;
  return *this;
}

ParticleCounts count_particles(std::span<const float> row, const RowLayout& layout, const ParticleSettings& settings) {
  ParticleCounts counts;
  for (std::size_t i = 0; i < layout.n_particles; ++i) {
    const std::span<const float> p = row.subspan(i * layout.width, layout.width);
    if (is_padding(p, settings)) {
      continue;
    }
    ++counts.n_particles;
    if (settings.layout == "px_py_pz_e") {
      counts.n_spacelike += is_spacelike(p) ? 1 : 0;
      counts.n_cylindrical += is_cylindrical(p) ? 1 : 0;
    } else if (settings.layout == "pt_eta_phi_m") {
      counts.n_energies += is_energy(p) ? 1 : 0;
    }
  }
  return counts;
}

void require_layout(const ParticleCounts& counts, const ParticleSettings& settings, const std::string& where) {
  const std::size_t n = counts.n_particles;
  if (n >= 100 && counts.n_cylindrical == n) {
    throw InputError(
        fmt::format("all {} particles of {} have px >= 0, |py| < 10 and |pz| < 2π, as pt, eta and phi do; "
                    "set [particles] layout = \"pt_eta_phi_m\", or write px, py, pz and energy",
                    n, where));
  }
  if (10 * counts.n_spacelike > n) {
    throw InputError(
        fmt::format("{} of the first {} particles of {} have an energy below their momentum; the layout "
                    "\"{}\" needs px, py, pz and energy in this order, write the file again so or choose "
                    "another [particles] layout",
                    counts.n_spacelike, n, where, settings.layout));
  }
  if (n >= 10 && 5 * counts.n_energies > 4 * n) {
    throw InputError(
        fmt::format("{} of the first {} particles of {} have an energy where the layout \"{}\" has the mass; "
                    "write the file again with masses, or with px, py, pz and energy",
                    counts.n_energies, n, where, settings.layout));
  }
}

}  // namespace eddy::jets
