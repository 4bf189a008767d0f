// Splittings worked out by hand: particles along a line in rapidity, so that Cambridge/Aachen's order is plain to see.

#include <eddy/jets/clustering.hpp>
#include <eddy/jets/soft_drop.hpp>

#include <gtest/gtest.h>

#include "jets/random_particles.hpp"

namespace eddy::jets {
namespace {

using test::particle;
using test::random_particles;

/// Two particles of momentum fractions 1 - z and z, a distance apart.
GroomedJet groomed_pair(double z, double distance, const SoftDropSettings& settings) {
  return soft_drop(std::vector{particle(100 * (1 - z), 0, 0), particle(100 * z, 0, distance)}, 1.0, settings);
}

TEST(SoftDrop, KeepsABalancedPair) {
  const GroomedJet jet = groomed_pair(0.3, 0.5, {});
  EXPECT_NEAR(jet.z, 0.3, 1e-14);
  EXPECT_NEAR(jet.delta_r, 0.5, 1e-14);
  EXPECT_NEAR(mass(jet.momentum), 100 * std::sqrt(2 * 0.3 * 0.7 * (1 - std::cos(0.5))), 1e-10);
}

TEST(SoftDrop, DropsASoftParticle) {
  const GroomedJet jet = groomed_pair(0.05, 0.5, {});
  EXPECT_EQ(jet.z, 0);
  EXPECT_EQ(jet.delta_r, 0);
  EXPECT_NEAR(transverse_momentum(jet.momentum), 95, 1e-12);
  EXPECT_NEAR(mass(jet.momentum), 0, 1e-5);  // the square of a rounding error of 95²
}

TEST(SoftDrop, ThresholdDependsOnTheAngle) {
  // z = 0.05 against 0.1 ΔR^beta
  EXPECT_EQ(groomed_pair(0.05, 0.6, {.z_cut = 0.1, .beta = 1}).z, 0);              // 0.06
  EXPECT_NEAR(groomed_pair(0.05, 0.4, {.z_cut = 0.1, .beta = 1}).z, 0.05, 1e-14);  // 0.04
  EXPECT_NEAR(groomed_pair(0.05, 0.6, {.z_cut = 0.1, .beta = 2}).z, 0.05, 1e-14);  // 0.036
  EXPECT_EQ(groomed_pair(0.2, 0.4, {.z_cut = 0.1, .beta = -1}).z, 0);              // 0.25
}

TEST(SoftDrop, AnglesAreInUnitsOfTheRadius) {
  const std::vector<FourVector> pair = {particle(95, 0, 0), particle(5, 0, 0.4)};
  EXPECT_NEAR(soft_drop(pair, 1.0, {.z_cut = 0.1, .beta = 1}).z, 0.05, 1e-14);  // 0.1 · 0.4
  EXPECT_EQ(soft_drop(pair, 0.5, {.z_cut = 0.1, .beta = 1}).z, 0);              // 0.1 · 0.8
}

TEST(SoftDrop, RemovesWideRadiationAndKeepsThePair) {
  // Cambridge/Aachen merges 0.0 and 0.2 first, the sum with 0.5 next, with -0.7 last: that one falls, and then 0.5.
  const std::vector<FourVector> jet = {particle(60, 0.0, 1), particle(30, 0.2, 1), particle(4, 0.5, 1),
                                       particle(6, -0.7, 1)};
  const GroomedJet groomed = soft_drop(jet, 1.0, {});
  EXPECT_NEAR(transverse_momentum(groomed.momentum), 90, 1e-12);
  EXPECT_NEAR(groomed.z, 1.0 / 3, 1e-14);
  EXPECT_NEAR(groomed.delta_r, 0.2, 1e-12);
  EXPECT_NEAR(mass(groomed.momentum), std::sqrt(2 * 60 * 30 * (std::cosh(0.2) - 1)), 1e-8);
}

TEST(SoftDrop, FollowsTheHarderProng) {
  // The soft pair would pass by itself, but it hangs on the softer prong.
  const std::vector<FourVector> jet = {particle(100, 0, 0), particle(3, 0.8, 0), particle(3, 0.9, 0)};
  const GroomedJet groomed = soft_drop(jet, 1.0, {});
  EXPECT_NEAR(transverse_momentum(groomed.momentum), 100, 1e-12);
  EXPECT_EQ(groomed.z, 0);
}

TEST(SoftDrop, WithoutACutNothingIsDropped) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::vector<FourVector> jet = random_particles(seed, "jet", 1 + seed, 0.7);
    FourVector sum;
    for (const FourVector& p : jet) {
      sum += p;
    }
    EXPECT_NEAR(mass(soft_drop(jet, 1.0, {.z_cut = 0}).momentum), mass(sum), 1e-9 * sum.e);
  }
}

TEST(SoftDrop, NeitherSeesRotationsNorReflections) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::vector<FourVector> jet = random_particles(seed, "jet", 2 + seed, 0.7);
    const GroomedJet groomed = soft_drop(jet, 1.0, {});
    const GroomedJet again = soft_drop(test::moved(jet, 2, -1, 0), 1.0, {});
    EXPECT_NEAR(again.z, groomed.z, 1e-10);
    EXPECT_NEAR(mass(again.momentum), mass(groomed.momentum), 1e-9 * groomed.momentum.e);
  }
}

TEST(SoftDrop, StrongerCutsLeaveLess) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::vector<FourVector> jet = random_particles(seed, "jet", 60, 0.7);
    double energy = std::numeric_limits<double>::infinity();
    for (const double z_cut : {0.0, 0.02, 0.1, 0.3}) {
      const double now = soft_drop(jet, 1.0, {.z_cut = z_cut}).momentum.e;
      EXPECT_LE(now, energy * (1 + 1e-12));
      energy = now;
    }
  }
}

TEST(SoftDrop, OddJets) {
  EXPECT_EQ(soft_drop({}, 1.0, {}).momentum.e, 0);
  const GroomedJet single = soft_drop(std::vector{particle(10, 1, 1)}, 1.0, {});
  EXPECT_NEAR(transverse_momentum(single.momentum), 10, 1e-13);
  EXPECT_EQ(single.z, 0);
}

}  // namespace
}  // namespace eddy::jets
