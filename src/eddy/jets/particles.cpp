#include <eddy/base/error.hpp>
#include <eddy/jets/particles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace eddy::jets {
namespace {

using base::InputError;

/// A particle of mass m from the quantities that detectors measure.
FourVector from_cylindrical(double pt, double eta, double phi, double m) {
  const double pz = pt * std::sinh(eta);
  const double momentum = pt * std::cosh(eta);
  return {pt * std::cos(phi), pt * std::sin(phi), pz, m > 0 ? std::hypot(momentum, m) : momentum};
}

FourVector four_vector_of(std::span<const float> p, const ParticleSettings& settings) {
  if (settings.layout == "px_py_pz_e") {
    return {p[0], p[1], p[2], p[3]};
  }
  return from_cylindrical(p[0], p[1], p[2], p.size() > 3 ? p[3] : 0.0);
}

/// What is wrong with the numbers of a particle, or nothing.
std::string complaint(std::span<const float> p, const ParticleSettings& settings) {
  constexpr double kLargestPhi = 2 * std::numbers::pi + 1e-3;  // (-π, π] and [0, 2π) are in use, rounded
  constexpr double kLargestEta = 20;  // beyond it even 1 GeV of transverse momentum is more than any collider has
  if (!std::ranges::all_of(p, [](float value) { return std::isfinite(value); })) {
    return fmt::format("has the values ({}), not all of them finite", fmt::join(p, ", "));
  }
  if (settings.layout == "px_py_pz_e") {
    return p[3] < 0
               ? fmt::format(
                     "has the negative energy {} GeV (the numbers must be px, py, pz and energy, in this order)", p[3])
               : "";
  }
  if (p[0] < 0) {
    return fmt::format("has the negative pt {} GeV", p[0]);
  }
  if (p.size() > 3 && p[3] < 0) {
    return fmt::format("has the negative mass {} GeV", p[3]);
  }
  if (p[0] > 0 && std::abs(p[2]) > kLargestPhi) {
    return fmt::format("has phi = {}, beyond 2π: angles are in radians, convert them", p[2]);
  }
  return p[0] > 0 && std::abs(p[1]) > kLargestEta ? fmt::format("has eta = {}, which no particle can have", p[1]) : "";
}

bool passes(const FourVector& p, const ParticleSettings& settings) {
  return transverse_momentum(p) >= settings.pt_min &&
         (std::isinf(settings.eta_max) || std::abs(pseudorapidity(p)) <= settings.eta_max);
}

}  // namespace

bool is_padding(std::span<const float> numbers, const ParticleSettings& settings) {
  return settings.layout == "px_py_pz_e" ? std::ranges::all_of(numbers, [](float value) { return value == 0; })
                                         : numbers[0] == 0;
}

RowLayout row_layout(std::size_t n_columns, const ParticleSettings& settings, const std::string& where) {
  const std::size_t width = settings.layout == "pt_eta_phi" ? 3 : 4;
  const std::size_t rest = n_columns % width;
  if (n_columns < width || rest > 1) {
    throw InputError(
        fmt::format("{} has {} columns, which are not {} numbers per particle, with or without a label at the end; "
                    "choose another [particles] layout than \"{}\", or write the file again",
                    where, n_columns, width, settings.layout));
  }
  return {width, n_columns / width, rest == 1};
}

std::vector<FourVector> particles_of_row(std::span<const float> row, const RowLayout& layout,
                                         const ParticleSettings& settings, std::size_t row_number,
                                         const std::string& where) {
  std::vector<FourVector> particles;
  bool is_empty = true;
  for (std::size_t i = 0; i < layout.n_particles; ++i) {
    const std::span<const float> numbers = row.subspan(i * layout.width, layout.width);
    const std::string problem = complaint(numbers, settings);
    if (!problem.empty()) {
      throw InputError(fmt::format("particle {} of row {} of {} {}; write the file again without that", i, row_number,
                                   where, problem));
    }
    if (!is_padding(numbers, settings)) {
      is_empty = false;
      const FourVector particle = four_vector_of(numbers, settings);
      if (passes(particle, settings)) {
        particles.push_back(particle);
      }
    }
  }
  if (is_empty && settings.empty_events == "error") {
    throw InputError(fmt::format("row {} of {} has no particles; remove it, or set [particles] empty_events = \"keep\"",
                                 row_number, where));
  }
  return particles;
}

}  // namespace eddy::jets
