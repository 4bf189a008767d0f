#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace eddy::jets {

/// Momentum and energy in GeV.
struct FourVector {
  double px = 0;
  double py = 0;
  double pz = 0;
  double e = 0;

  FourVector& operator+=(const FourVector& other) {
    px += other.px;
    py += other.py;
    pz += other.pz;
    e += other.e;
    return *this;
  }
  friend FourVector operator+(FourVector a, const FourVector& b) { return a += b; }
};

[[nodiscard]] inline double transverse_momentum(const FourVector& p) { return std::hypot(p.px, p.py); }

/// Azimuth in (-pi, pi]; 0 without transverse momentum.
[[nodiscard]] inline double azimuth(const FourVector& p) { return std::atan2(p.py, p.px); }

/// Pseudorapidity; infinite along the beam, 0 for no momentum.
[[nodiscard]] inline double pseudorapidity(const FourVector& p) {
  const double pt = transverse_momentum(p);
  return pt > 0 || p.pz != 0 ? std::asinh(p.pz / pt) : 0.0;
}

/// Squared mass; (e + pz)(e - pz) keeps the digits of fast, light objects. Rounding may make it negative.
[[nodiscard]] inline double squared_mass(const FourVector& p) {
  return (p.e + p.pz) * (p.e - p.pz) - p.px * p.px - p.py * p.py;
}

/// Mass in GeV; 0 where rounding makes its square negative.
[[nodiscard]] inline double mass(const FourVector& p) { return std::sqrt(std::max(0.0, squared_mass(p))); }

/// Rapidity ½ ln((e + pz) / (e - pz)), from the transverse mass so that no digits cancel at large values; infinite
/// along the beam, 0 for no momentum.
[[nodiscard]] inline double rapidity(const FourVector& p) {
  const double transverse_mass = std::sqrt(p.px * p.px + p.py * p.py + std::max(0.0, squared_mass(p)));
  return transverse_mass > 0 || p.pz != 0 ? std::asinh(p.pz / transverse_mass) : 0.0;
}

/// The smaller of the two angles between two azimuths of (-2 pi, 2 pi): in [0, pi].
[[nodiscard]] inline double azimuth_distance(double a, double b) {
  const double distance = std::abs(a - b);
  return std::min(distance, std::abs(2 * std::numbers::pi - distance));
}

/// ΔR in rapidity and azimuth.
[[nodiscard]] inline double delta_r(const FourVector& a, const FourVector& b) {
  return std::hypot(rapidity(a) - rapidity(b), azimuth_distance(azimuth(a), azimuth(b)));
}

}  // namespace eddy::jets
