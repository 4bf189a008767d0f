#include <eddy/stats/poisson_tail.hpp>

#include <gtest/gtest.h>

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace eddy::stats {
namespace {

/// `z` standard deviations from a count, after Wilson and Hilferty.
double mean_at(double count, double z) { return count * std::pow(1 - 1 / (9 * count) + z / (3 * std::sqrt(count)), 3); }

TEST(PoissonTail, is_the_incomplete_gamma_function_for_few_and_for_many) {
  for (const double count : {0.5, 3.0, 1e3, 1e4, 1.1e4, 1e6, 1e9}) {
    for (const double z : {-5.0, -1.0, -0.01, 0.0, 0.02, 1.0, 5.0, 8.0}) {
      const double mean = mean_at(count, z);
      if (!(mean > 0)) {
        continue;
      }
      const double at_least = boost::math::gamma_p(count, mean);
      const double at_most = boost::math::gamma_q(count + 1, mean);
      EXPECT_NEAR(poisson_at_least(count, mean), at_least, 1e-9 * at_least) << count << " " << z;
      EXPECT_NEAR(poisson_at_most(count, mean), at_most, 1e-9 * at_most) << count << " " << z;
    }
  }
}

/// boost ends with an exception from 1e10 events, and from 1e6 where next to nothing is expected.
TEST(PoissonTail, has_an_answer_for_each_count_and_mean) {
  for (double log_count = -300; log_count <= 300; log_count += 3.7) {
    const double count = std::pow(10, log_count);
    double before = 1;
    for (double log_mean = -320; log_mean <= 308; log_mean += 1.3) {
      const double mean = std::pow(10, log_mean);
      const double at_least = poisson_at_least(count, mean);
      const double at_most = poisson_at_most(count, mean);
      EXPECT_TRUE(at_least >= 0 && at_least <= 1) << count << " " << mean << " " << at_least;
      EXPECT_TRUE(at_most >= 0 && at_most <= before + 1e-9) << count << " " << mean << " " << at_most;
      before = at_most;
    }
  }
  EXPECT_EQ(poisson_at_most(5, 0), 1);
  EXPECT_EQ(poisson_at_least(5, 0), 0);
}

}  // namespace
}  // namespace eddy::stats
