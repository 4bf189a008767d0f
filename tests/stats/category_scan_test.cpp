#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/stats/bump_scan.hpp>
#include <eddy/stats/category_scan.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

const base::RandomStream kStream({21}, "categories");

std::vector<double> edges_of(int n_bins) {
  std::vector<double> edges;
  for (int i = 0; i <= n_bins; ++i) {
    edges.push_back(2.8 + 3.4 * i / n_bins);
  }
  return edges;
}

/// Pseudo-experiment `i` of category `c`: a falling cubic of `events`, and `injected` events at 3.8.
MassCategory category(std::size_t c, std::size_t i, double events, double injected = 0) {
  const std::vector<double> edges = edges_of(34);
  const BumpData none{std::vector<double>(34), std::vector<bool>(34, true), {}};
  const BumpModel model{BinnedShape(BernsteinShape{3}, edges), signal_template({3.8, 0.114}, {edges, none.counts}), {}};
  const std::vector<double> truth = {0.6 * events, 0.25 * events, 0.1 * events, 0.05 * events, injected};
  const BumpToys toys(model, evaluate(model, none, truth), base::RandomStream({22}, "data"), std::uint64_t{c} << 32U);
  return {"category " + std::to_string(c), {edges, toys.draw(i).counts}};
}

std::vector<MassCategory> background(std::size_t n, std::size_t i, double events) {
  std::vector<MassCategory> categories;
  for (std::size_t c = 0; c < n; ++c) {
    categories.push_back(category(c, i, events));
  }
  return categories;
}

CategoryScanOptions toys(std::size_t n) {
  CategoryScanOptions options;
  options.n_toys = n;
  return options;
}

/// Kolmogorov distance to the uniform distribution.
double distance_to_uniform(std::vector<double> p) {
  std::ranges::sort(p);
  const auto n = static_cast<double>(p.size());
  double distance = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, (rank + 1) / n - p[i], p[i] - rank / n});
  }
  return distance;
}

TEST(CategoryScan, of_one_category_is_a_mass_scan) {
  const MassCategory one = category(0, 0, 3000, 60);
  const std::vector<double> masses = {3.2, 3.8, 4.4, 5.0};
  const CategoryScan scan = scan_categories({one}, masses, kStream, toys(0));
  std::vector<GaussianSignal> signals;
  for (const double mass : masses) {
    signals.push_back({mass, 0.03 * mass});
  }
  const MassScan reference = scan_masses(one.histogram, BernsteinShape{3}, signals, kStream, {0, {}});
  for (std::size_t m = 0; m < masses.size(); ++m) {
    EXPECT_NEAR(scan.categories[0].points[m].z, reference.points[m].z, 1e-6) << m;
    EXPECT_NEAR(scan.categories[0].points[m].strength, reference.points[m].strength, 1e-3) << m;
    EXPECT_NEAR(scan.points[m].fisher.z.z, reference.points[m].z, 1e-6) << m;  // Fisher's method of one is that one
  }
  EXPECT_EQ(scan.best, reference.best);
  EXPECT_EQ(scan.global_p_value, 1);
}

TEST(CategoryScan, finds_a_bump_in_one_of_nine_categories) {
  std::vector<MassCategory> categories = background(9, 0, 400);
  categories[4] = category(4, 0, 400, 60);
  const CategoryScan scan = scan_categories(categories, {3.2, 3.5, 3.8, 4.1, 4.4, 4.8, 5.2}, kStream, toys(100));
  const CombinedPoint& best = scan.points[scan.best];
  EXPECT_EQ(best.mass, 3.8);
  EXPECT_EQ(best.n_categories, 9U);
  // 60 events in a background of some 50 under the bump are about 7 sigma in their category, diluted by the others.
  EXPECT_GT(best.fisher.z.z, 4);
  EXPECT_NEAR(scan.global_p_value, 1.0 / 101, 1e-12);  // no toy comes near
  EXPECT_NEAR(best.toy_p_value, 1.0 / 101, 1e-12);
  const CategoryPoint& strength = scan.categories[4].points[scan.best];
  EXPECT_NEAR(strength.strength, 60, 4 * strength.strength_error);
  EXPECT_GT(strength.z, 5);
  EXPECT_EQ(scan.n_left_out_toys, 0U);
}

TEST(CategoryScan, combined_p_values_of_background_are_uniform) {
  std::vector<double> asymptotic;
  for (std::size_t i = 0; i < 400; ++i) {
    asymptotic.push_back(scan_categories(background(9, i, 400), {3.8}, kStream, toys(0)).points[0].fisher.p.value);
  }
  EXPECT_LT(distance_to_uniform(asymptotic), 1.95 / std::sqrt(400.0));  // Kolmogorov at 0.1 %
}

