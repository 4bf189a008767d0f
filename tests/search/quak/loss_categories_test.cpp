#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/quak/loss_categories.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace eddy::search {
namespace {

base::Matrix random_losses(std::size_t n_events, std::size_t n_losses) {
  base::Matrix losses(n_events, n_losses);
  base::RandomStream stream({1}, "losses");
  for (float& value : losses.values()) {
    value = static_cast<float>(std::exp(stream.normal()));
  }
  return losses;
}

std::vector<std::size_t> first_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

TEST(EqualCategories, share_all_events_evenly_in_any_number_of_dimensions) {
  for (const std::size_t n_losses : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
    const base::Matrix losses = random_losses(1000, n_losses);
    const std::vector<LossCategory> categories = equal_categories(losses, first_rows(1000), 3);
    EXPECT_EQ(static_cast<double>(categories.size()), std::pow(3.0, static_cast<double>(n_losses)));
    std::set<std::size_t> seen;
    std::size_t fewest = 1000;
    std::size_t most = 0;
    for (const LossCategory& category : categories) {
      seen.insert(category.rows.begin(), category.rows.end());
      fewest = std::min(fewest, category.rows.size());
      most = std::max(most, category.rows.size());
    }
    EXPECT_EQ(seen.size(), 1000U) << n_losses;
    EXPECT_LE(most - fewest, 1U) << n_losses;
  }
}

TEST(EqualCategories, are_the_boxes_that_they_say) {
  const base::Matrix losses = random_losses(500, 2);
  for (const LossCategory& category : equal_categories(losses, first_rows(500), 4)) {
    std::vector<std::size_t> inside = category.rows;
    std::ranges::sort(inside);
    EXPECT_EQ(rows_in(category.box, losses, first_rows(500)), inside);
  }
}

TEST(EqualCategories, go_from_small_to_large_first_losses) {
  const base::Matrix losses = random_losses(400, 2);
  const std::vector<LossCategory> categories = equal_categories(losses, first_rows(400), 2);
  EXPECT_EQ(categories[0].box.high[0], categories[2].box.low[0]);
  EXPECT_EQ(categories[0].box.high[1], categories[1].box.low[1]);
  EXPECT_TRUE(std::isinf(categories[3].box.high[0]));
}

// Parted by their rows, events of one loss would lie in the category of a neighbour, by mass where a file is sorted by
// it.
TEST(EqualCategories, never_part_equal_losses) {
  base::Matrix losses(120, 2);
  for (std::size_t i = 0; i < losses.rows(); ++i) {
    losses(i, 0) = static_cast<float>(i % 5);
    losses(i, 1) = static_cast<float>(i % 3);
  }
  std::size_t n = 0;
  for (const LossCategory& category : equal_categories(losses, first_rows(120), 4)) {
    std::vector<std::size_t> inside = category.rows;
    std::ranges::sort(inside);
    EXPECT_EQ(rows_in(category.box, losses, first_rows(120)), inside);
    n += inside.size();
  }
  EXPECT_EQ(n, 120U);
}

TEST(EqualCategories, of_equal_losses_are_one_and_empty_ones) {
  const base::Matrix losses(100, 1);  // all 0
  std::vector<std::size_t> sizes;
  for (const LossCategory& category : equal_categories(losses, first_rows(100), 4)) {
    sizes.push_back(category.rows.size());
  }
  std::ranges::sort(sizes);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{0, 0, 0, 100}));
}

TEST(EqualCategories, need_an_event_each) {
  const base::Matrix losses = random_losses(8, 2);
  test::expect_throws_with<base::InputError>([&] { (void)equal_categories(losses, first_rows(8), 3); }, "8 events",
                                             "9 categories", "lower [quak] categories");
}

TEST(Quantiles, keep_the_fraction_that_is_asked_for) {
  const std::vector<float> values = {5, 1, 4, 2, 3, 6, 8, 7, 10, 9};
  EXPECT_EQ(upper_quantile(values, 0.2), 9);
  EXPECT_EQ(upper_quantile(values, 1), 1);
  EXPECT_EQ(lower_quantile(values, 0.2), 3);
  EXPECT_TRUE(std::isinf(lower_quantile(values, 1)));
  EXPECT_EQ(upper_quantile(values, 0.001), 10) << "one event at least";
}

TEST(Quantiles, keep_equal_values_together) {
  const std::vector<float> values = {1, 1, 1, 1, 2, 2, 3, 3, 3, 3};
  EXPECT_EQ(upper_quantile(values, 0.1), 3);  // value >= 3: all four
  EXPECT_EQ(lower_quantile(values, 0.1), 2);  // value < 2: all four, where a cut at 1 would keep none
  EXPECT_EQ(lower_quantile(values, 0.5), 3);
  EXPECT_TRUE(std::isinf(lower_quantile(values, 0.7)));
}

TEST(UpperQuantile, whole_weights_stand_for_copies_and_ones_for_nothing) {
  const std::vector<float> values = {5, 1, 4, 2, 3, 9, 7};
  const std::vector<float> ones(values.size(), 1.0F);
  const std::vector<float> weights = {1, 3, 2, 1, 1, 2, 0};
  std::vector<float> copies;
  for (std::size_t i = 0; i < values.size(); ++i) {
    copies.insert(copies.end(), static_cast<std::size_t>(weights[i]), values[i]);
  }
  for (const double fraction : {0.05, 0.2, 0.35, 0.5, 0.7, 1.0}) {
    EXPECT_EQ(upper_quantile(values, fraction, ones), upper_quantile(values, fraction)) << fraction;
  }
  for (const double fraction : {0.2, 0.5, 0.7, 1.0}) {  // borders between two values, not inside one
    EXPECT_EQ(upper_quantile(values, fraction, weights), upper_quantile(copies, fraction)) << fraction;
  }
}

}  // namespace
}  // namespace eddy::search
