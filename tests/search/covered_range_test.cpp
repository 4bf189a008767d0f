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

TEST(CoveredRange, keeps_the_flanks_of_a_peak) {
  int n_moved = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    base::RandomStream stream({seed}, "turn-on");
    std::vector<float> masses(seed % 2 == 0 ? 20000 : 2000);
    for (float& mass : masses) {
      mass = static_cast<float>(3000 + 300 * stream.normal());
    }
    const stats::MassWindow covered = covered_range(masses, {1000, 5000}, 100);
    n_moved += (covered.low != 1000) + (covered.high != 5000);
  }
  EXPECT_LE(n_moved, 4);  // of 200, with less than 1 % each: more than 4 by chance in 5 % at the most
}

TEST(CoveredRange, finds_an_end_among_few_events) {
  for (const double ratio : {1.0, 0.8, 0.5}) {  // of the events in one step and in the one before it
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      base::RandomStream stream({seed}, "end");
      std::vector<float> masses;
      for (int step = 1; step <= 5; ++step) {
        const auto n = static_cast<std::size_t>(80 * std::pow(ratio, 1 - step));
        for (std::size_t i = 0; i < n; ++i) {
          masses.push_back(static_cast<float>(10 - step + stream.uniform()));
        }
      }
      EXPECT_NEAR(covered_range(masses, {5, 20}, 1).high, 10, 0.2) << "ratio " << ratio << ", seed " << seed;
    }
  }
}

TEST(CoveredRange, of_few_events_near_the_end_is_not_decided_by_them) {
  // Three events in a step before the end: 0.7 more of them would have been missed one time in two.
  EXPECT_EQ(covered_range(std::vector<float>{10, 10.2F, 10.5F}, {10, 11}, 1).high, 11);
  EXPECT_EQ(covered_range(std::vector<float>(), {10, 11}, 1).low, 10);
}

}  // namespace
}  // namespace eddy::search
