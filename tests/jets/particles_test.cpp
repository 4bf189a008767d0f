#include <eddy/base/error.hpp>
#include <eddy/jets/particles.hpp>

#include <gtest/gtest.h>

#include <limits>

#include "check_throws.hpp"

namespace eddy::jets {
namespace {

using base::InputError;
using test::expect_throws_with;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<FourVector> parsed(const std::vector<float>& row, const ParticleSettings& settings = {}) {
  return particles_of_row(row, row_layout(row.size(), settings, "'f.h5'"), settings, 17, "'f.h5'");
}

TEST(RowLayout, CountsParticlesAndFindsTheLabel) {
  const ParticleSettings massive{.layout = "pt_eta_phi_m"};
  EXPECT_EQ(row_layout(2100, {}, "").n_particles, 700U);
  EXPECT_FALSE(row_layout(2100, {}, "").has_label);
  EXPECT_EQ(row_layout(2101, {}, "").n_particles, 700U);
  EXPECT_TRUE(row_layout(2101, {}, "").has_label);
  EXPECT_EQ(row_layout(9, massive, "").n_particles, 2U);
  EXPECT_TRUE(row_layout(9, massive, "").has_label);
}

TEST(RowLayout, RefusesOtherWidths) {
  for (const std::size_t width : {0U, 1U, 2U, 5U, 2102U}) {
    expect_throws_with<InputError>([&] { (void)row_layout(width, {}, "'f.h5'"); }, "'f.h5'",
                                   std::to_string(width) + " columns", "3 numbers per particle", "layout");
  }
  expect_throws_with<InputError>([] { (void)row_layout(2102, {.layout = "px_py_pz_e"}, "'f.h5'"); }, "4 numbers",
                                 "\"px_py_pz_e\"");
}

TEST(Particles, AreMasslessWithoutAMass) {
  const std::vector<FourVector> particles = parsed({30, 1.5F, -2, 0, 0, 0, 5, -0.5F, 3, 1});
  ASSERT_EQ(particles.size(), 2U);
  EXPECT_NEAR(transverse_momentum(particles[0]), 30, 1e-13);
  EXPECT_NEAR(pseudorapidity(particles[0]), 1.5, 1e-14);
  EXPECT_NEAR(azimuth(particles[0]), -2, 1e-14);
  EXPECT_NEAR(squared_mass(particles[0]), 0, 1e-10);
  EXPECT_NEAR(transverse_momentum(particles[1]), 5, 1e-14);
}

TEST(Particles, LayoutsAgree) {
  const FourVector massive = parsed({30, 1.5F, -2, 10}, {.layout = "pt_eta_phi_m"}).at(0);
  EXPECT_NEAR(mass(massive), 10, 1e-11);
  EXPECT_NEAR(transverse_momentum(massive), 30, 1e-13);
  EXPECT_NEAR(pseudorapidity(massive), 1.5, 1e-14);
  const std::vector<float> row = {3, -4, 12, 14, 0, 0, 0, 0};
  const std::vector<FourVector> cartesian = parsed(row, {.layout = "px_py_pz_e"});
  ASSERT_EQ(cartesian.size(), 1U);
  EXPECT_EQ(mass(cartesian[0]), std::sqrt(14.0 * 14 - 13 * 13));
}

TEST(Particles, CutsLeaveParticlesOut) {
  const std::vector<float> row = {30, 1, 0, 0.5F, 0, 0, 30, 3, 0};
  EXPECT_EQ(parsed(row).size(), 3U);
  EXPECT_EQ(parsed(row, {.pt_min = 1}).size(), 2U);
  EXPECT_EQ(parsed(row, {.pt_min = 1, .eta_max = 2.5}).size(), 1U);
  EXPECT_EQ(parsed(row, {.pt_min = 100}).size(), 0U);  // cuts may leave nothing; the event itself was not empty
}

TEST(Particles, RefusesImpossibleOnes) {
  expect_throws_with<InputError>(
      [] {
        (void)parsed({1, 0, 0, -2, 0, 0});
      },
      "particle 1 of row 17 of 'f.h5'", "negative pt -2 GeV");
  expect_throws_with<InputError>([] { (void)parsed({1, kNaN, 0}); }, "particle 0 of row 17", "nan");
  expect_throws_with<InputError>([] { (void)parsed({kInf, 0, 0}); }, "particle 0 of row 17", "inf");
  expect_throws_with<InputError>([] { (void)parsed({0, 0, kNaN}); }, "nan");  // in the padding, too
  expect_throws_with<InputError>([] { (void)parsed({1, 50, 0}); }, "eta = 50");
  expect_throws_with<InputError>([] { (void)parsed({1, 0, -90}); }, "phi = -90", "radians", "convert");
  EXPECT_EQ(parsed({1, 0, 6.2832F, 1, 0, -3.1416F, 0, 0, 90}).size(), 2U);  // either convention, rounded; padding
  expect_throws_with<InputError>([] { (void)parsed({1, 0, 0, -1}, {.layout = "pt_eta_phi_m"}); }, "negative mass -1");
  expect_throws_with<InputError>([] { (void)parsed({1, 0, 0, -1}, {.layout = "px_py_pz_e"}); }, "negative energy -1");
}

TEST(Particles, EmptyEventsAreErrorsUnlessKept) {
  const std::vector<float> row(12);
  expect_throws_with<InputError>([&] { (void)parsed(row); }, "row 17 of 'f.h5' has no particles",
                                 "empty_events = \"keep\"");
  EXPECT_TRUE(parsed(row, {.empty_events = "keep"}).empty());
}

}  // namespace
}  // namespace eddy::jets
