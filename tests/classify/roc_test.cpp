#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/classify/roc.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "check_throws.hpp"

namespace eddy::classify {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Normal scores around `mean`; `resolution` > 0 rounds them, which makes ties.
std::vector<float> normal_scores(const char* name, std::size_t n, float mean, float resolution = 0) {
  std::vector<float> scores(n);
  base::fill_normal(base::RandomStream({3}, name), 0, scores);
  for (float& score : scores) {
    score += mean;
    score = resolution > 0 ? std::round(score / resolution) * resolution : score;
  }
  return scores;
}

std::size_t n_passing(const std::vector<float>& scores, double threshold) {
  return static_cast<std::size_t>(
      std::count_if(scores.begin(), scores.end(), [&](float score) { return score >= threshold; }));
}

double pairwise_auc(const std::vector<float>& background, const std::vector<float>& signal) {
  double wins = 0;
  for (const float s : signal) {
    for (const float b : background) {
      wins += s > b ? 1.0 : (s == b ? 0.5 : 0.0);
    }
  }
  return wins / static_cast<double>(background.size()) / static_cast<double>(signal.size());
}

/// With and without ties, of unequal sizes.
class RocLaw : public testing::TestWithParam<float> {
 protected:
  const std::vector<float> background_ = normal_scores("background", 700, 0.0F, GetParam());
  const std::vector<float> signal_ = normal_scores("signal", 300, 1.0F, GetParam());
};

TEST_P(RocLaw, PointsCountTheEventsAtOrAboveTheirThreshold) {
  const std::vector<RocPoint> curve = roc_curve(background_, signal_);
  for (const RocPoint& point : curve) {
    ASSERT_EQ(point.n_background, n_passing(background_, point.threshold)) << point.threshold;
    ASSERT_EQ(point.n_signal, n_passing(signal_, point.threshold)) << point.threshold;
    ASSERT_DOUBLE_EQ(point.efficiency_background, static_cast<double>(point.n_background) / 700.0);
    ASSERT_DOUBLE_EQ(point.efficiency_signal, static_cast<double>(point.n_signal) / 300.0);
  }
}

TEST_P(RocLaw, CutsLoosenStrictlyFromNothingToEverything) {
  const std::vector<RocPoint> curve = roc_curve(background_, signal_);
  EXPECT_EQ(curve.front().n_background + curve.front().n_signal, 0U);
  EXPECT_EQ(curve.back().n_background + curve.back().n_signal, 1000U);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    ASSERT_LT(curve[i].threshold, curve[i - 1].threshold);
    ASSERT_GT(curve[i].n_background + curve[i].n_signal, curve[i - 1].n_background + curve[i - 1].n_signal);
  }
}

TEST_P(RocLaw, AreaIsThePairwiseProbability) {
  EXPECT_NEAR(auc(background_, signal_), pairwise_auc(background_, signal_), 1e-12);  // exact counts, few roundings
}

