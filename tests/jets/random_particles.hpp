#pragma once

#include <eddy/base/random.hpp>
#include <eddy/jets/four_vector.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <vector>

namespace eddy::test {

/// A massless particle.
[[nodiscard]] inline jets::FourVector particle(double pt, double rapidity, double phi) {
  return {pt * std::cos(phi), pt * std::sin(phi), pt * std::sinh(rapidity), pt * std::cosh(rapidity)};
}

/// `n` massless particles of falling pt within `size` of a random direction: something like a jet. For size >= pi,
/// all over the detector.
[[nodiscard]] inline std::vector<jets::FourVector> random_particles(std::uint64_t seed, std::string_view name,
                                                                    std::size_t n, double size) {
  base::RandomStream random({seed}, name);
  const double rapidity = 4 * random.uniform() - 2;
  const double phi = 2 * std::numbers::pi * random.uniform();
  std::vector<jets::FourVector> particles;
  for (std::size_t i = 0; i < n; ++i) {
    const double pt = -20 * std::log(random.uniform());
    const double y = rapidity + size * (2 * random.uniform() - 1);
    particles.push_back(particle(pt, y, phi + size * (2 * random.uniform() - 1)));
  }
  return particles;
}

/// The particles turned by `angle` around the beam, with rapidities times `sign` plus `boost`. Massless ones only.
[[nodiscard]] inline std::vector<jets::FourVector> moved(const std::vector<jets::FourVector>& particles, double angle,
                                                         double sign, double boost) {
  std::vector<jets::FourVector> result;
  for (const jets::FourVector& p : particles) {
    result.push_back(
        particle(jets::transverse_momentum(p), sign * jets::rapidity(p) + boost, jets::azimuth(p) + angle));
  }
  return result;
}

}  // namespace eddy::test
