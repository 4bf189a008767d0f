#include <eddy/base/random.hpp>
#include <eddy/search/calibration.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace eddy::search {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// `n` scores of which about n / `n_ties` share each value.
std::vector<float> tied_scores(std::size_t n, std::size_t n_ties) {
  base::RandomStream stream({4}, "scores");
  std::vector<float> scores(n);
  std::ranges::generate(
      scores, [&] { return static_cast<float>(stream.below(n / n_ties + 1)) / static_cast<float>(n / n_ties + 1); });
  return scores;
}

TEST(ScoreCalibration, threshold_and_efficiency_make_the_same_cut) {
  for (const std::size_t n : {1U, 2U, 19U, 99U, 999U, 1000U}) {
    for (const std::size_t n_ties : {1U, 3U, 1000U}) {
      const ScoreCalibration calibration(tied_scores(n, n_ties));
      std::vector<float> tried(calibration.scores().begin(), calibration.scores().end());
      for (const float score : calibration.scores()) {
        tried.push_back(std::nextafter(score, kInfinity));
        tried.push_back(std::nextafter(score, -kInfinity));
      }
      tried.insert(tried.end(), {-1.0F, 2.0F});
      for (const double e : {1e-6, 0.001, 0.003, 0.01, 0.02, 1 / 3.0, 0.5, 0.999, 1.0}) {
        const float threshold = calibration.threshold(e);
        for (const float score : tried) {
          EXPECT_EQ(score >= threshold, calibration.efficiency(score) <= static_cast<float>(e))
              << "n = " << n << ", ties = " << n_ties << ", efficiency = " << e << ", score = " << score;
        }
      }
    }
  }
}

TEST(ScoreCalibration, an_event_of_weight_two_counts_as_two) {
  const ScoreCalibration twice({0.1F, 0.4F, 0.4F, 0.7F, 0.7F, 0.9F});
  const ScoreCalibration weighted({0.9F, 0.4F, 0.7F, 0.1F, 0.0F, -1.0F}, {1, 2, 2, 1, 0, 0});  // in any order
  for (const float score : {-2.0F, 0.1F, 0.3F, 0.4F, 0.5F, 0.7F, 0.9F, 1.0F}) {
    EXPECT_FLOAT_EQ(weighted.efficiency(score), twice.efficiency(score)) << "score " << score;
  }
  for (const double efficiency : {0.2, 0.5, 0.8}) {
    EXPECT_EQ(weighted.threshold(efficiency), twice.threshold(efficiency)) << "efficiency " << efficiency;
  }
}

TEST(ScoreCalibration, efficiency_counts_the_scores_at_least_as_high) {
  const ScoreCalibration calibration({0.5F, 0.2F, 0.5F, 0.9F});
  EXPECT_FLOAT_EQ(calibration.efficiency(1.0F), 1 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.9F), 2 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.6F), 2 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.5F), 4 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.0F), 1.0F);
}

TEST(ScoreCalibration, ties_are_never_split) {
  const ScoreCalibration calibration(std::vector<float>(99, 0.5F));
  EXPECT_EQ(calibration.threshold(1.0), -kInfinity);
  EXPECT_EQ(calibration.threshold(0.99), std::nextafter(0.5F, kInfinity));  // half of the tied events cannot pass
}

TEST(ScoreCalibration, keeps_the_wanted_fraction_of_fresh_background) {
  base::RandomStream stream({5}, "uniform");
  std::vector<float> reference(20000);
  std::ranges::generate(reference, [&] { return static_cast<float>(stream.uniform()); });
  const ScoreCalibration calibration(reference);
  constexpr double kFresh = 100000;
  for (const double e : {0.001, 0.01, 0.1}) {
    double n_pass = 0;
    for (int i = 0; i < static_cast<int>(kFresh); ++i) {
      n_pass += static_cast<float>(stream.uniform()) >= calibration.threshold(e) ? 1 : 0;
    }
    // Binomial spread of the fresh sample and of the reference that fixed the threshold, four sigma.
    EXPECT_NEAR(n_pass / kFresh, e, 4 * std::sqrt(e / kFresh + e / 20000));
  }
}

TEST(ScoreCalibration, extremes) {
  const ScoreCalibration calibration({0.2F, 0.4F, 0.6F});
  EXPECT_EQ(calibration.threshold(0.2), kInfinity);  // below 1 / (n + 1) nothing can pass
  EXPECT_EQ(calibration.threshold(0.25), std::nextafter(0.6F, kInfinity));
  EXPECT_EQ(calibration.threshold(0.5), std::nextafter(0.4F, kInfinity));
  EXPECT_EQ(calibration.threshold(0.99), std::nextafter(0.2F, kInfinity));
  EXPECT_EQ(calibration.threshold(1.0), -kInfinity);
  const ScoreCalibration empty({});
  EXPECT_EQ(empty.efficiency(0.3F), 1.0F);
  EXPECT_EQ(empty.threshold(0.5), kInfinity);
}

}  // namespace
}  // namespace eddy::search