TEST_P(RocLaw, SwappedClassesGiveTheComplement) {
  EXPECT_NEAR(auc(background_, signal_) + auc(signal_, background_), 1.0, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Resolutions, RocLaw, testing::Values(0.0F, 0.25F, 10.0F));

TEST(Auc, OfTwoNormalsIsTheClosedForm) {
  const double value = auc(normal_scores("b", 200'000, 0.0F), normal_scores("s", 200'000, 1.0F));
  // Phi(1 / sqrt 2) = 0.76025; the standard error is below sqrt(A (1 - A) / n) = 0.00095 (Hanley and McNeil 1982)
  EXPECT_NEAR(value, 0.76025, 5 * 0.00095);
}

TEST(Auc, OfEqualScoresIsOneHalf) {
  const std::vector<float> same(10, 0.3F);
  EXPECT_DOUBLE_EQ(auc(same, same), 0.5);
  EXPECT_EQ(roc_curve(same, same).size(), 2U);
}

TEST(Auc, OfSeparatedScoresIsOne) {
  EXPECT_DOUBLE_EQ(auc(std::vector<float>{-1, 0}, std::vector<float>{1, 2, 3}), 1.0);
}

// Half of the background at one score: no cut keeps 1 % of it, and the straight line to the next point is none.
TEST(Sic, of_a_large_tie_is_that_of_the_cut_that_keeps_it_whole) {
  std::vector<float> background(10000, 0.0F);
  std::fill_n(background.begin(), 50, 2.0F);         // 0.5 %
  std::fill_n(background.begin() + 50, 2500, 1.0F);  // 25.5 % with these
  std::vector<float> signal(1000, 0.0F);
  std::fill_n(signal.begin(), 100, 2.0F);
  std::fill_n(signal.begin() + 100, 500, 1.0F);
  const std::vector<RocPoint> curve = roc_curve(background, signal);
  ASSERT_EQ(curve.size(), 4U);
  EXPECT_TRUE(is_tied(curve[1], curve[2], 0.01));
  EXPECT_FALSE(is_tied(curve[1], curve[2], 0.9)) << "a quarter of the background is no large part of nine tenths";
  EXPECT_DOUBLE_EQ(summarise_sic(curve).at_1e2, 0.6 / std::sqrt(0.255));
}

TEST(Sic, of_small_ties_lies_on_the_line_between_the_points) {
  const std::vector<float> background = normal_scores("background", 100000, 0.0F, 0.001F);  // ties of some 27 of 1000
  const std::vector<float> exact = normal_scores("background", 100000, 0.0F);
  const std::vector<float> signal = normal_scores("signal", 100000, 1.0F, 0.001F);
  EXPECT_NEAR(summarise_sic(roc_curve(background, signal)).at_1e2,
              summarise_sic(roc_curve(exact, normal_scores("signal", 100000, 1.0F))).at_1e2, 0.01);
}

/// Scores whose curve is eps_S = eps_B^(1/4), so SIC = eps_B^(-1/4): quantiles, not random numbers.
std::vector<RocPoint> fourth_root_curve(std::size_t n) {
  std::vector<float> background(n);
  std::vector<float> signal(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    background[i] = static_cast<float>(1.0 - p);
    signal[i] = static_cast<float>(1.0 - std::pow(p, 4));
  }
  return roc_curve(background, signal);
}

TEST(SicSummary, AgreesWithTheClosedForm) {
  const SicSummary summary = summarise_sic(fourth_root_curve(100'000));
  // relative: half an event of eps_B n events, times the exponent 1/4
  EXPECT_NEAR(summary.at_1e2, std::pow(1e-2, -0.25), 3.2 * 0.125 / 1000 + 1e-3);
  EXPECT_NEAR(summary.at_1e3, std::pow(1e-3, -0.25), 5.7 * 0.125 / 100 + 1e-3);
  EXPECT_NEAR(summary.max, std::pow(2e-4, -0.25), 8.5 * 0.125 / 20 + 1e-3);  // at the cut-off of 20 events
  EXPECT_NEAR(summary.efficiency_background, 2e-4, 1e-12);
}

TEST(SicSummary, QuotesNothingBelowTheStatisticsCutOff) {
  const SicSummary few = summarise_sic(fourth_root_curve(1'999));
  EXPECT_EQ(few.at_1e2, 0.0);  // 19.99 background events
  EXPECT_EQ(few.at_1e3, 0.0);
  EXPECT_GT(few.max, 1.0);
  const SicSummary enough = summarise_sic(fourth_root_curve(2'000));
  EXPECT_GT(enough.at_1e2, 3.0);  // exactly 20
  EXPECT_EQ(summarise_sic(fourth_root_curve(19)).max, 0.0);
}

TEST(SignificanceImprovement, IsZeroWhereNoBackgroundPasses) {
  EXPECT_EQ(significance_improvement({0.9, 0.0, 0.4, 0, 40}), 0.0);
  EXPECT_DOUBLE_EQ(significance_improvement({0.9, 0.04, 0.4, 40, 40}), 2.0);
}

TEST(ThinCurve, KeepsFewPointsEvenInLogFromTheCutOffToOne) {
  const std::vector<RocPoint> curve = fourth_root_curve(100'000);
  const std::vector<RocPoint> thin = thin_curve(curve, 50);
  ASSERT_LE(thin.size(), 50U);
  EXPECT_EQ(thin.front().n_background, kMinBackgroundForSic);
  EXPECT_EQ(thin.back().efficiency_background, 1.0);
  EXPECT_EQ(thin.back().efficiency_signal, 1.0);
  const double step = std::log(1.0 / 2e-4) / 49;
  for (std::size_t i = 1; i < thin.size(); ++i) {
    const double gap = std::log(thin[i].efficiency_background / thin[i - 1].efficiency_background);
    ASSERT_GT(gap, 0);
    ASSERT_LT(gap, step + 1.0 / 20);  // a cut moves by less than one event of at least 20
  }
}

TEST(ThinCurve, KeepsNothingBelowTheCutOff) { EXPECT_TRUE(thin_curve(fourth_root_curve(19)).empty()); }

TEST(RocCurve, RefusesEmptyClassesAndNan) {
  const std::vector<float> scores = {0.1F, 0.2F};
  const std::vector<float> with_nan = {0.1F, std::numeric_limits<float>::quiet_NaN()};
  const auto message_of = [](const std::vector<float>& background, const std::vector<float>& signal) -> std::string {
    try {
      (void)auc(background, signal);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_THROW((void)roc_curve({}, scores), base::InputError);
  EXPECT_THAT(message_of({}, scores), AllOf(HasSubstr("background"), HasSubstr("got 0")));
  EXPECT_THAT(message_of(scores, {}), AllOf(HasSubstr("signal"), HasSubstr("got 0")));
  EXPECT_THROW((void)roc_curve(scores, with_nan), base::NumericError);
  EXPECT_THAT(message_of(scores, with_nan), AllOf(HasSubstr("signal event 1"), HasSubstr("NaN")));
}

TEST(WeightedRoc, an_event_of_weight_two_counts_as_two) {
  const std::vector<float> signal = {0.9F, 0.5F, 0.5F, 0.1F};
  const std::vector<float> twice = {0.8F, 0.8F, 0.5F, 0.3F};
  const std::vector<float> once = {0.8F, 0.5F, 0.3F};
  const std::vector<float> weight = {2, 1, 1};
  const std::vector<RocPoint> plain = roc_curve(twice, signal);
  const std::vector<RocPoint> weighted = roc_curve(once, weight, signal);
  ASSERT_EQ(plain.size(), weighted.size());
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_DOUBLE_EQ(plain[i].efficiency_background, weighted[i].efficiency_background) << "point " << i;
    EXPECT_DOUBLE_EQ(plain[i].efficiency_signal, weighted[i].efficiency_signal) << "point " << i;
  }
  EXPECT_DOUBLE_EQ(auc(weighted), auc(twice, signal));
}

TEST(WeightedRoc, weights_undo_a_thinning) {
  // Background of density 2 s on (0, 1), weighted by 1 / (2 s), is uniform: its area against uniform signal is 1/2.
  constexpr std::size_t kEvents = 40000;
  base::RandomStream stream({5}, "weights");
  std::vector<float> background(kEvents);
  std::vector<float> weight(kEvents);
  std::vector<float> signal(kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    background[i] = static_cast<float>(std::sqrt(stream.uniform()));
    weight[i] = 0.5F / background[i];
    signal[i] = static_cast<float>(stream.uniform());
  }
  EXPECT_GT(auc(background, signal) + 0.1, 0.4);
  // 1 / sqrt(12 n) for each class; weights of mean square log(1 / smallest) / 2 = 3 on average make it 0.0036.
  EXPECT_NEAR(auc(roc_curve(background, weight, signal)), 0.5, 4 * 0.0036);
  EXPECT_NEAR(auc(background, signal), 1.0 / 3, 0.01);
}

TEST(WeightedRoc, refuses_weights_that_say_nothing) {
  const std::vector<float> scores = {0.1F, 0.2F};
  const std::vector<float> none = {0, 0};
  test::expect_throws_with<base::InputError>([&] { (void)roc_curve(scores, none, scores); }, "sum to 0");
  test::expect_throws_with<base::InputError>([&] { (void)roc_curve(scores, std::vector<float>{1}, scores); },
                                             "2 background scores and 1 weights");
  const std::vector<float> negative = {2, -1};
  test::expect_throws_with<base::InputError>([&] { (void)roc_curve(scores, negative, scores); }, "background weight -1",
                                             "not negative");
  const std::vector<float> nothing = {1, -1};
  test::expect_throws_with<base::InputError>([&] { (void)roc_curve(scores, {}, scores, nothing); }, "signal",
                                             "sum to 0");
}

TEST(WeightedRoc, equal_weights_change_no_bit) {
  const std::vector<float> background = {0.8F, 0.5F, 0.3F, 0.2F, 0.1F, 0.3F, 0.7F};
  const std::vector<float> signal = {0.9F, 0.5F, 0.5F};
  const std::vector<float> thirds(background.size(), 1.0F / 3);
  const std::vector<float> ones(signal.size(), 1.0F);
  EXPECT_EQ(auc(background, thirds, signal, ones), auc(background, signal));
  const std::vector<RocPoint> plain = roc_curve(background, signal);
  const std::vector<RocPoint> weighted = roc_curve(background, thirds, signal, ones);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_EQ(weighted[i].efficiency_background, plain[i].efficiency_background);
    EXPECT_EQ(weighted[i].efficiency_signal, plain[i].efficiency_signal);
    EXPECT_EQ(weighted[i].background_share, 1);
  }
}

TEST(WeightedRoc, a_negative_weight_of_the_signal_takes_an_event_away) {
  const std::vector<float> background = {0.6F, 0.4F};
  const std::vector<float> signal = {0.9F, 0.5F, 0.5F, 0.1F};
  const std::vector<float> weight = {1, 1, -1, 1};  // what is left: 0.9 and 0.1
  const std::vector<RocPoint> curve = roc_curve(background, {}, signal, weight);
  EXPECT_DOUBLE_EQ(auc(background, {}, signal, weight), auc(background, std::vector<float>{0.9F, 0.1F}));
  EXPECT_DOUBLE_EQ(curve.back().efficiency_signal, 1);
  EXPECT_DOUBLE_EQ(effective_signal(curve.back()), 1) << "(1 + 1 - 1 + 1)^2 / 4";
}

TEST(WeightedRoc, is_quoted_from_twenty_effective_events_on) {
  // One event counts as much as the other 99 together: no cut that keeps it is known better than four events are.
  std::vector<float> background(100);
  std::vector<float> weight(100, 1.0F);
  for (std::size_t i = 0; i < background.size(); ++i) {
    background[i] = static_cast<float>(100 - i);
  }
  const std::vector<float> signal = {200};
  EXPECT_GT(summarise_sic(roc_curve(background, weight, signal)).max, 2);
  weight[0] = 99;
  const std::vector<RocPoint> curve = roc_curve(background, weight, signal);
  EXPECT_LT(effective_background(curve.back()), 4);
  EXPECT_EQ(summarise_sic(curve).max, 0);
  EXPECT_FALSE(is_quotable(curve.back()));
}

}  // namespace
}  // namespace eddy::classify
