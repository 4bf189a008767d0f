#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/stats/bump_scan.hpp>
#include <eddy/stats/common_scan.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

const base::RandomStream kStream({31}, "common scan");
const std::vector<double> kMasses = {3.2, 3.5, 3.8, 4.1, 4.4};

/// A falling cubic of `events`, and `injected` events at 3.8.
MassCategory category(std::size_t c, std::size_t i, double events, double injected = 0) {
  std::vector<double> edges;
  for (int e = 0; e <= 24; ++e) {
    edges.push_back(2.8 + 0.1 * e);
  }
  const BumpData none{std::vector<double>(24), std::vector<bool>(24, true), {}};
  const BumpModel model{BinnedShape(BernsteinShape{3}, edges), signal_template({3.8, 0.114}, {edges, none.counts}), {}};
  const std::vector<double> truth = {0.6 * events, 0.25 * events, 0.1 * events, 0.05 * events, injected};
  const BumpToys toys(model, evaluate(model, none, truth), base::RandomStream({32}, "data"), std::uint64_t{c} << 32U);
  return {"category " + std::to_string(c), {edges, toys.draw(i).counts}};
}

CategoryScanOptions with(std::vector<SignalShares> shares, std::size_t n_toys = 0) {
  CategoryScanOptions options;
  options.n_toys = n_toys;
  options.shares = std::move(shares);
  return options;
}

TEST(CommonScan, of_one_category_is_the_scan_of_that_category) {
  const CategoryScan scan =
      scan_categories({category(0, 0, 3000, 60)}, kMasses, kStream, with({{"free", {}}, {"prior", {1}}}));
  ASSERT_EQ(scan.common.size(), 2U);
  for (std::size_t m = 0; m < kMasses.size(); ++m) {
    const CategoryPoint& alone = scan.categories[0].points[m];
    EXPECT_NEAR(scan.common[1].points[m].z, alone.z, 1e-6);
    EXPECT_NEAR(scan.common[1].points[m].strength, alone.strength, 1e-2);
    if (alone.z > 0) {
      EXPECT_NEAR(scan.common[0].points[m].z, alone.z, 1e-6);
      EXPECT_NEAR(scan.common[0].points[m].strength, alone.strength, 1e-9);
    }
  }
  EXPECT_EQ(scan.common[1].best, scan.best);
}

TEST(CommonScan, who_knows_where_the_signal_is_sees_it_better) {
  std::vector<MassCategory> categories;
  for (std::size_t c = 0; c < 9; ++c) {
    categories.push_back(category(c, 0, 300, c == 4 ? 45 : 0));
  }
  SignalShares right{"right", std::vector<double>(9, 0)};
  right.share[4] = 1;
  SignalShares wrong{"wrong", std::vector<double>(9, 0.125)};
  wrong.share[4] = 0;
  const CategoryScan scan = scan_categories(categories, kMasses, kStream, with({{"free", {}}, right, wrong}, 60));
  const CommonScan& of_right = scan.common[1];
  EXPECT_EQ(kMasses[of_right.best], 3.8);
  EXPECT_GT(of_right.points[of_right.best].z, scan.points[scan.best].fisher.z.z);
  EXPECT_NEAR(of_right.points[of_right.best].strength, 45, 3 * of_right.points[of_right.best].strength_error);
  EXPECT_LT(scan.common[2].points[2].z, 2.5);
  EXPECT_NEAR(of_right.global_p_value, 1.0 / 61, 1e-12);  // no toy comes near
  EXPECT_GT(scan.common[2].global_p_value, 0.1);
  EXPECT_EQ(scan.common[0].points[2].n_categories, 9U);
}

TEST(CommonScan, roots_of_background_are_standard_normal_and_free_p_values_uniform) {
  std::vector<double> roots;
  std::vector<double> free;
  for (std::size_t i = 0; i < 300; ++i) {
    std::vector<MassCategory> categories;
    for (std::size_t c = 0; c < 4; ++c) {
      categories.push_back(category(c, i, 500));
    }
    const CategoryScan scan =
        scan_categories(categories, {3.8}, kStream, with({{"free", {}}, {"prior", {0.1, 0.2, 0.3, 0.4}}}));
    roots.push_back(scan.common[1].points[0].p_value);
    free.push_back(scan.common[0].points[0].p_value);
  }
  for (std::vector<double>& p : {std::ref(roots), std::ref(free)}) {
    std::ranges::sort(p);
    for (const double at : {0.1, 0.3, 0.5, 0.7}) {
      const auto below = static_cast<double>(std::ranges::count_if(p, [at](double value) { return value < at; }));
      EXPECT_NEAR(below / 300, at, 4 * std::sqrt(at * (1 - at) / 300)) << at;
    }
  }
}

