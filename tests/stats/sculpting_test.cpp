#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/stats/sculpting.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

const base::RandomStream kStream({31}, "sculpting");

/// A falling spectrum.
std::vector<float> falling_masses(std::size_t n) {
  base::RandomStream stream({32}, "masses");
  std::vector<float> masses(n);
  for (float& mass : masses) {
    mass = static_cast<float>(3 - 0.5 * std::log(stream.uniform()));
  }
  return masses;
}

std::vector<std::size_t> populations(const std::vector<float>& masses, const std::vector<double>& edges) {
  std::vector<std::size_t> counts(edges.size() - 1);
  for (const float mass : masses) {
    const auto above = std::ranges::upper_bound(edges, static_cast<double>(mass));
    ++counts.at(static_cast<std::size_t>(above - edges.begin()) - 1);
  }
  return counts;
}

TEST(EqualPopulationEdges, fill_all_bins_equally) {
  const std::vector<float> masses = falling_masses(10007);
  for (const std::size_t n_bins : {1U, 2U, 7U, 300U}) {
    const std::vector<double> edges = equal_population_edges(masses, n_bins);
    ASSERT_EQ(edges.size(), n_bins + 1);
    EXPECT_TRUE(std::ranges::is_sorted(edges, std::less_equal{}));
    const std::vector<std::size_t> counts = populations(masses, edges);
    EXPECT_EQ(std::reduce(counts.begin(), counts.end()), masses.size());
    const auto [least, most] = std::ranges::minmax(counts);
    // Borders are rounded to whole events, and a few of 10007 float32 numbers are equal (10007^2 / 2 pairs in some
    // 3e6 values): 16.
    EXPECT_LE(most - least, 4U) << n_bins;
  }
}

TEST(EqualPopulationEdges, keep_equal_masses_together_and_no_bin_empty) {
  std::vector<float> masses(90, 2.0F);  // nine tenths of the events are one value
  for (int i = 0; i < 10; ++i) {
    masses.push_back(static_cast<float>(i < 5 ? 1 + 0.1 * i : 2.1 + 0.1 * i));
  }
  for (std::size_t n_bins = 1; n_bins <= 11; ++n_bins) {
    const std::vector<std::size_t> counts = populations(masses, equal_population_edges(masses, n_bins));
    EXPECT_GE(std::ranges::min(counts), 1U) << n_bins;
    EXPECT_GE(std::ranges::max(counts), 90U) << n_bins;
    EXPECT_EQ(std::reduce(counts.begin(), counts.end()), masses.size());
  }
}

TEST(EqualPopulationEdges, refuse_what_cannot_be_binned) {
  const std::vector<float> masses = {1, 1, 1, 2};
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(equal_population_edges(masses, 3)); },
                                             "2 different values", "3 bins", "at most 2");
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(equal_population_edges(masses, 0)); }, "0 bins");
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(equal_population_edges({}, 1)); },
                                             "0 different values");
  const std::vector<float> bad = {1, std::numeric_limits<float>::quiet_NaN()};
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(equal_population_edges(bad, 1)); }, "event 1",
                                             "nan");
}

TEST(SculptingTest, random_subsets_follow_chi2_times_what_is_left_out) {
  const std::size_t n = 30000;
  const std::size_t n_bins = 100;
  const std::size_t n_subsets = 400;
  const SculptingTest sculpting(falling_masses(n), n_bins);
  for (const double efficiency : {0.1, 0.5}) {
    const std::vector<double> values =
        sculpting.random_subsets(static_cast<std::size_t>(efficiency * n), n_subsets, kStream);
    const double mean = std::reduce(values.begin(), values.end()) / n_subsets;
    double variance = 0;
    for (const double value : values) {
      variance += (value - mean) * (value - mean) / (n_subsets - 1);
    }
    // Multivariate hypergeometric counts: the mean is (1 - e) n / (n - 1), the variance 2 (1 - e)^2 / n_dof.
    const double left_out = 1 - efficiency;
    const double sd = left_out * std::sqrt(2.0 / (n_bins - 1));
    EXPECT_NEAR(mean, left_out, 4 * sd / std::sqrt(static_cast<double>(n_subsets))) << efficiency;
    // The relative error of a standard deviation of 400 values is 1 / sqrt(2 * 399) = 3.5 %.
    EXPECT_NEAR(std::sqrt(variance), sd, 4 * 0.036 * sd) << efficiency;
  }
}

