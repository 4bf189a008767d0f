// FastJet through eddy against the definition of sequential recombination, worked out pair by pair.

#include <eddy/jets/clustering.hpp>

#include <gtest/gtest.h>

#include <algorithm>

#include "jets/brute_force.hpp"
#include "jets/random_particles.hpp"

namespace eddy::jets {
namespace {

using test::particle;
using test::random_particles;

constexpr double kPi = std::numbers::pi;

double power_of(const std::string& algorithm) { return algorithm == "antikt" ? -1.0 : algorithm == "kt" ? 1.0 : 0.0; }

/// The jets of the definition that pass the cuts, hardest first.
std::vector<test::BruteForceJet> expected_jets(const std::vector<FourVector>& particles, const JetSettings& settings) {
  std::vector<test::BruteForceJet> jets =
      test::brute_force_jets(particles, {.p = power_of(settings.algorithm), .radius = settings.radius});
  std::erase_if(jets, [&](const test::BruteForceJet& jet) {
    return transverse_momentum(jet.momentum) < settings.pt_min ||
           std::abs(pseudorapidity(jet.momentum)) > settings.eta_max;
  });
  std::ranges::sort(jets, std::ranges::greater(),
                    [](const test::BruteForceJet& jet) { return transverse_momentum(jet.momentum); });
  return jets;
}

void expect_same(const FourVector& a, const FourVector& b) {
  const double tolerance = 1e-12 * b.e;  // sums of 40 terms in another order
  EXPECT_NEAR(a.px, b.px, tolerance);
  EXPECT_NEAR(a.py, b.py, tolerance);
  EXPECT_NEAR(a.pz, b.pz, tolerance);
  EXPECT_NEAR(a.e, b.e, tolerance);
}

class Clustering : public testing::TestWithParam<std::string> {};

TEST_P(Clustering, FollowsTheDefinition) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const std::vector<FourVector> particles = random_particles(seed, "event", 1 + seed % 40, kPi);
    const JetSettings settings{.algorithm = GetParam(), .radius = seed % 2 == 0 ? 1.0 : 0.4, .pt_min = 5, .eta_max = 3};
    const std::vector<Jet> jets = find_jets(particles, settings);
    const std::vector<test::BruteForceJet> expected = expected_jets(particles, settings);
    ASSERT_EQ(jets.size(), expected.size()) << "seed " << seed;
    for (std::size_t i = 0; i < jets.size(); ++i) {
      expect_same(jets[i].momentum, expected[i].momentum);
      if (i < 2) {
        EXPECT_EQ(jets[i].constituents.size(), expected[i].members.size());
      }
    }
  }
}

TEST_P(Clustering, JetsAreTheSumsOfTheirConstituents) {
  const std::vector<FourVector> particles = random_particles(1, "event", 200, kPi);
  const std::vector<Jet> jets = find_jets(particles, {.algorithm = GetParam(), .pt_min = 0, .described = 3});
  ASSERT_GT(jets.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    FourVector sum;
    for (const FourVector& constituent : jets[i].constituents) {
      sum += constituent;
    }
    expect_same(jets[i].momentum, sum);
  }
  EXPECT_TRUE(jets[3].constituents.empty());
  FourVector all_jets;
  FourVector all_particles;
  for (const Jet& jet : jets) {
    all_jets += jet.momentum;
  }
  for (const FourVector& p : particles) {
    all_particles += p;
  }
  expect_same(all_jets, all_particles);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Clustering, testing::Values("antikt", "cambridge_aachen", "kt"));

TEST(FindJets, TwoParticlesMergeWithinTheRadius) {
  for (const double distance : {0.3, 0.39, 0.41, 1.0}) {
    const std::vector<FourVector> pair = {particle(100, 0, 3.1), particle(50, 0, 3.1 + distance)};
    EXPECT_EQ(find_jets(pair, {.radius = 0.4}).size(), distance < 0.4 ? 1U : 2U) << distance;
  }
}

TEST(FindJets, CutsAndOrder) {
  const std::vector<FourVector> particles = {particle(30, 0, 0), particle(50, 2, 2), particle(90, 3, -2),
                                             particle(19.9, -1, 1)};
  const std::vector<Jet> jets = find_jets(particles, {.radius = 0.5, .pt_min = 20, .eta_max = 2.5});
  ASSERT_EQ(jets.size(), 2U);
  EXPECT_NEAR(transverse_momentum(jets[0].momentum), 50, 1e-12);
  EXPECT_NEAR(transverse_momentum(jets[1].momentum), 30, 1e-12);
}

TEST(FindJets, OddEvents) {
  EXPECT_TRUE(find_jets({}, {}).empty());
  EXPECT_TRUE(find_jets(std::vector<FourVector>{{0, 0, 10, 10}}, {}).empty());  // along the beam
  const std::vector<FourVector> twins(30, particle(10, 1, 1));                  // no distance between them
  const std::vector<Jet> jets = find_jets(twins, {});
  ASSERT_EQ(jets.size(), 1U);
  EXPECT_EQ(jets[0].constituents.size(), 30U);
}

}  // namespace
}  // namespace eddy::jets