TEST(CategoryScan, global_p_values_of_background_are_uniform) {
  // Few events, where the asymptotic combination is conservative: the toys must put that right.
  std::vector<double> global;
  std::vector<double> local;
  for (std::size_t i = 0; i < 40; ++i) {
    const CategoryScan scan = scan_categories(background(3, i, 60), {3.3, 3.8}, kStream, toys(50));
    global.push_back(scan.global_p_value);
    local.push_back(scan.points[1].toy_p_value);
  }
  // Kolmogorov at 0.1 %, and the error of 50 toys.
  EXPECT_LT(distance_to_uniform(global), 1.95 / std::sqrt(40.0) + 0.5 / std::sqrt(50.0));
  EXPECT_LT(distance_to_uniform(local), 1.95 / std::sqrt(40.0) + 0.5 / std::sqrt(50.0));
}

TEST(CategoryScan, does_not_depend_on_the_number_of_threads) {
  const std::vector<MassCategory> categories = background(3, 5, 200);
  const CategoryScan all = scan_categories(categories, {3.5, 4.5}, kStream, toys(30));
  const base::ThreadLimit one(1);
  const CategoryScan single = scan_categories(categories, {3.5, 4.5}, kStream, toys(30));
  EXPECT_EQ(all.global_p_value, single.global_p_value);
  for (std::size_t m = 0; m < 2; ++m) {
    EXPECT_EQ(all.points[m].toy_p_value, single.points[m].toy_p_value);
    EXPECT_EQ(all.points[m].fisher.z.z, single.points[m].fisher.z.z);
  }
}

TEST(CategoryScan, toys_of_categories_are_independent) {
  // Two equal categories with the same random numbers would double every fluctuation: the spread of the combination of
  // two would then be that of one. Independent ones agree with the chi-squared of four degrees of freedom.
  const MassCategory one = category(0, 3, 500);
  const CategoryScan scan = scan_categories({one, one}, {3.8}, kStream, toys(1000));
  EXPECT_NEAR(scan.points[0].toy_p_value, scan.points[0].fisher.p.value,
              4 * std::sqrt(0.25 / 1000));  // four standard deviations of a fraction of 1000
}

TEST(CategoryScan, leaves_out_and_names_what_cannot_be_fitted) {
  std::vector<MassCategory> categories = background(3, 1, 300);
  categories[1].histogram.counts.assign(34, 0);
  categories[1].histogram.counts[3] = 7;
  const CategoryScan scan = scan_categories(categories, {3.8}, kStream, toys(20));
  EXPECT_EQ(scan.n_left_out, 1U);
  EXPECT_EQ(scan.categories[1].left_out, "7 events, fewer than 20");
  EXPECT_TRUE(scan.categories[1].points.empty());
  EXPECT_EQ(scan.points[0].n_categories, 2U);
  const CategoryScan others = scan_categories({categories[0], categories[2]}, {3.8}, kStream, toys(0));
  EXPECT_EQ(scan.points[0].fisher.p.value, others.points[0].fisher.p.value);
}

TEST(CategoryScan, combines_categories_where_their_ranges_reach) {
  std::vector<MassCategory> categories = background(2, 1, 300);
  auto& [edges, counts] = categories[1].histogram;
  edges.resize(18);  // up to 4.5
  counts.resize(17);
  const CategoryScan scan = scan_categories(categories, {3.8, 5.2}, kStream, toys(20));
  EXPECT_EQ(scan.points[0].n_categories, 2U);
  EXPECT_EQ(scan.points[1].n_categories, 1U);
  EXPECT_FALSE(scan.categories[1].points[1].used);
  EXPECT_EQ(scan.categories[1].n_failed, 0U);
  EXPECT_NEAR(scan.points[1].fisher.z.z, scan.categories[0].points[1].z, 1e-9);
}

TEST(CategoryScan, refuses_what_it_cannot_scan) {
  const std::vector<MassCategory> good = background(1, 1, 300);
  const auto refuses = [](const std::vector<MassCategory>& categories, const std::vector<double>& masses,
                          const CategoryScanOptions& options, const char* value, const char* remedy) {
    test::expect_throws_with<base::InputError>(
        [&] { static_cast<void>(scan_categories(categories, masses, kStream, options)); }, value, remedy);
  };
  refuses({}, {3.8}, {}, "0 categories", "at least one");
  refuses(good, {}, {}, "0 masses", "at least one");
  refuses(good, {-1}, {}, "-1", "above 0");
  refuses(good, {9.0}, {}, "from mass 9", "inside the histograms");
  CategoryScanOptions wide;
  wide.relative_width = 3;
  refuses(good, {3.8}, wide, "3", "write 0.03");
  CategoryScanOptions strict;
  strict.min_events = 1e6;
  refuses(good, {3.8}, strict, "fewer than 1000000", "looser");
}

}  // namespace
}  // namespace eddy::stats
