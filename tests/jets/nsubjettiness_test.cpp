#include <eddy/base/error.hpp>
#include <eddy/jets/nsubjettiness.hpp>
#include <eddy/jets/subjets.hpp>

#include <gtest/gtest.h>

#include <algorithm>

#include "check_throws.hpp"
#include "jets/brute_force.hpp"
#include "jets/random_particles.hpp"

namespace eddy::jets {
namespace {

using test::moved;
using test::particle;
using test::random_particles;

const std::vector<std::string> kAxes = {"onepass_kt", "onepass_wta_kt", "kt", "wta_kt"};
constexpr std::size_t kJets = 200;

std::vector<FourVector> random_jet(std::uint64_t seed) { return random_particles(seed, "jet", 2 + seed % 80, 0.7); }

/// Runs through every choice of axes, with beta = 1 and 2.
template <class Check>
void for_all_axes(const Check& check) {
  for (const std::string& axes : kAxes) {
    SCOPED_TRACE(axes);
    check(NsubjettinessSettings{.axes = axes, .beta = {1, 2}, .n_max = 4});
  }
}

TEST(Nsubjettiness, VanishesForAsManyAxesAsParticles) {
  const std::vector<FourVector> prongs = {particle(50, 0, 3.1), particle(50, 0.5, 3.1), particle(50, 0, -2.6)};
  for_all_axes([&](const NsubjettinessSettings& settings) {
    const std::vector<double> taus = nsubjettiness(prongs, settings);
    ASSERT_EQ(taus.size(), 8U);
    for (const std::size_t b : {0U, 1U}) {
      EXPECT_GT(taus[4 * b], 10);
      EXPECT_GT(taus[4 * b + 1], 1);
      EXPECT_EQ(taus[4 * b + 2], 0);
      EXPECT_EQ(taus[4 * b + 3], 0);
    }
  });
}

TEST(Nsubjettiness, TinyForAsManyAxesAsSeparatedPencils) {
  std::vector<FourVector> pencils;  // three groups of four particles within 1e-6
  for (int i = 0; i < 12; ++i) {
    pencils.push_back(particle(20, 0.6 * (i % 3) + 1e-6 * i / 12, 0.1 * (i % 3)));
  }
  for_all_axes([&](const NsubjettinessSettings& settings) {
    const std::vector<double> taus = nsubjettiness(pencils, settings);
    EXPECT_GT(taus[1], 1);
    EXPECT_LT(taus[2], 12 * 20 * 1e-6);  // no particle is farther than the size of its pencil
  });
}

TEST(Nsubjettiness, TwoParticlesInClosedForm) {
  const double a = 70;
  const double b = 30;
  const double d = 0.5;  // 0.3 in rapidity, 0.4 in azimuth, across the seam at pi
  const std::vector<FourVector> pair = {particle(a, 1, 3), particle(b, 1.3, 3.4)};
  const auto tau1 = [&](const char* axes, double beta) {
    return nsubjettiness(pair, {.axes = axes, .beta = {beta}, .n_max = 1}).front();
  };
  // The winner is the harder one, so only the other is away from the axis.
  EXPECT_NEAR(tau1("wta_kt", 1), b * d, 1e-12 * b);
  EXPECT_NEAR(tau1("wta_kt", 2), b * d * d, 1e-12 * b);
  // beta = 2: the minimum is at the centre of pt, tau = ab / (a + b) d². One step leads there.
  EXPECT_NEAR(tau1("onepass_kt", 2), a * b / (a + b) * d * d, 1e-12 * b);
  // beta = 1: the minimum is at the harder one; steps end when they are shorter than 1e-4.
  EXPECT_NEAR(tau1("onepass_kt", 1), b * d, 1e-4 * (a + b));
  EXPECT_NEAR(tau1("onepass_wta_kt", 1), b * d, 1e-4 * (a + b));
}

TEST(Nsubjettiness, AnyPointBetweenEqualParticlesIsAMinimum) {
  const std::vector<FourVector> pair = {particle(40, 0, 0), particle(40, 0.6, 0)};
  // The kt axis, the direction of the sum, lies on the straight line by symmetry.
  EXPECT_NEAR(nsubjettiness(pair, {.axes = "kt", .beta = {1}, .n_max = 1}).front(), 40 * 0.6, 1e-12);
  EXPECT_NEAR(nsubjettiness(pair, {.axes = "onepass_kt", .beta = {1}, .n_max = 1}).front(), 40 * 0.6, 1e-12);
}

TEST(Nsubjettiness, DoesNotSeeRotationsReflectionsAndBoosts) {
  for_all_axes([&](const NsubjettinessSettings& settings) {
    std::size_t n_other = 0;
    for (std::uint64_t seed = 0; seed < kJets; ++seed) {
      const std::vector<FourVector> jet = random_jet(seed);
      const std::vector<double> taus = nsubjettiness(jet, settings);
      for (const auto& other : {moved(jet, 2.5, 1, 0), moved(jet, 0, -1, 0), moved(jet, -1, -1, 0.7)}) {
        const std::vector<double> again = nsubjettiness(other, settings);
        for (std::size_t i = 0; i < taus.size(); ++i) {
          // Rounding, amplified by some tens of steps of the minimisation.
          n_other += std::abs(again[i] - taus[i]) > 1e-9 * taus[i] ? 1 : 0;
        }
      }
    }
    EXPECT_EQ(n_other, 0U);
  });
}

TEST(Nsubjettiness, ScalesWithMomentum) {
  for_all_axes([&](const NsubjettinessSettings& settings) {
    const std::vector<FourVector> jet = random_jet(55);
    std::vector<FourVector> harder;
    for (const FourVector& p : jet) {
      harder.push_back({8 * p.px, 8 * p.py, 8 * p.pz, 8 * p.e});  // a power of 2: the same digits
    }
    const std::vector<double> taus = nsubjettiness(jet, settings);
    const std::vector<double> scaled = nsubjettiness(harder, settings);
    for (std::size_t i = 0; i < taus.size(); ++i) {
      EXPECT_NEAR(scaled[i], 8 * taus[i], 1e-13 * scaled[i]);
    }
  });
}

TEST(Nsubjettiness, DoesNotSeeSoftAndCollinearParticles) {
  for_all_axes([&](const NsubjettinessSettings& settings) {
    std::vector<FourVector> jet = random_jet(77);
    const std::vector<double> taus = nsubjettiness(jet, settings);
    const FourVector first = jet.front();
    jet.front() = {0.75 * first.px, 0.75 * first.py, 0.75 * first.pz, 0.75 * first.e};
    jet.push_back({0.25 * first.px, 0.25 * first.py, 0.25 * first.pz, 0.25 * first.e});
    jet.push_back(particle(1e-12, rapidity(first) + 0.3, azimuth(first)));
    const std::vector<double> again = nsubjettiness(jet, settings);
    for (std::size_t i = 0; i < taus.size(); ++i) {
      EXPECT_NEAR(again[i], taus[i], 1e-9 * taus[i]) << "tau " << i;
    }
  });
}

/// Share of all tau_{N+1} that are above their tau_N.
double share_of_rises(const NsubjettinessSettings& settings) {
  std::size_t n_rises = 0;
  std::size_t n_pairs = 0;
  for (std::uint64_t seed = 0; seed < kJets; ++seed) {
    const std::vector<double> taus = nsubjettiness(random_jet(seed), settings);
    for (std::size_t i = 0; i + 1 < taus.size(); ++i) {
      if ((i + 1) % static_cast<std::size_t>(settings.n_max) != 0) {
        ++n_pairs;
        n_rises += taus[i + 1] > taus[i] * (1 + 1e-12) ? 1 : 0;
      }
    }
  }
  return static_cast<double>(n_rises) / static_cast<double>(n_pairs);
}

TEST(Nsubjettiness, FallsWithN) {
  // The N winner-take-all axes are among the N + 1 ones, so the law is strict; the others may rise now and then.
  EXPECT_EQ(share_of_rises({.axes = "wta_kt", .beta = {1, 2}, .n_max = 6}), 0);
  EXPECT_LT(share_of_rises({.axes = "onepass_kt", .beta = {1, 2}, .n_max = 4}), 0.01);
  EXPECT_LT(share_of_rises({.axes = "onepass_wta_kt", .beta = {1, 2}, .n_max = 4}), 0.01);
}

TEST(OnePass, NeverMakesTauLarger) {
  for (const double beta : {1.0, 1.5, 2.0}) {
    for (std::uint64_t seed = 0; seed < kJets; ++seed) {
      const Constituents constituents = constituents_of(random_jet(seed));
      for (const std::vector<Axis>& start : exclusive_kt_axes(random_jet(seed), 4, Recombination::kEScheme)) {
        std::vector<Axis> axes = start;
        for (int step = 0; step < 20; ++step) {
          const double before = tau(constituents, axes, beta);
          axes = minimise_one_pass(constituents, axes, beta, {.max_iterations = 1});
          // The rounding off of 1/ΔR over 1e-4 may cost pt * 1e-4 for the particles at an axis, 80 * 20 GeV in all.
          EXPECT_LE(tau(constituents, axes, beta), before + 1600 * 1e-4 * 1e-2) << "seed " << seed;
        }
      }
    }
  }
}

TEST(OnePass, EndsWhereNeighbouringAxesAreWorse) {
  for (std::uint64_t seed = 10; seed < 60; ++seed) {
    const std::vector<FourVector> jet = random_jet(seed);
    const Constituents constituents = constituents_of(jet);
    const std::vector<Axis> axes = minimise_one_pass(
        constituents, exclusive_kt_axes(jet, 2, Recombination::kEScheme).back(), 2, {.precision = 1e-12});
    const double best = tau(constituents, axes, 2);
    for (std::size_t k = 0; k < axes.size(); ++k) {
      for (const auto& [rapidity, phi] : {std::pair{1e-5, 0.0}, {-1e-5, 0.0}, {0.0, 1e-5}, {0.0, -1e-5}}) {
        std::vector<Axis> near = axes;
        near[k].rapidity += rapidity;
        near[k].phi += phi;
        EXPECT_GE(tau(constituents, near, 2), best);
      }
    }
  }
}

TEST(OnePass, AxisWithoutParticlesStays) {
  const Constituents constituents = constituents_of(std::vector{particle(10, 0, 0), particle(20, 0.1, 0)});
  const std::vector<Axis> axes = minimise_one_pass(constituents, {{0, 0}, {5, 2}}, 1);
  EXPECT_EQ(axes[1].rapidity, 5);
  EXPECT_EQ(axes[1].phi, 2);
}

TEST(Nsubjettiness, OddJets) {
  for_all_axes([](const NsubjettinessSettings& settings) {
    EXPECT_EQ(nsubjettiness({}, settings), std::vector<double>(8));
    EXPECT_EQ(nsubjettiness(std::vector{particle(10, 0, 0)}, settings), std::vector<double>(8));
    const std::vector<double> beam = nsubjettiness(std::vector<FourVector>{{0, 0, 5, 5}, particle(10, 0, 0)}, settings);
    EXPECT_TRUE(std::ranges::all_of(beam, [](double value) { return value == 0; }));
  });
  test::expect_throws_with<base::InputError>([] { (void)tau({}, {}, 1); }, "at least one axis");
}

void expect_brute_force_axes(std::uint64_t seed, Recombination recombination) {
  const std::vector<FourVector> jet = random_jet(seed);
  const std::vector<std::vector<Axis>> axes = exclusive_kt_axes(jet, 4, recombination);
  ASSERT_EQ(axes.size(), std::min<std::size_t>(4, jet.size()));
  for (std::size_t n = 1; n <= axes.size(); ++n) {
    ASSERT_EQ(axes[n - 1].size(), n);
    const auto expected = test::brute_force_jets(
        jet, {.n_wanted = n, .winner_takes_all = recombination == Recombination::kWinnerTakesAll});
    for (const test::BruteForceJet& subjet : expected) {
      EXPECT_TRUE(std::ranges::any_of(axes[n - 1],
                                      [&](const Axis& axis) {
                                        return std::abs(axis.rapidity - rapidity(subjet.momentum)) <
                                                   1e-7 &&  // of light jets, see FourVector's test
                                               azimuth_distance(axis.phi, azimuth(subjet.momentum)) < 1e-10;
                                      }))
          << "seed " << seed << ", N = " << n;
    }
  }
}

TEST(Subjets, FollowTheDefinition) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    expect_brute_force_axes(seed, Recombination::kEScheme);
    expect_brute_force_axes(seed, Recombination::kWinnerTakesAll);
  }
}

}  // namespace
}  // namespace eddy::jets
