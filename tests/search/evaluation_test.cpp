#include <eddy/search/evaluation.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

constexpr std::size_t kBackground = 40000;
// Signal is ranked among the background of its fold: between two background events it ties with the upper one.
constexpr double kOneEvent = 2.0 / kBackground;

/// Background scores evenly in (0, 1); half of the signal scores above all of them, the other half below.
ScoredTruth half_perfect() {
  ScoredTruth scored;
  for (std::size_t i = 0; i < kBackground; ++i) {
    scored.background.push_back((static_cast<float>(i) + 0.5F) / kBackground);
    scored.background_fold.push_back(static_cast<std::uint8_t>(i % 2));
  }
  for (std::size_t i = 0; i < 1000; ++i) {
    scored.signal.push_back(i < 500 ? 2.0F : -1.0F);
    scored.signal_fold.push_back(static_cast<std::uint8_t>(i % 2));
  }
  return scored;
}

TEST(Evaluate, gives_the_known_significance_improvement) {
  const Evaluation evaluation = evaluate("known", half_perfect(), 2);
  EXPECT_EQ(evaluation.name, "known");
  EXPECT_NEAR(evaluation.auc, 0.5, kOneEvent);
  // eps_S = 1/2 at every background efficiency: SIC = 1 / (2 sqrt(eps_B)), quoted down to 20 background events.
  EXPECT_NEAR(evaluation.sic.at_1e2, 0.5 / std::sqrt(1e-2), 1e-9);
  EXPECT_NEAR(evaluation.sic.at_1e3, 0.5 / std::sqrt(1e-3), 1e-9);
  EXPECT_NEAR(evaluation.sic.max, 0.5 / std::sqrt(20.0 / kBackground), 1e-9);
  EXPECT_NEAR(evaluation.sic.efficiency_background, 20.0 / kBackground, 1e-12);
}

TEST(Evaluate, perfect_and_no_separation) {
  ScoredTruth scored = half_perfect();
  std::ranges::fill(scored.signal, 2.0F);
  EXPECT_NEAR(evaluate("", scored, 2).auc, 1 - kOneEvent / 2, 1e-9)
      << "the best background event passes with all above it";
  std::ranges::fill(scored.signal, -1.0F);
  EXPECT_NEAR(evaluate("", scored, 2).auc, 0.0, kOneEvent);
  std::ranges::fill(scored.signal, 0.5F);
  std::ranges::fill(scored.background, 0.5F);
  EXPECT_EQ(evaluate("", scored, 2).auc, 0.5);
}

TEST(Evaluate, does_not_depend_on_the_scale_of_a_folds_scores) {
  ScoredTruth scored = half_perfect();
  for (std::size_t i = 0; i < scored.signal.size(); ++i) {
    scored.signal[i] = static_cast<float>(i) / 1000;
  }
  const Evaluation before = evaluate("", scored, 2);
  const auto stretch = [](std::vector<float>& scores, const std::vector<std::uint8_t>& fold) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = fold[i] == 1 ? 7 + 100 * scores[i] : scores[i];
    }
  };
  stretch(scored.background, scored.background_fold);
  stretch(scored.signal, scored.signal_fold);
  const Evaluation after = evaluate("", scored, 2);
  EXPECT_NEAR(after.auc, before.auc, 1e-4);  // rounding of 7 + 100 s may tie neighbours: 1e-6 of the scores
  EXPECT_NEAR(after.sic.at_1e2, before.sic.at_1e2, 0.02);
}

TEST(CountRegions, every_event_is_in_one_region) {
  const std::vector<float> efficiency = {0.01F, 0.02F, 0.5F, 0.01F, 0.9F, 0.010001F};
  const std::vector<std::uint8_t> signal_region = {1, 1, 1, 0, 0, 0};
  const stats::AbcdCounts counts = count_regions(efficiency, signal_region, 0.01);
  EXPECT_EQ(counts.a, 1);  // equal passes
  EXPECT_EQ(counts.b, 2);
  EXPECT_EQ(counts.c, 1);
  EXPECT_EQ(counts.d, 2);
  RegionSums sums;
  add_regions(efficiency, signal_region, {}, 0.01, 0.25, sums);
  const stats::AbcdCounts weighted = sums.sum;
  EXPECT_EQ(weighted.a + weighted.b + weighted.c + weighted.d, 0.25 * 6);
}

TEST(ClosurePoint, is_predicted_over_observed) {
  const ClosurePoint point = closure_point(0.1, {90, 1000, 400, 4000}, 80);
  EXPECT_EQ(point.efficiency, 0.1);
  EXPECT_NEAR(point.predicted, 100, 1e-12);
  EXPECT_NEAR(point.ratio, 100 / 80.0, 1e-12);
  EXPECT_NEAR(point.ratio_error, 100 * std::sqrt(1 / 1000.0 + 1 / 400.0 + 1 / 4000.0) / 80, 1e-12);
  EXPECT_NEAR(point.observed_error, 1 / std::sqrt(80.0), 1e-12);
}

TEST(ClosurePoint, without_observed_events_says_nothing) {
  const ClosurePoint point = closure_point(0.1, {0, 1000, 400, 4000}, 0);
  EXPECT_EQ(point.ratio, 0);
  EXPECT_EQ(point.observed_error, 1);
}

