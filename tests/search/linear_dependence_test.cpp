#include <eddy/base/random.hpp>
#include <eddy/search/linear_dependence.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

using testing::ElementsAre;

/// Normal columns of unlike means and widths.
base::Matrix independent(std::size_t n_events, std::size_t n_columns, std::uint64_t seed = 1) {
  base::Matrix x(n_events, n_columns);
  base::fill_normal(base::RandomStream({seed}, "columns"), 0, x.values());
  for (std::size_t i = 0; i < n_events; ++i) {
    for (std::size_t c = 0; c < n_columns; ++c) {
      x(i, c) = static_cast<float>(std::pow(10.0, static_cast<double>(c % 4)) * (3 + x(i, c)));
    }
  }
  return x;
}

/// `x` with column `c` as `of` says of the others.
template <class Of>
base::Matrix with(base::Matrix x, std::size_t c, const Of& of) {
  for (std::size_t i = 0; i < x.rows(); ++i) {
    x(i, c) = static_cast<float>(of(x.row(i)));
  }
  return x;
}

TEST(FindLinearDependence, independent_columns_have_none) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const std::size_t n : {100U, 2000U}) {
      EXPECT_FALSE(find_linear_dependence(independent(n, 40, seed)));
    }
  }
}

TEST(FindLinearDependence, names_the_column_and_those_it_is_made_of) {
  const auto sum = [](std::span<const float> x) { return 0.5 * x[1] - 3.0 * x[3] + 7; };
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const std::size_t n : {100U, 20000U}) {
      const auto found = find_linear_dependence(with(independent(n, 6, seed), 4, sum));
      ASSERT_TRUE(found) << n << ", seed " << seed;
      EXPECT_EQ(found->column, 4U);
      EXPECT_THAT(found->on, ElementsAre(1, 3));
    }
  }
}

TEST(FindLinearDependence, sees_through_sums_in_float32_and_far_offsets) {
  const auto in_float = [](std::span<const float> x) {
    const float a = 0.3F * x[0];
    const float b = 0.7F * x[1];
    return a + b - x[2];
  };
  EXPECT_TRUE(find_linear_dependence(with(independent(5000, 4), 3, in_float)));
  const auto far = [](std::span<const float> x) { return 1e6 + x[0] + x[1]; };  // where float32 rounds to a sixteenth
  EXPECT_TRUE(find_linear_dependence(with(independent(5000, 4), 3, far)));
  // Categories as columns of 0 and 1 add up to 1.
  base::Matrix one_hot(3000, 3);
  for (std::size_t i = 0; i < one_hot.rows(); ++i) {
    one_hot(i, (i * i) % 7 % 3) = 1;
  }
  const auto found = find_linear_dependence(one_hot);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->on, ElementsAre(0, 1));
}

TEST(FindLinearDependence, near_dependence_is_none) {
  base::RandomStream stream({5}, "noise");
  for (const double noise : {1e-1, 1e-3, 1e-5}) {  // of a spread of 1, in values of about 5
    const auto close = [&](std::span<const float> x) { return x[0] + x[1] / 10.0 + noise * stream.normal(); };
    EXPECT_FALSE(find_linear_dependence(with(independent(2000, 4), 3, close))) << noise;
  }
  const auto curved = [](std::span<const float> x) { return std::hypot(x[0], x[1]); };
  EXPECT_FALSE(find_linear_dependence(with(independent(2000, 4), 3, curved)));
}

TEST(FindLinearDependence, names_a_copy_even_with_five_digits) {
  const auto rounded = [](std::span<const float> x) { return std::round(1e5 * (7 - 2.0 * x[1])) / 1e5; };
  const auto found = find_linear_dependence(with(independent(2000, 4), 3, rounded));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->column, 3U);
  EXPECT_THAT(found->on, ElementsAre(1));
}

TEST(FindLinearDependence, constants_and_few_events_tell_nothing) {
  EXPECT_FALSE(find_linear_dependence(with(independent(2000, 3), 1, [](auto) { return 4; })));
  EXPECT_FALSE(find_linear_dependence(independent(9, 5))) << "four columns fit anything that nine events say";
  EXPECT_FALSE(find_linear_dependence(base::Matrix()));
}

}  // namespace
}  // namespace eddy::search
