#include <eddy/base/random.hpp>
#include <eddy/search/covered_range.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

/// Masses that fall as m^-8 from 2500 on.
std::vector<float> falling(std::size_t n, std::uint64_t seed = 1) {
  base::RandomStream stream({seed}, "falling");
  std::vector<float> masses(n);
  for (float& mass : masses) {
    mass = static_cast<float>(2500 * std::pow(stream.uniform(), -1.0 / 7));
  }
  return masses;
}

std::vector<float> between(std::vector<float> masses, float low, float high) {
  std::erase_if(masses, [&](float mass) { return mass < low || mass >= high; });
  return masses;
}

TEST(CoveredRange, ends_where_the_selection_ends) {
  const std::vector<float> masses = between(falling(20000), 2600, 4000);
  const stats::MassWindow covered = covered_range(masses, {2000, 8000}, 100);
  EXPECT_NEAR(covered.low, 2600, 5);
  EXPECT_NEAR(covered.high, 4000, 20);
  const stats::MassWindow inside = covered_range(masses, {2700, 3900}, 100);
  EXPECT_EQ(inside.low, 2700);
  EXPECT_EQ(inside.high, 3900);
}

TEST(CoveredRange, keeps_a_tail_that_thins_out) {
  for (const std::size_t n : {1U, 5U, 100U, 3000U, 20000U}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      EXPECT_EQ(covered_range(falling(n, seed), {2600, 20000}, 100).high, 20000) << n << " events, seed " << seed;
    }
  }
}

TEST(CoveredRange, keeps_a_turn_on) {
  base::RandomStream stream({2}, "turn-on");
  std::vector<float> masses(20000);
  for (float& mass : masses) {
    mass = static_cast<float>(3000 + 300 * stream.normal());
  }
  EXPECT_EQ(covered_range(masses, {1000, 5000}, 100).low, 1000);
}

TEST(CoveredRange, of_few_events_near_the_end_is_not_decided_by_them) {
  // Three events in a step before the end: 0.7 more of them would have been missed one time in two.
  EXPECT_EQ(covered_range(std::vector<float>{10, 10.2F, 10.5F}, {10, 11}, 1).high, 11);
  EXPECT_EQ(covered_range(std::vector<float>(), {10, 11}, 1).low, 10);
}

TEST(CoveredEdges, keep_whole_bins_only) {
  const std::vector<double> edges = {1, 2, 3, 4, 5};
  EXPECT_EQ(covered_edges(edges, {1.5, 4.9}), (std::vector<double>{2, 3, 4}));
  EXPECT_EQ(covered_edges(edges, {1, 5}), edges);
  EXPECT_LT(covered_edges(edges, {2.1, 3.9}).size(), 2U);
}

}  // namespace
}  // namespace eddy::search
