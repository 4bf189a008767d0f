#include <eddy/search/retrainings.hpp>

#include <gtest/gtest.h>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace eddy::search {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(MedianBands, of_one_retraining_is_its_value) {
  const std::vector<MedianBand> bands = median_bands({0.1, 0.01}, {{3.0, -1.0}});
  ASSERT_EQ(bands.size(), 2U);
  EXPECT_EQ(bands[0].efficiency, 0.1);
  for (const double value : {bands[0].median, bands[0].low, bands[0].high}) {
    EXPECT_EQ(value, 3);
  }
  for (const double value : {bands[1].median, bands[1].low, bands[1].high}) {
    EXPECT_EQ(value, -1);
  }
}

TEST(MedianBands, are_the_quantiles_of_one_gaussian_sigma) {
  // The values 0 ... 100 in another order: the q-quantile is 100 q.
  std::vector<std::vector<double>> values;
  for (int i = 0; i <= 100; ++i) {
    values.push_back({static_cast<double>((37 * i) % 101)});
  }
  const double tail = 0.5 * std::erfc(1 / std::numbers::sqrt2);
  const MedianBand band = median_bands({0.5}, values).at(0);
  EXPECT_NEAR(band.median, 50, 1e-12);
  EXPECT_NEAR(band.low, 100 * tail, 1e-10);
  EXPECT_NEAR(band.high, 100 * (1 - tail), 1e-10);
}

TEST(MedianBands, of_an_even_number_lies_between_the_middle_two) {
  EXPECT_EQ(median_bands({0.5}, {{4.0}, {1.0}, {2.0}, {100.0}}).at(0).median, 3);
}

TEST(MedianBands, leave_out_what_is_not_a_number) {
  const std::vector<MedianBand> bands =
      median_bands({0.3, 0.2, 0.1}, {{1.0, kNan, kNan}, {2.0, 5.0, kNan}, {3.0, kNan, kNan}});
  ASSERT_EQ(bands.size(), 2U);
  EXPECT_EQ(bands[0].median, 2);
  EXPECT_EQ(bands[1].efficiency, 0.2);
  EXPECT_EQ(bands[1].median, 5);
  EXPECT_EQ(bands[1].low, 5);
  EXPECT_TRUE(median_bands({0.5}, {}).empty());
}

TEST(MeanOverRetrainings, is_the_mean_of_each_event) {
  EXPECT_EQ(mean_over_retrainings({{0.25F, 1.0F}, {0.75F, 0.0F}}), (std::vector<float>{0.5F, 0.5F}));
  EXPECT_EQ(mean_over_retrainings({{0.1F, 0.7F}}), (std::vector<float>{0.1F, 0.7F}));
  EXPECT_TRUE(mean_over_retrainings({{}, {}}).empty());
}

/// Ratios of known densities, another one in every fold and retraining.
Detectors ratio_detectors(std::size_t n_folds, std::size_t n_retrainings) {
  Detectors detectors(n_folds);
  for (std::size_t k = 0; k < n_folds; ++k) {
    for (std::size_t r = 0; r < n_retrainings; ++r) {
      Detector detector;
      detector.background = gaussian_flow(resonance_background(500, 1, 0));
      detector.data = gaussian_flow(resonance_background(500, 10 * k + r + 2, 0.1));
      detectors[k].push_back(std::move(detector));
    }
  }
  return detectors;
}

TEST(OutOfFoldScores, each_event_by_the_detectors_of_its_own_fold_alone) {
  const Detectors detectors = ratio_detectors(3, 2);
  const Sample sample = resonance_background(600, 99, 0);
  std::vector<std::uint8_t> fold(sample.size());
  for (std::size_t i = 0; i < fold.size(); ++i) {
    fold[i] = static_cast<std::uint8_t>((i * i) % 3);  // 0 or 1: the last fold has no events
  }
  const RetrainingScores scores = out_of_fold_scores(detectors, sample, fold, {}, "test");
  ASSERT_EQ(scores.size(), 2U);
  for (std::size_t r = 0; r < 2; ++r) {
    ASSERT_EQ(scores[r].size(), sample.size());
    std::size_t n_of_other = 0;
    for (std::size_t k = 0; k < 2; ++k) {
      const std::vector<float> direct = score_events(detectors[k][r], sample.x, sample.context);
      for (std::size_t i = 0; i < sample.size(); ++i) {
        if (fold[i] == k) {
          ASSERT_EQ(scores[r][i], direct[i]) << i;
        } else {
          n_of_other += scores[r][i] == direct[i] ? 1 : 0;
        }
      }
    }
    EXPECT_LT(n_of_other, 5U);  // detectors of different folds differ: equal scores are coincidences
  }
}

