#include <eddy/base/error.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <boost/math/distributions/poisson.hpp>
#include <cmath>

namespace eddy::stats {
namespace {

double cumulative(double mean, double k) {
  return k < 0 ? 0 : boost::math::cdf(boost::math::poisson_distribution<>(mean), k);
}

TEST(PoissonQuantile, is_the_smallest_count_that_reaches_u) {
  for (const double mean : {1e-8, 0.3, 1.0, 4.7, 65.0, 435.5, 65000.0, 9.99e5}) {
    const PoissonQuantile quantile(mean);
    for (const double u : {1e-15, 1e-6, 0.02, 0.31, 0.5, 0.84, 0.999, 1 - 1e-9}) {
      const double k = quantile(u);
      // Sums of up to 2e4 probabilities: 1e-12 relative to u and to 1 - u's absolute rounding.
      EXPECT_GE(cumulative(mean, k), u * (1 - 1e-9)) << "mean " << mean << " u " << u;
      EXPECT_LE(cumulative(mean, k - 1), u * (1 + 1e-9)) << "mean " << mean << " u " << u;
    }
  }
}

TEST(PoissonQuantile, expansion_meets_the_table_at_large_means) {
  const double mean = 2 * PoissonQuantile::kExactMean;
  const PoissonQuantile quantile(mean);
  for (const double u : {1e-6, 0.02, 0.5, 0.84, 0.9999}) {
    // The error stated is 1 / mean in probability; one count of rounding is 1 / sqrt(2 pi mean) = 2.8e-4.
    EXPECT_NEAR(cumulative(mean, quantile(u)), u, 2.9e-4) << u;
  }
}

TEST(PoissonQuantile, an_empty_mean_gives_no_events) {
  const PoissonQuantile quantile(0);
  EXPECT_EQ(quantile(1e-16), 0);
  EXPECT_EQ(quantile(1 - 1e-16), 0);
}

TEST(PoissonQuantile, grows_with_the_mean_for_one_uniform) {
  for (const double u : {0.01, 0.4, 0.97}) {
    double last = 0;
    for (double mean = 0.5; mean < 50; mean *= 1.07) {
      const double k = PoissonQuantile(mean)(u);
      EXPECT_GE(k, last) << "mean " << mean;
      last = k;
    }
  }
}

TEST(PoissonQuantile, rejects_a_bad_mean) {
  test::expect_throws_with<base::InputError>([] { PoissonQuantile{-2.5}; }, "-2.5", "check the counts");
  test::expect_throws_with<base::InputError>([] { PoissonQuantile{std::nan("")}; }, "nan", "check the counts");
  test::expect_throws_with<base::InputError>([] { PoissonQuantile{INFINITY}; }, "inf", "check the counts");
}

}  // namespace
}  // namespace eddy::stats