TEST(ClosureEfficiencies, fall_from_one_half_to_where_five_events_are_left) {
  for (const double n : {200.0, 20000.0}) {
    const std::vector<double> efficiencies = closure_efficiencies({0.01, 0.001}, n);
    EXPECT_TRUE(std::ranges::is_sorted(efficiencies, std::greater<>()));
    EXPECT_EQ(efficiencies.front(), 0.5);
    for (const double working_point : {0.01, 0.001}) {
      EXPECT_EQ(std::ranges::count(efficiencies, working_point), 1);
    }
    const double smallest = efficiencies.back();
    EXPECT_TRUE(smallest == 0.001 || smallest * n >= 5) << smallest;
    for (std::size_t i = 1; i < efficiencies.size(); ++i) {
      EXPECT_GT(efficiencies[i - 1] / efficiencies[i], 1.05) << efficiencies[i];
    }
  }
  EXPECT_EQ(closure_efficiencies({0.01}, 4).size(), 1U);
}

/// 301 events, ten copies of each: a classifier that was trained on one knows the others.
TEST(LatentGate, is_not_closed_by_copies) {
  constexpr std::size_t kDifferent = 301;  // odd, so that copies stand in even and odd rows
  Sample events;
  events.x = base::Matrix(10 * kDifferent, 2);
  base::Matrix different(kDifferent, 2);
  base::fill_normal(base::RandomStream({7}, "latent"), 0, different.values());
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::ranges::copy(different.row(i * 7 % kDifferent), events.x.row(i).begin());
    events.group.push_back(i * 7 % kDifferent);
  }
  const test::TemporaryFolder folder;
  const LatentGate gate = latent_gate(events.x, events, {}, base::TaskStore(folder.path()), {});
  // Half of 301 events judge in either fold: sqrt(1 / 12 / 150) = 0.024 each.
  EXPECT_NEAR(gate.auc, 0.5, 0.05);
}

TEST(AddRegions, whole_weights_stand_for_copies) {
  const std::vector<float> efficiency = {0.01F, 0.02F, 0.5F, 0.01F, 0.9F};
  const std::vector<std::uint8_t> signal_region = {1, 1, 1, 0, 0};
  const std::vector<float> weight = {2, 1, -1, 3, 1};
  RegionSums sums;
  add_regions(efficiency, signal_region, weight, 0.01, 1, sums);
  EXPECT_EQ(sums.sum.a, 2);
  EXPECT_EQ(sums.sum.b, 0);
  EXPECT_EQ(sums.sum.c, 3);
  EXPECT_EQ(sums.variance.a, 4);
  EXPECT_EQ(sums.variance.b, 2) << "a negative event fluctuates as a positive one does";
}

/// Score and region are independent, so predicted / observed scatters around 1 by its error: sums of squared weights.
TEST(ClosurePoint, errors_of_weighted_events_cover) {
  constexpr int kToys = 1000;
  constexpr std::size_t kEvents = 4000;
  base::RandomStream stream({11}, "closure toys");
  int n_within = 0;
  for (int toy = 0; toy < kToys; ++toy) {
    std::vector<float> efficiency(kEvents);
    std::vector<float> weight(kEvents);
    std::vector<std::uint8_t> signal_region(kEvents);
    for (std::size_t i = 0; i < kEvents; ++i) {
      efficiency[i] = static_cast<float>(stream.uniform());
      signal_region[i] = stream.uniform() < 0.3 ? 1 : 0;
      const double u = stream.uniform();
      weight[i] = static_cast<float>(u < 0.1 ? 4 : u < 0.2 ? -0.5 : 0.5);  // an effective size of a third
    }
    RegionSums sums;
    add_regions(efficiency, signal_region, weight, 0.2, 1, sums);
    const ClosurePoint point = closure_point(0.2, sums);
    n_within += std::abs(point.ratio - 1) < std::hypot(point.ratio_error, point.ratio * point.observed_error) ? 1 : 0;
  }
  // 68.3 % of the toys within one error, the binomial error of which is 1.5 %; Poisson errors of the sums would give 48
  // %.
  EXPECT_NEAR(n_within / static_cast<double>(kToys), 0.683, 4 * 0.015);
}

TEST(Evaluate, weighs_the_signal) {
  ScoredTruth scored = half_perfect();
  const Evaluation plain = evaluate("", scored, 2);
  scored.signal_weight.assign(scored.signal.size(), 1.0F);
  EXPECT_EQ(evaluate("", scored, 2).auc, plain.auc);
  EXPECT_EQ(evaluate("", scored, 2).sic.max, plain.sic.max);
  for (std::size_t i = 0; i < 500; ++i) {
    scored.signal_weight[i] = 3;  // those that score above all background: three quarters of the sum
  }
  EXPECT_NEAR(evaluate("", scored, 2).auc, 0.75, kOneEvent);
  EXPECT_NEAR(evaluate("", scored, 2).sic.at_1e2, 0.75 / std::sqrt(1e-2), 1e-9);
}

}  // namespace
}  // namespace eddy::search
