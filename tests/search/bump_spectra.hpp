#pragma once
// Spectra whose answer is known, for the tests of bump hunts.

#include <eddy/base/random.hpp>
#include <eddy/search/bump_hunt.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace eddy::search {

inline const stats::MassWindow kWindow{3.3, 3.7};
inline const base::RandomStream kStream({41}, "hunt");

/// Without a scan.
inline BumpHuntSettings quick_settings() {
  BumpHuntSettings settings;
  settings.sqrt_s = 13;
  settings.scan_points = 0;
  return settings;
}

/// Masses in TeV that fall as m^-8 from 2.5, which is a dijet function of 3 parameters, and `n_signal` around 3.5.
inline std::vector<float> spectrum(std::uint64_t seed, std::size_t n, std::size_t n_signal = 0) {
  base::RandomStream stream({seed}, "spectrum");
  std::vector<float> masses;
  while (masses.size() < n) {
    const double mass = 2.5 * std::pow(stream.uniform(), -1.0 / 7);
    if (mass < 12) {
      masses.push_back(static_cast<float>(mass));
    }
  }
  for (std::size_t i = 0; i < n_signal; ++i) {
    masses.push_back(static_cast<float>(3.5 + 0.14 * stream.normal()));
  }
  return masses;
}

inline double sum(const std::vector<double>& values) { return std::reduce(values.begin(), values.end()); }

struct Moments {
  double mean = 0;
  double deviation = 0;
};
inline Moments moments(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  const double mean = sum(values) / n;
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return {mean, std::sqrt(squares / (n - 1))};
}

}  // namespace eddy::search