TEST(CommonScan, toys_that_cannot_reach_the_data_are_not_fitted_and_none_that_can_is_lost) {
  std::vector<MassCategory> categories;
  for (std::size_t c = 0; c < 3; ++c) {
    categories.push_back(category(c, 1, 200));
  }
  const SignalShares shares{"prior", {0.5, 0.3, 0.2}};
  // Counted by hand: the same toys as data of scans of their own.
  const CategoryScan scan = scan_categories(categories, kMasses, kStream, with({shares}, 50));
  const CommonScan& common = scan.common.front();
  std::size_t reached = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    std::vector<MassCategory> drawn;
    for (std::size_t c = 0; c < 3; ++c) {
      const MassHistogram& histogram = categories[c].histogram;
      const BumpProblem problem = make_problem(histogram, BernsteinShape{3}, {}, {}, std::vector<bool>(24, true));
      const BumpMinimum null = minimise(problem.model, problem.data, {}, starting_point(problem.model, problem.data));
      const BumpToys toys(problem.model, null.point, kStream, std::uint64_t{c} << 40U);
      drawn.push_back({"toy", {histogram.edges, toys.draw(i).counts}});
    }
    const CategoryScan of_toy = scan_categories(drawn, kMasses, kStream, with({shares}));
    const CommonScan& all = of_toy.common.front();
    reached += all.points[all.best].z >= common.points[common.best].z - 1e-5 ? 1 : 0;
  }
  EXPECT_EQ(common.global_p_value, (static_cast<double>(reached) + 1) / 51);
}

TEST(CommonScan, does_not_depend_on_the_number_of_threads_and_changes_nothing_else) {
  const std::vector<MassCategory> categories = {category(0, 5, 200), category(1, 5, 200)};
  const std::vector<SignalShares> shares = {{"free", {}}, {"prior", {0.7, 0.3}}};
  const CategoryScan all = scan_categories(categories, kMasses, kStream, with(shares, 30));
  const CategoryScan plain = scan_categories(categories, kMasses, kStream, with({}, 30));
  const base::ThreadLimit one(1);
  const CategoryScan single = scan_categories(categories, kMasses, kStream, with(shares, 30));
  EXPECT_EQ(all.global_p_value, plain.global_p_value);
  EXPECT_TRUE(plain.common.empty());
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_EQ(all.common[k].global_p_value, single.common[k].global_p_value);
    for (std::size_t m = 0; m < kMasses.size(); ++m) {
      EXPECT_EQ(all.common[k].points[m].z, single.common[k].points[m].z);
    }
  }
}

TEST(CommonScan, of_a_signal_that_is_in_no_fitted_category_says_nothing) {
  const std::vector<MassCategory> categories = {category(0, 5, 200), category(1, 5, 5)};  // the second is left out
  const CategoryScan scan = scan_categories(categories, kMasses, kStream, with({{"prior", {0, 1}}}, 5));
  EXPECT_EQ(scan.common.front().points[2].n_categories, 0U);
  EXPECT_EQ(scan.common.front().points[2].z, -base::kInfinity);
  EXPECT_EQ(scan.common.front().global_p_value, 1);
}

/// Counts that no fit converges for: of data there is no number, and a toy may reach whatever was found.
TEST(CommonScan, a_fit_that_fails_is_no_number_and_counts_as_reached) {
  const MassHistogram histogram = category(0, 5, 200).histogram;
  BumpProblem problem = make_problem(histogram, BernsteinShape{3}, signal_template({3.8, 0.114}, histogram), {},
                                     std::vector<bool>(histogram.n_bins(), true));
  const BumpMinimum null =
      minimise(problem.model, problem.data, {0, false}, starting_point(problem.model, problem.data));
  problem.data.counts[3] = std::numeric_limits<double>::quiet_NaN();
  const FittedCategory broken{.number = 0, .model = &problem.model, .data = &problem.data, .null = &null, .point = {}};
  const SignalShares shares{"prior", {1}};
  const CommonPoint point = common_point(shares, std::vector{broken});
  EXPECT_TRUE(point.has_failed);
  EXPECT_EQ(point.n_categories, 0U);
  EXPECT_EQ(point.z, -base::kInfinity);
  const std::vector<std::vector<FittedCategory>> toys{{broken}};
  EXPECT_EQ(largest_common_z(shares, toys, 0), base::kInfinity);
}

TEST(CommonScan, shares_that_cannot_be_are_refused) {
  const std::vector<MassCategory> categories = {category(0, 5, 200), category(1, 5, 200)};
  const auto scan = [&](std::vector<double> shares) {
    return [&, shares] { (void)scan_categories(categories, kMasses, kStream, with({{"prior", shares}})); };
  };
  test::expect_throws_with<base::InputError>(scan({1}), "'prior'", "1 shares", "2 categories");
  test::expect_throws_with<base::InputError>(scan({0, 0}), "'prior'", "not all 0");
  test::expect_throws_with<base::InputError>(scan({1, -0.5}), "'prior'", "-0.5");
}

}  // namespace
}  // namespace eddy::stats