constexpr std::size_t kBackground = 40000;
constexpr std::size_t kSignal = 1000;

/// Background scores evenly in (0, 1); a fraction `efficiency` of the signal above all of them, the rest below.
struct KnownTruth {
  std::vector<std::uint8_t> background_fold;
  std::vector<std::uint8_t> signal_fold;
  std::vector<float> background;
  KnownTruth() {
    for (std::size_t i = 0; i < kBackground; ++i) {
      background_fold.push_back(static_cast<std::uint8_t>(i % 2));
      background.push_back((static_cast<float>(i) + 0.5F) / kBackground);
    }
    for (std::size_t i = 0; i < kSignal; ++i) {
      signal_fold.push_back(static_cast<std::uint8_t>(i % 2));
    }
  }
  [[nodiscard]] static std::vector<float> signal(double efficiency) {
    std::vector<float> scores;
    for (std::size_t i = 0; i < kSignal; ++i) {
      scores.push_back(static_cast<double>(i) < efficiency * kSignal ? 2.0F : -1.0F);
    }
    return scores;
  }
  /// One retraining for each signal efficiency.
  [[nodiscard]] Evaluation evaluate_with(const std::vector<double>& efficiencies) const {
    RetrainingTruth truth{background_fold, {}, signal_fold, {}};
    for (const double efficiency : efficiencies) {
      truth.background.push_back(background);
      truth.signal.push_back(signal(efficiency));
    }
    return evaluate_retrainings("known", truth, 2);
  }
};

/// Linear in log e between points of the curve, at most one event of each fold apart (2 of 20, at the lowest): c /
/// sqrt(e) has the relative error (log step)^2 / 32 there.
constexpr double kInterpolation = 3.2e-4;

TEST(EvaluateRetrainings, of_one_retraining_is_that_retraining) {
  const Evaluation evaluation = KnownTruth().evaluate_with({0.5});
  EXPECT_EQ(evaluation.name, "known");
  ASSERT_EQ(evaluation.retrainings.size(), 1U);
  EXPECT_EQ(evaluation.retrainings[0].auc, evaluation.auc);
  EXPECT_EQ(evaluation.retrainings[0].sic.max, evaluation.sic.max);
  EXPECT_EQ(evaluation.retrainings[0].sic.at_1e2, evaluation.sic.at_1e2);
  EXPECT_GT(evaluation.band.size(), 60U);  // 20 per decade, three decades down to 20 of 40000 events
  for (const MedianBand& band : evaluation.band) {
    EXPECT_EQ(band.low, band.median);
    EXPECT_EQ(band.high, band.median);
    if (band.efficiency < 0.999) {  // at 1, all signal passes
      EXPECT_NEAR(band.median * std::sqrt(band.efficiency), 0.5, 0.5 * kInterpolation) << band.efficiency;
    }
  }
}

TEST(EvaluateRetrainings, nothing_is_quoted_below_twenty_background_events) {
  for (const MedianBand& band : KnownTruth().evaluate_with({0.5, 0.7}).band) {
    EXPECT_GE(band.efficiency * kBackground, 20 * (1 - 1e-9));
  }
}

TEST(EvaluateRetrainings, band_spans_the_retrainings_and_the_mean_is_evaluated_itself) {
  const Evaluation evaluation = KnownTruth().evaluate_with({0.2, 0.4, 0.6});
  ASSERT_EQ(evaluation.retrainings.size(), 3U);
  EXPECT_NEAR(evaluation.retrainings[0].sic.at_1e2, 0.2 / 0.1, 1e-9);
  EXPECT_NEAR(evaluation.retrainings[2].sic.at_1e2, 0.6 / 0.1, 1e-9);
  // Quantiles of three values: the band reaches 0.68 of the way to the outer ones.
  const double reach = 0.2 * std::erf(1 / std::numbers::sqrt2);
  for (const MedianBand& band : evaluation.band) {
    if (band.efficiency < 0.999) {
      const double root = std::sqrt(band.efficiency);
      EXPECT_NEAR(band.median * root, 0.4, kInterpolation);
      EXPECT_NEAR(band.low * root, 0.4 - reach, kInterpolation);
      EXPECT_NEAR(band.high * root, 0.4 + reach, kInterpolation);
    }
  }
  // Mean signal scores: 2 for a fifth; (2 + 2 - 1) / 3 = 1 for the next, above the background too; 0 for another.
  EXPECT_NEAR(evaluation.sic.at_1e2, 0.4 / 0.1, 1e-9);
}

}  // namespace
}  // namespace eddy::search
