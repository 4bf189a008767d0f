// The definition, step by step, is compared with in nsubjettiness_test.cpp; here: closed forms and odd jets.

#include <eddy/jets/subjets.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "jets/random_particles.hpp"

namespace eddy::jets {
namespace {

using test::particle;
using Jet = std::vector<FourVector>;

constexpr Recombination kSchemes[] = {Recombination::kEScheme, Recombination::kWinnerTakesAll};

/// Whether one of `axes` points along `direction`.
bool has_axis(const std::vector<Axis>& axes, const FourVector& direction) {
  return std::ranges::any_of(axes, [&](const Axis& axis) {
    return std::abs(axis.rapidity - rapidity(direction)) < 1e-7 &&  // of light jets, see FourVector's test
           azimuth_distance(axis.phi, azimuth(direction)) < 1e-9;
  });
}

TEST(Subjets, AreAsManyAsAskedForButNoMoreThanParticles) {
  const Jet jet = test::random_particles(1, "jet", 3, 0.5);
  for (const Recombination scheme : kSchemes) {
    EXPECT_TRUE(exclusive_kt_axes({}, 4, scheme).empty());
    EXPECT_TRUE(exclusive_kt_axes(jet, 0, scheme).empty());
    EXPECT_EQ(exclusive_kt_axes(jet, 2, scheme).size(), 2U);
    const auto axes = exclusive_kt_axes(jet, 10, scheme);
    ASSERT_EQ(axes.size(), 3U);
    for (std::size_t n = 1; n <= axes.size(); ++n) {
      EXPECT_EQ(axes[n - 1].size(), n);
    }
  }
}

TEST(Subjets, AsManyAsParticlesAreTheParticles) {
  const Jet jet = test::random_particles(2, "jet", 6, 0.5);
  for (const Recombination scheme : kSchemes) {
    const auto axes = exclusive_kt_axes(jet, 6, scheme);
    for (const FourVector& p : jet) {
      EXPECT_TRUE(has_axis(axes.back(), p));
    }
  }
}

TEST(Subjets, OneIsTheSumOrThatOfTheWinner) {
  const Jet jet = {particle(100, 0.1, 0.2), particle(40, 0.3, -0.1), particle(30, -0.2, 0.5)};
  const FourVector sum = jet[0] + jet[1] + jet[2];
  EXPECT_TRUE(has_axis(exclusive_kt_axes(jet, 1, Recombination::kEScheme)[0], sum));
  // min(pt)^2 dR^2: 162 for 100 and 30, 208 for 100 and 40, 549 for the others. The 100 wins both times.
  EXPECT_TRUE(has_axis(exclusive_kt_axes(jet, 1, Recombination::kWinnerTakesAll)[0], jet[0]));
}

TEST(Subjets, TwoPencilsAreFoundAcrossTheEndOfTheAzimuth) {
  constexpr double kPi = std::numbers::pi;
  Jet jet;
  for (const double side : {-1.0, 1.0}) {  // two pencils around phi = pi at rapidities -0.4 and 0.4
    jet.push_back(particle(50, 0.4 * side, kPi - 0.01));
    jet.push_back(particle(50, 0.4 * side, -kPi + 0.01));
  }
  const auto axes = exclusive_kt_axes(jet, 2, Recombination::kEScheme);
  for (const double side : {-1.0, 1.0}) {
    EXPECT_TRUE(has_axis(axes[1], jet[side < 0 ? 0 : 2] + jet[side < 0 ? 1 : 3]));
  }
  EXPECT_NEAR(azimuth_distance(axes[0][0].phi, kPi), 0, 1e-9);
  EXPECT_NEAR(axes[0][0].rapidity, 0, 1e-9);
}

TEST(Subjets, FollowTurnsAroundTheBeam) {
  const Jet jet = test::random_particles(3, "jet", 30, 0.6);
  const Jet turned = test::moved(jet, 2.5, 1, 0.7);
  for (const Recombination scheme : kSchemes) {
    const auto before = exclusive_kt_axes(jet, 3, scheme);
    const auto after = exclusive_kt_axes(turned, 3, scheme);
    for (const Axis& axis : before[2]) {
      EXPECT_TRUE(std::ranges::any_of(after[2], [&](const Axis& other) {
        const double phi = std::remainder(axis.phi + 2.5, 2 * std::numbers::pi);
        return std::abs(other.rapidity - axis.rapidity - 0.7) < 1e-6 && azimuth_distance(other.phi, phi) < 1e-6;
      }));
    }
  }
}

}  // namespace
}  // namespace eddy::jets