TEST(SculptingTest, gives_the_value_by_hand_for_a_cut_that_depends_on_the_mass) {
  // Four bins of 100 events each; the cut keeps 10, 20, 30 and 40 of them: e = 1/4, 25 expected in each.
  std::vector<float> masses;
  std::vector<std::uint8_t> passes;
  for (int i = 0; i < 400; ++i) {
    masses.push_back(static_cast<float>(i));
    passes.push_back(i % 100 < 10 * (i / 100 + 1) ? 1 : 0);
  }
  const SculptingTest sculpting(masses, 4);
  EXPECT_EQ(sculpting.n_events(), 400U);
  EXPECT_EQ(sculpting.n_bins(), 4U);
  EXPECT_NEAR(sculpting.chi2_per_dof(passes), (15.0 * 15 + 5 * 5 + 5 * 5 + 15 * 15) / 25 / 3, 1e-12);
}

TEST(SculptingTest, of_all_events_is_0_and_of_none_is_nan) {
  const std::vector<float> masses = falling_masses(1000);
  const SculptingTest sculpting(masses, 20);
  EXPECT_EQ(sculpting.chi2_per_dof(std::vector<std::uint8_t>(1000, 1)), 0);
  EXPECT_TRUE(std::isnan(sculpting.chi2_per_dof(std::vector<std::uint8_t>(1000, 0))));
  EXPECT_EQ(sculpting.random_subsets(1000, 1, kStream).front(), 0);
  EXPECT_TRUE(std::isnan(sculpting.random_subsets(0, 1, kStream).front()));
}

TEST(SculptingTest, subset_i_depends_on_stream_and_i_only) {
  const SculptingTest sculpting(falling_masses(5000), 50);
  const std::vector<double> many = sculpting.random_subsets(500, 20, kStream);
  const base::ThreadLimit one(1);
  const std::vector<double> few = sculpting.random_subsets(500, 7, kStream);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_NE(many[0], many[1]);
  EXPECT_NE(sculpting.random_subsets(500, 1, base::RandomStream({33}, "sculpting")).front(), many[0]);
}

TEST(SculptingTest, refuses_what_does_not_fit) {
  const std::vector<float> masses = falling_masses(100);
  test::expect_throws_with<base::InputError>([&] { SculptingTest(masses, 1); }, "1 bins", "300");
  const SculptingTest sculpting(masses, 10);
  test::expect_throws_with<base::InputError>(
      [&] { static_cast<void>(sculpting.chi2_per_dof(std::vector<std::uint8_t>(99))); }, "99", "100");
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(sculpting.random_subsets(101, 1, kStream)); },
                                             "101", "100");
}

TEST(NDifferent, counts_values_that_bins_can_be_made_of) {
  EXPECT_EQ(n_different(std::vector<float>{2, 1, 2, 3, 1}), 3U);
  EXPECT_EQ(n_different({}), 0U);
  std::vector<float> rounded(1000);
  for (std::size_t i = 0; i < rounded.size(); ++i) {
    rounded[i] = static_cast<float>(25 * (i % 40));
  }
  const std::size_t n_bins = n_different(rounded);
  EXPECT_EQ(n_bins, 40U);
  EXPECT_EQ(SculptingTest(rounded, n_bins).n_bins(), 40U) << "one bin for each value";
}

}  // namespace
}  // namespace eddy::stats
