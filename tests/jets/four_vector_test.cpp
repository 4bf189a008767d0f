#include <eddy/jets/four_vector.hpp>

#include <gtest/gtest.h>

#include "jets/random_particles.hpp"

namespace eddy::jets {
namespace {

using test::particle;
constexpr double kPi = std::numbers::pi;

TEST(FourVector, CoordinatesComeBack) {
  for (const double pt : {1e-3, 1.0, 3e3}) {
    for (const double y : {-6.0, -0.3, 0.0, 2.5}) {
      for (const double phi : {-3.1, -0.2, 0.0, 3.1}) {
        const FourVector p = particle(pt, y, phi);
        EXPECT_NEAR(transverse_momentum(p), pt, 1e-14 * pt);  // a few roundings
        EXPECT_NEAR(pseudorapidity(p), y, 1e-14);
        EXPECT_NEAR(rapidity(p), y, 1e-9);  // e - |pz| of a massless particle cancels: m²/pt² is known to ε cosh²(6)
        EXPECT_NEAR(azimuth(p), phi, 1e-14);
      }
    }
  }
}

TEST(FourVector, RapidityIsHalfTheLogarithm) {
  const FourVector p{30, -40, 120, 200};
  EXPECT_NEAR(rapidity(p), 0.5 * std::log(320.0 / 80.0), 1e-15);
  EXPECT_NEAR(mass(p), std::sqrt(200.0 * 200 - 120 * 120 - 50 * 50), 1e-12);
}

TEST(FourVector, EdgesAreFinite) {
  EXPECT_EQ(mass({1, 0, 0, 0.5}), 0);  // space-like through rounding
  EXPECT_EQ(pseudorapidity({}), 0);
  EXPECT_EQ(rapidity({}), 0);
  EXPECT_EQ(azimuth({}), 0);
}

TEST(FourVector, AzimuthDistanceIsTheSmallerAngle) {
  EXPECT_NEAR(azimuth_distance(3.0, -3.0), 2 * kPi - 6, 1e-15);
  EXPECT_EQ(azimuth_distance(-1.0, 0.5), 1.5);
  EXPECT_EQ(azimuth_distance(kPi, -kPi), 0);
  EXPECT_EQ(azimuth_distance(0, kPi), kPi);
}

TEST(FourVector, MassOfTwoMasslessParticles) {
  const FourVector sum = particle(100, 0.3, 1) + particle(50, -0.1, 0.4);
  EXPECT_NEAR(mass(sum), std::sqrt(2 * 100 * 50 * (std::cosh(0.4) - std::cos(0.6))), 1e-10);
}

}  // namespace
}  // namespace eddy::jets
