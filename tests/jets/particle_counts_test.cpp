// Numbers in another order than the layout says are noticed, those that are merely unusual are not.

#include <eddy/base/error.hpp>
#include <eddy/jets/particle_counts.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "check_throws.hpp"

namespace eddy::jets {
namespace {

using base::InputError;
using test::expect_throws_with;

/// Pions: pt, eta, phi and mass.
std::vector<std::vector<double>> pions(std::size_t n) {
  std::mt19937_64 generator(3);
  std::exponential_distribution<double> pt(0.2);
  std::uniform_real_distribution<double> eta(-2.5, 2.5), phi(-3.14, 3.14);
  std::vector<std::vector<double>> particles;
  for (std::size_t i = 0; i < n; ++i) {
    particles.push_back({0.5 + pt(generator), eta(generator), phi(generator), 0.1396});
  }
  return particles;
}

double energy(const std::vector<double>& p) { return std::hypot(p[0] * std::cosh(p[1]), p[3]); }

ParticleCounts counted(const std::vector<float>& row, const std::string& layout) {
  const ParticleSettings settings{.layout = layout};
  return count_particles(row, row_layout(row.size(), settings, "'f'"), settings);
}

std::vector<float> cartesian(const std::vector<double>& p, bool energy_first) {
  const std::vector<double> momentum = {p[0] * std::cos(p[2]), p[0] * std::sin(p[2]), p[0] * std::sinh(p[1])};
  std::vector<float> row(momentum.begin(), momentum.end());
  row.insert(energy_first ? row.begin() : row.end(), static_cast<float>(energy(p)));
  return row;
}

template <class Numbers>
std::vector<float> row_of(Numbers numbers, std::size_t n = 200) {
  std::vector<float> row;
  for (const std::vector<double>& p : pions(n)) {
    const std::vector<float> some = numbers(p);
    row.insert(row.end(), some.begin(), some.end());
  }
  row.insert(row.end(), 40, 0.0F);  // padding
  return row;
}

void check(const std::vector<float>& row, const std::string& layout) {
  require_layout(counted(row, layout), {.layout = layout}, "'f'");
}

TEST(ParticleCounts, RightLayoutsPass) {
  const auto massive = row_of([](const auto& p) { return std::vector<float>(p.begin(), p.end()); });
  const auto momenta = row_of([](const auto& p) { return cartesian(p, false); });
  EXPECT_NO_THROW(check(massive, "pt_eta_phi_m"));
  EXPECT_NO_THROW(check(momenta, "px_py_pz_e"));
  EXPECT_EQ(counted(momenta, "px_py_pz_e").n_particles, 200U);  // without the padding
  EXPECT_EQ(counted(momenta, "px_py_pz_e").n_spacelike, 0U);
}

TEST(ParticleCounts, RoundedEnergiesOfMasslessParticlesPass) {
  const auto rounded = row_of([](auto p) {
    p[3] = 0;
    std::vector<float> row = cartesian(p, false);
    for (float& value : row) {
      value = std::round(value * 1000) / 1000;
    }
    return row;
  });
  EXPECT_EQ(counted(rounded, "px_py_pz_e").n_spacelike, 0U);
}

TEST(ParticleCounts, EnergyFirstIsNoticed) {
  const auto row = row_of([](const auto& p) { return cartesian(p, true); });
  expect_throws_with<InputError>([&] { check(row, "px_py_pz_e"); }, "of the first 200 particles of 'f'",
                                 "energy below their momentum", "px, py, pz and energy in this order");
}

TEST(ParticleCounts, FewEnergiesBelowTheMomentumAreOnlyCounted) {
  auto row = row_of([](const auto& p) { return cartesian(p, false); });
  row[3] *= 0.5F;
  EXPECT_NO_THROW(check(row, "px_py_pz_e"));
  EXPECT_EQ(counted(row, "px_py_pz_e").n_spacelike, 1U);
}

TEST(ParticleCounts, EnergyInPlaceOfTheMassIsNoticed) {
  const auto row = row_of([](auto p) {
    p[3] = energy(p);
    return std::vector<float>(p.begin(), p.end());
  });
  expect_throws_with<InputError>([&] { check(row, "pt_eta_phi_m"); }, "have an energy where the layout",
                                 "\"pt_eta_phi_m\"", "masses");
}

TEST(ParticleCounts, PtEtaPhiInPlaceOfTheMomentumIsNoticed) {
  const auto row = row_of([](auto p) {
    p[3] = energy(p);
    return std::vector<float>(p.begin(), p.end());
  });
  expect_throws_with<InputError>([&] { check(row, "px_py_pz_e"); }, "all 200 particles of 'f'", "pt, eta and phi",
                                 "layout = \"pt_eta_phi_m\"");
}

}  // namespace
}  // namespace eddy::jets
