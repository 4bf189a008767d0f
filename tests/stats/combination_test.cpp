#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/combination.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

FisherCombination combine(const std::vector<PValue>& p) { return combine_fisher(std::span<const PValue>(p)); }

TEST(FisherCombination, of_one_is_that_one) {
  for (const double p : {1.0, 0.97, 0.5, 1e-3, 1e-17, 1e-200}) {
    const FisherCombination one = combine({{p}});
    EXPECT_NEAR(one.p.value / p, 1, 1e-12);  // exp(ln p) carries |ln p| ulp = 1e-13
    EXPECT_EQ(one.n, 1U);
  }
}

TEST(FisherCombination, of_two_has_a_closed_form) {
  for (const double a : {0.9, 0.3, 1e-4, 1e-90}) {
    for (const double b : {1.0, 0.5, 1e-3, 1e-60}) {
      const double product = a * b;
      EXPECT_NEAR(combine({{a}, {b}}).p.value / (product * (1 - std::log(product))), 1, 1e-10) << a << ' ' << b;
    }
  }
}

TEST(FisherCombination, of_many_that_are_near_one_is_near_one) {
  for (const std::size_t n : {std::size_t{100}, std::size_t{1755}, std::size_t{2000}, std::size_t{100000}}) {
    for (const double p : {1.0, 1 - 1e-16}) {
      EXPECT_EQ(combine(std::vector<PValue>(n, {p})).p.value, 1) << n;
    }
  }
}

TEST(FisherCombination, is_uniform_for_uniform_p_values) {
  const base::RandomStream stream({1}, "fisher");
  const std::size_t n = 4000;
  for (const std::size_t k : {std::size_t{2}, std::size_t{9}, std::size_t{25}}) {
    std::vector<double> combined;
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<PValue> p(k);
      for (std::size_t j = 0; j < k; ++j) {
        p[j] = {stream.uniform_at(i * k + j)};
      }
      combined.push_back(combine(p).p.value);
    }
    std::ranges::sort(combined);
    double distance = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto rank = static_cast<double>(i);
      distance = std::max({distance, (rank + 1) / n - combined[i], combined[i] - rank / n});
    }
    EXPECT_LT(distance, 1.95 / std::sqrt(static_cast<double>(n))) << k;  // Kolmogorov at 0.1 %
  }
}

TEST(FisherCombination, goes_on_where_p_is_too_small_for_a_double) {
  // Q(3, x) = exp(-x) (1 + x + x^2 / 2), x = 900 ln 10.
  const double x = 900 * std::log(10.0);
  const FisherCombination three = combine({{1e-300}, {1e-300}, {1e-300}});
  EXPECT_EQ(three.p.value, 0);
  EXPECT_NEAR(three.log_p / (-x + std::log(1 + x + x * x / 2)), 1, 1e-12);
  EXPECT_NEAR(log_p_value(three.z) / three.log_p, 1, 1e-12);
  // Both ways of computing ln p agree where they meet, at exp(-600).
  const FisherCombination above = combine({{std::exp(-303.5)}, {std::exp(-303.0)}});
  const FisherCombination below = combine({{std::exp(-303.6)}, {std::exp(-303.0)}});
  EXPECT_NEAR(above.log_p + 606.5 - std::log(607.5), 0, 1e-9);
  EXPECT_NEAR(below.log_p + 606.6 - std::log(607.6), 0, 1e-9);
}

TEST(FisherCombination, of_significances_is_that_of_their_p_values) {
  const std::vector<Significance> z = {{-1.2}, {0.0}, {2.5}};
  const std::vector<PValue> p = {to_p_value(z[0]), to_p_value(z[1]), to_p_value(z[2])};
  EXPECT_NEAR(combine_fisher(std::span<const Significance>(z)).z.z, combine(p).z.z, 1e-12);
  const std::vector<Significance> far = {{60}};
  EXPECT_NEAR(combine_fisher(std::span<const Significance>(far)).z.z, 60, 1e-9);
}

TEST(FisherCombination, has_edges) {
  EXPECT_EQ(combine({{0}, {0.5}}).p.value, 0);
  EXPECT_EQ(combine({{0}, {0.5}}).z.z, kInfinity);
  EXPECT_EQ(combine({{1}, {1}}).p.value, 1);
  EXPECT_EQ(combine({{1}, {1}}).z.z, -kInfinity);
  test::expect_throws_with<base::InputError>([] { static_cast<void>(combine({})); }, "0 p-values", "at least one");
  test::expect_throws_with<base::InputError>(
      [] {
        static_cast<void>(combine({{0.5}, {1.5}}));
      },
      "number 1 is 1.5", "pass probabilities");
  test::expect_throws_with<base::InputError>([] { static_cast<void>(combine({{NAN}})); }, "number 0 is nan");
}

TEST(LogPValue, agrees_with_the_p_value_and_with_its_inverse) {
  for (const double z : {-3.0, 0.0, 5.0, 29.9, 30.1, 37.0}) {
    EXPECT_NEAR(log_p_value({z}) / std::log(to_p_value({z}).value), 1, 1e-11) << z;
  }
  for (const double z : {-5.0, 1.0, 30.0, 34.7, 100.0, 1e6}) {
    EXPECT_NEAR(significance_of_log(log_p_value({z})).z, z, 1e-9 * std::abs(z)) << z;
  }
  EXPECT_EQ(log_p_value({kInfinity}), -kInfinity);
  EXPECT_EQ(significance_of_log(-kInfinity).z, kInfinity);
  test::expect_throws_with<base::InputError>([] { static_cast<void>(significance_of_log(0.1)); }, "0.1", "pass ln p");
}

}  // namespace
}  // namespace eddy::stats
