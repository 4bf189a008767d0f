#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/calibration.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

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
  const float a_little = 1e-6F;  // events of one score would pass together
  const ScoreCalibration twice({0.1F, 0.4F, 0.4F + a_little, 0.7F, 0.7F + a_little, 0.9F});
  const ScoreCalibration weighted({0.9F, 0.4F, 0.7F, 0.1F, 0.0F, -1.0F}, {1, 2, 2, 1, 0, 0});  // in any order
  for (const float score : {-2.0F, 0.05F, 0.3F, 0.5F, 0.8F, 1.0F}) {
    EXPECT_FLOAT_EQ(weighted.efficiency(score), twice.efficiency(score)) << "score " << score;
  }
  for (const double efficiency : {0.2, 0.3, 0.6}) {
    EXPECT_NEAR(weighted.threshold(efficiency), twice.threshold(efficiency), 2 * a_little)
        << "efficiency " << efficiency;
  }
}

TEST(ScoreCalibration, tied_events_with_weights_pass_as_a_whole) {
  const ScoreCalibration calibration({0.9F, 0.9F, 0.1F, 0.1F}, {3, 1, 2, 2});  // mean weight 2
  EXPECT_FLOAT_EQ(calibration.efficiency(0.9F), 1 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.5F), (2 + 1) / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.1F), (2 + 1) / 5.0F);
  EXPECT_EQ(calibration.threshold(0.4), 0.9F);
  EXPECT_DOUBLE_EQ(calibration.kept(0.4).weight, 2);
}

TEST(ScoreCalibration, efficiency_counts_the_scores_above_and_the_event_itself) {
  const ScoreCalibration calibration({0.5F, 0.2F, 0.5F, 0.9F});
  EXPECT_FLOAT_EQ(calibration.efficiency(1.0F), 1 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.9F), 1 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.6F), 2 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.5F), 2 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.4F), 4 / 5.0F);
  EXPECT_FLOAT_EQ(calibration.efficiency(0.0F), 1.0F);
}

// A search with counts as features kept 0 of 129 events, because the group of the highest score was larger than that.
TEST(ScoreCalibration, ties_pass_as_a_whole) {
  const ScoreCalibration same(std::vector<float>(99, 0.5F));
  EXPECT_EQ(same.threshold(1.0), -kInfinity);
  EXPECT_EQ(same.threshold(0.1), 0.5F);
  EXPECT_EQ(same.threshold(0.01), 0.5F) << "one of them was asked for";
  EXPECT_DOUBLE_EQ(same.kept(0.1).weight, 99);
  EXPECT_EQ(same.kept(0.1).n_tied, 99U);
  std::vector<float> scores(40, 0.9F);
  scores.insert(scores.end(), 59, 0.1F);
  const ScoreCalibration two(scores);
  EXPECT_EQ(two.threshold(0.1), 0.9F);
  EXPECT_DOUBLE_EQ(two.kept(0.4).weight, 40) << "the 40 are 40 % of 99 + 1";
  EXPECT_EQ(two.threshold(0.45), 0.1F) << "the cut reaches into the lower group";
  EXPECT_EQ(two.threshold(0.005), kInfinity) << "no event was asked for";
  EXPECT_DOUBLE_EQ(two.kept(0.005).weight, 0);
}

TEST(ScoreCalibration, keeps_what_is_asked_for_or_more_by_one_group_at_most) {
  for (const std::size_t n_ties : {1U, 3U, 50U, 400U}) {
    const ScoreCalibration calibration(tied_scores(999, n_ties));
    for (const double e : {0.003, 0.01, 0.1, 0.3, 0.7}) {
      const ScoreCalibration::Kept kept = calibration.kept(e);
      const double asked = e * 1000;
      EXPECT_GT(kept.weight, asked - 1) << n_ties << " " << e;
      EXPECT_LT(kept.weight, asked + static_cast<double>(kept.n_tied)) << n_ties << " " << e;
    }
  }
}

