#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/independence.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::stats {
namespace {

/// `n` values whose mean moves by `shift` of their width for each width of the context; whole numbers if `rounded`.
double p_of(std::size_t n, double shift, bool rounded, std::uint64_t seed) {
  base::RandomStream stream({seed}, "independence");
  std::vector<float> x;
  std::vector<float> context;
  for (std::size_t i = 0; i < n; ++i) {
    const double m = stream.normal();
    const double value = shift * m + stream.normal();
    x.push_back(static_cast<float>(rounded ? std::round(value) : value));
    context.push_back(static_cast<float>(m));
  }
  return independence_p_value(x, context);
}

TEST(Independence, p_is_uniform_where_nothing_depends) {
  for (const bool rounded : {false, true}) {
    constexpr int kExperiments = 400;
    int n_small = 0;
    double sum = 0;
    for (int i = 0; i < kExperiments; ++i) {
      const double p = p_of(2000, 0, rounded, static_cast<std::uint64_t>(i));
      sum += p;
      n_small += p < 0.05 ? 1 : 0;
    }
    // Three standard errors: of a mean of uniform numbers, and binomial.
    EXPECT_NEAR(sum / kExperiments, 0.5, 3 * 0.289 / std::sqrt(kExperiments)) << rounded;
    EXPECT_NEAR(n_small / double{kExperiments}, 0.05, 3 * std::sqrt(0.05 * 0.95 / kExperiments)) << rounded;
  }
}

TEST(Independence, sees_what_moves) {
  EXPECT_LT(p_of(20000, 0.1, false, 1), 1e-6);
  EXPECT_LT(p_of(20000, 0.1, true, 1), 1e-6);
}

TEST(Independence, sees_a_width_that_grows_without_a_mean_that_moves) {
  base::RandomStream stream({1}, "width");
  std::vector<float> x;
  std::vector<float> context;
  for (int i = 0; i < 20000; ++i) {
    context.push_back(static_cast<float>(stream.uniform()));
    x.push_back(static_cast<float>((1 + 0.3 * context.back()) * stream.normal()));
  }
  EXPECT_LT(independence_p_value(x, context), 1e-6);
}

TEST(Independence, of_a_single_value_is_certain) {
  const std::vector<float> same(1000, 2.0F);
  std::vector<float> context(1000);
  std::generate(context.begin(), context.end(), [i = 0]() mutable { return static_cast<float>(i++); });
  EXPECT_EQ(independence_p_value(same, context), 1);
}

TEST(Independence, refuses_too_little) {
  const std::vector<float> few(399, 1.0F);
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(independence_p_value(few, few)); }, "399 values",
                                             "400 or more");
}

}  // namespace
}  // namespace eddy::stats
