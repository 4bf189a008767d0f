#include <eddy/search/resonant/sculpting_curves.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

constexpr std::size_t kEvents = 20000;
constexpr std::size_t kBins = 50;
constexpr std::size_t kFolds = 2;

/// m uniform in (0, 1), signal region (0.4, 0.6), two folds.
SculptingEvents uniform_events() {
  const base::RandomStream stream({8}, "masses");
  SculptingEvents events;
  for (std::size_t i = 0; i < kEvents; ++i) {
    events.mass.push_back(static_cast<float>(stream.uniform_at(i)));
    events.in_signal_region.push_back(events.mass[i] > 0.4F && events.mass[i] < 0.6F ? 1 : 0);
    events.fold.push_back(static_cast<std::uint8_t>(i % kFolds));
  }
  return events;
}

std::vector<float> random_scores(std::uint64_t seed) {
  const base::RandomStream stream({seed}, "scores");
  std::vector<float> scores(kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    scores[i] = static_cast<float>(stream.uniform_at(i));
  }
  return scores;
}

TEST(SculptingEfficiencies, ten_per_decade_down_to_one_event_per_bin) {
  const std::vector<double> efficiencies = sculpting_efficiencies(300000, 300);
  EXPECT_NEAR(efficiencies.front(), 0.5, 0.002);
  for (std::size_t i = 1; i < efficiencies.size(); ++i) {
    EXPECT_NEAR(efficiencies[i] / efficiencies[i - 1], std::pow(10, -0.1), 1e-12);
  }
  EXPECT_NEAR(efficiencies.back(), 1e-3, 1e-12);  // 300000 events, 300 bins
  const std::vector<double> few = sculpting_efficiencies(10000, 300);
  EXPECT_GE(few.back() * 10000, 300);
  EXPECT_LT(few.back() * std::pow(10, -0.1) * 10000, 300);
  EXPECT_TRUE(sculpting_efficiencies(500, 300).empty());  // half of them do not fill the bins
  EXPECT_TRUE(sculpting_efficiencies(0, 2).empty());
}

TEST(SignalRegionEfficiency, keeps_the_wanted_fraction_of_each_folds_signal_region) {
  const SculptingEvents events = uniform_events();
  std::vector<float> scores = random_scores(1);
  for (std::size_t i = 0; i < kEvents; ++i) {  // sidebands and folds have other distributions
    scores[i] = scores[i] * (events.fold[i] == 1 ? 0.01F : 1.0F) + (events.in_signal_region[i] == 0 ? 0.005F : 0.0F);
  }
  const std::vector<float> efficiency = signal_region_efficiency(scores, events, kFolds);
  for (const double e : {0.5, 0.1, 0.01}) {
    for (std::size_t k = 0; k < kFolds; ++k) {
      double n = 0;
      double n_pass = 0;
      for (std::size_t i = 0; i < kEvents; ++i) {
        if (events.in_signal_region[i] != 0 && events.fold[i] == k) {
          n += 1;
          n_pass += efficiency[i] <= static_cast<float>(e) ? 1 : 0;
        }
      }
      EXPECT_NEAR(n_pass, e * n, 2) << "fold " << k << " at " << e;  // one event of the rank, one of ties in float
    }
  }
}

TEST(SignalRegionEfficiency, is_a_rank) {
  const SculptingEvents events = uniform_events();
  const std::vector<float> scores = random_scores(2);
  std::vector<float> doubled(scores);
  std::ranges::for_each(doubled, [](float& s) { s *= 2; });  // exact
  EXPECT_EQ(signal_region_efficiency(doubled, events, kFolds), signal_region_efficiency(scores, events, kFolds));
  std::vector<float> changed(scores);
  for (std::size_t i = 0; i < kEvents; ++i) {
    changed[i] = events.in_signal_region[i] != 0 ? scores[i] : 0.5F;
  }
  const std::vector<float> before = signal_region_efficiency(scores, events, kFolds);
  const std::vector<float> after = signal_region_efficiency(changed, events, kFolds);
  for (std::size_t i = 0; i < kEvents; ++i) {
    if (events.in_signal_region[i] != 0) {
      ASSERT_EQ(after[i], before[i]) << "sidebands moved the rank of event " << i;
    }
  }
}