TEST(RealisedCut, is_the_fraction_of_all_folds_and_is_said_where_ties_move_it) {
  std::vector<float> tied(60, 0.9F);
  tied.insert(tied.end(), 40, 0.1F);
  std::vector<float> apart(100);
  for (std::size_t i = 0; i < apart.size(); ++i) {
    apart[i] = static_cast<float>(i);
  }
  const std::vector<ScoreCalibration> folds = {ScoreCalibration(tied), ScoreCalibration(apart)};
  const RealisedCut cut = realised_cut(folds, 0.1);
  EXPECT_DOUBLE_EQ(cut.efficiency, (60 + 10) / 200.0);
  EXPECT_EQ(cut.n_tied, 60U);
  const std::string warning = tie_warning(cut, 0.1, "the template");
  for (const char* part : {"efficiency 0.1", "same score", "up to 60", "ties are kept whole", "0.35 of the template"}) {
    EXPECT_NE(warning.find(part), std::string::npos) << warning;
  }
  const std::vector<ScoreCalibration> good = {ScoreCalibration(apart), ScoreCalibration(apart)};
  EXPECT_EQ(tie_warning(realised_cut(good, 0.1), 0.1, "the template"), "");
  EXPECT_EQ(tie_warning(realised_cut({}, 0.1), 0.1, "the template"), "");
}

// Events of the reference (resonant searches: of the signal region) and others (of the sidebands) of the same density
// pass equally often: of n reference events k, of others k in n + 1. One event less passed in the signal region for
// each fold: half of what the sidebands predicted, in a search with 240 events in a fold and a cut of 1 %.
TEST(ScoreCalibration, passes_events_of_the_reference_as_often_as_others) {
  constexpr std::size_t kReference = 240;
  constexpr std::size_t kTrials = 4000;
  base::RandomStream stream({6}, "uniform");
  for (const double e : {0.01, 0.03, 0.1}) {
    const auto k = std::floor(e * (kReference + 1));
    double sum = 0;
    double squares = 0;
    for (std::size_t trial = 0; trial < kTrials; ++trial) {
      std::vector<float> reference(kReference);
      std::ranges::generate(reference, [&] { return static_cast<float>(stream.uniform()); });
      const ScoreCalibration calibration(reference);
      EXPECT_EQ(calibration.kept(e).weight, k);
      EXPECT_EQ(
          std::ranges::count_if(reference, [&](float s) { return calibration.efficiency(s) <= static_cast<float>(e); }),
          k);
      const double others = 1 - double{calibration.threshold(e)};  // what passes of a uniform density
      sum += others;
      squares += others * others;
    }
    const double mean = sum / kTrials;
    const double error = std::sqrt((squares / kTrials - mean * mean) / kTrials);
    EXPECT_NEAR(mean, k / (kReference + 1), 4 * error) << e;
  }
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
  EXPECT_EQ(calibration.threshold(0.25), 0.6F);
  EXPECT_EQ(calibration.threshold(0.5), 0.4F);
  EXPECT_EQ(calibration.threshold(0.99), 0.2F);
  EXPECT_EQ(calibration.threshold(1.0), -kInfinity);
  const ScoreCalibration empty({});
  EXPECT_EQ(empty.efficiency(0.3F), 1.0F);
  EXPECT_EQ(empty.threshold(0.5), kInfinity);
}

TEST(ScoreCalibration, weights_of_one_change_no_bit) {
  for (const std::size_t n_ties : {1U, 7U}) {
    const std::vector<float> scores = tied_scores(499, n_ties);
    const ScoreCalibration plain(scores);
    const ScoreCalibration weighted(scores, std::vector<float>(scores.size(), 1.0F));
    for (const float score : scores) {
      EXPECT_EQ(weighted.efficiency(score), plain.efficiency(score));
    }
    for (const double e : {0.01, 0.1, 0.5}) {
      EXPECT_EQ(weighted.threshold(e), plain.threshold(e));
      EXPECT_EQ(weighted.kept(e).weight, plain.kept(e).weight);
      EXPECT_EQ(weighted.kept(e).effective, plain.kept(e).effective);
    }
  }
  EXPECT_TRUE(ScoreCalibration({0.1F, 0.2F}, {}).weights().empty());
}

TEST(WeightWarning, is_said_where_few_effective_events_pass_a_cut) {
  std::vector<float> scores(1000);
  std::vector<float> weights(1000, 1.0F);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = static_cast<float>(i);
  }
  weights[990] = 100;  // with this one 115 of 1099 pass, of an effective size of 115^2 / 10015 = 1.32
  const std::vector<ScoreCalibration> folds = {ScoreCalibration(scores, weights)};
  const std::string warning = weight_warning(realised_cut(folds, 0.105), 0.105, "the template");
  EXPECT_NE(warning.find("1.32 effective events of the template"), std::string::npos) << warning;
  EXPECT_EQ(weight_warning(realised_cut({&folds[0], 1}, 0.5), 0.5, "the template"), "");
  EXPECT_THROW(ScoreCalibration({0.1F}, {0.0F}), base::InputError);
}

}  // namespace
}  // namespace eddy::search
