#include <eddy/base/random.hpp>
#include <eddy/stats/poisson_quantile.hpp>
#include <eddy/stats/predictive_ratio.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace eddy::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(PredictiveRatio, IsTheGeometricMean) {
  const auto ratio = predictive_ratio(std::vector{199.5, 49.5}, std::vector{99.5, 99.5});  // 2 and 1/2, with the halves
  ASSERT_TRUE(ratio.has_value());
  EXPECT_NEAR(ratio->factor, 1, 1e-12);
  // Two values ln 2 and -ln 2: sd sqrt(2) ln 2; Student's t with one degree of freedom is Cauchy: tan(pi (0.8413 -
  // 0.5)).
  const double t = std::tan(M_PI * (0.5 * std::erfc(-std::sqrt(0.5)) - 0.5));
  EXPECT_NEAR(ratio->error, t * std::sqrt(2) * std::log(2) * std::sqrt(1.5), 1e-9);
}

TEST(PredictiveRatio, CountsOnlyWhatHasAPrediction) {
  EXPECT_FALSE(predictive_ratio(std::vector{10.0}, std::vector{10.0}).has_value());
  EXPECT_FALSE(predictive_ratio(std::vector{10.0, 12.0}, std::vector{10.0, kNaN}).has_value());
  const auto two = predictive_ratio(std::vector{10.0, 12.0, 99.0}, std::vector{10.0, 11.0, kNaN});
  const auto same = predictive_ratio(std::vector{10.0, 12.0}, std::vector{10.0, 11.0});
  EXPECT_EQ(two->factor, same->factor);
  EXPECT_EQ(two->error, same->error);
}

TEST(PredictiveRatio, IsFiniteForEmptyCounts) {
  const auto ratio = predictive_ratio(std::vector{0.0, 3.0}, std::vector{2.0, 0.0});
  EXPECT_TRUE(std::isfinite(ratio->factor));
  EXPECT_TRUE(std::isfinite(ratio->error));
}

/// Of 2,000 sets of four experiments, whose ratios scatter by 5 % about 1.1, the next ratio lies within one error of
/// the factor in 68.3 %, within the binomial error of 2,000 (three standard deviations: 3.1 %).
TEST(PredictiveRatio, CoversTheNextExperiment) {
  base::RandomStream random({7}, "predictive ratio");
  const auto draw = [&] { return 1.1 * std::exp(0.05 * random.normal()); };
  int covered = 0;
  constexpr int kSets = 2000;
  for (int set = 0; set < kSets; ++set) {
    std::vector<double> observed;
    for (int i = 0; i < 4; ++i) {
      observed.push_back(1e6 * draw());
    }
    const auto ratio = predictive_ratio(observed, std::vector<double>(4, 1e6));
    covered += std::abs(std::log(draw() / ratio->factor)) < ratio->error ? 1 : 0;
  }
  EXPECT_NEAR(covered / double{kSets}, 0.683, 0.031);
}

}  // namespace
}  // namespace eddy::stats