TEST(SculptingCurve, a_random_score_is_flat_at_what_is_left) {
  constexpr std::size_t kRetrainings = 25;
  const SculptingEvents events = uniform_events();
  const stats::SculptingTest test(events.mass, kBins);
  RetrainingScores scores;
  for (std::size_t r = 0; r < kRetrainings; ++r) {
    scores.push_back(random_scores(100 + r));
  }
  const std::vector<double> efficiencies = sculpting_efficiencies(kEvents, kBins);
  const SculptingCurve curve = sculpting_curve("random", test, events, scores, kFolds, efficiencies);
  EXPECT_EQ(curve.name, "random");
  ASSERT_EQ(curve.points.size(), efficiencies.size());
  for (const MedianBand& point : curve.points) {
    // chi2/ndof of 49 degrees has the standard deviation sqrt(2 / 49) (1 - e) = 0.2, the median of 25 one fourth of
    // that (1.25 / 5); four of these, and 0.03 for the median of a skew distribution.
    EXPECT_NEAR(point.median, 1 - point.efficiency, 4 * 0.2 * 0.25 + 0.03) << "at " << point.efficiency;
    EXPECT_LT(point.low, point.median);
    EXPECT_GT(point.high, point.median);
  }
}

TEST(SculptingCurve, a_score_that_is_the_mass_sculpts_as_much_as_one_can) {
  const SculptingEvents events = uniform_events();
  const stats::SculptingTest test(events.mass, kBins);
  const std::vector<double> efficiencies = {0.5, 0.1, 0.02};
  const SculptingCurve curve = sculpting_curve("mass", test, events, {events.mass, events.mass}, kFolds, efficiencies);
  for (std::size_t i = 0; i < efficiencies.size(); ++i) {
    // Passing: m above 0.6 - 0.2 e, a fraction f of all: whole bins, but for one: chi2 = N (1 - f). The cut of either
    // fold is known to 0.2 * sqrt(e (1 - e) / 2000) < 0.0023 in mass, and half a bin of 50 may be cut.
    const double fraction = 0.4 + 0.2 * efficiencies[i];
    const double expected = kEvents * (1 - fraction) / (kBins - 1);
    EXPECT_NEAR(curve.points[i].median, expected, kEvents * (4 * 0.0023 + 0.02) / (kBins - 1)) << efficiencies[i];
    EXPECT_EQ(curve.points[i].low, curve.points[i].high);
  }
}

TEST(RandomSubsetBand, is_around_what_is_left) {
  const SculptingEvents events = uniform_events();
  const stats::SculptingTest test(events.mass, kBins);
  const std::vector<double> efficiencies = {0.5, 0.1, 0.01};
  const std::vector<MedianBand> bands = random_subset_band(test, 100, efficiencies, {3});
  ASSERT_EQ(bands.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const double left = 1 - efficiencies[i];
    EXPECT_EQ(bands[i].efficiency, efficiencies[i]);
    // As above, 100 subsets: the median is known to 0.2 * 1.25 / 10.
    EXPECT_NEAR(bands[i].median, left, 4 * 0.2 * 0.125 + 0.03);
    // Half the 68 % interval is one standard deviation, known to a tenth from 100 subsets.
    EXPECT_NEAR(0.5 * (bands[i].high - bands[i].low), 0.2 * left, 4 * 0.1 * 0.2 * left);
  }
  const std::vector<MedianBand> again = random_subset_band(test, 100, efficiencies, {3});
  const std::vector<MedianBand> other = random_subset_band(test, 100, efficiencies, {4});
  EXPECT_EQ(again[1].median, bands[1].median);
  EXPECT_NE(other[1].median, bands[1].median);
}

TEST(SpectrumAfterCut, counts_what_passes) {
  const SculptingEvents events = uniform_events();
  const std::vector<float> efficiency = signal_region_efficiency(random_scores(5), events, kFolds);
  const std::vector<double> edges = {0, 0.25, 0.5, 1};
  const Spectrum all = spectrum_after_cut("all", edges, events, efficiency, 1);
  EXPECT_EQ(std::reduce(all.histogram.counts.begin(), all.histogram.counts.end()), kEvents);
  const Spectrum cut = spectrum_after_cut("cut", edges, events, efficiency, 0.2);
  EXPECT_EQ(cut.name, "cut");
  EXPECT_EQ(cut.efficiency, 0.2);
  EXPECT_EQ(cut.histogram.edges, edges);
  std::vector<double> expected(3);
  for (std::size_t i = 0; i < kEvents; ++i) {
    if (efficiency[i] <= 0.2F) {
      ++expected[events.mass[i] < 0.25F ? 0 : events.mass[i] < 0.5F ? 1 : 2];
    }
  }
  EXPECT_EQ(cut.histogram.counts, expected);
  EXPECT_EQ(spectrum_after_cut("none", edges, events, efficiency, 0).histogram.counts, std::vector<double>(3));
}

}  // namespace
}  // namespace eddy::search
