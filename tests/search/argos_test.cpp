#include <eddy/search/argos.hpp>
#include <eddy/search/calibration.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace eddy::search {
namespace {

constexpr base::Seed kSeed{7};

/// Evenly spread efficiencies of `n` background events, and `n_signal` events that pass each cut above `efficiency`.
std::vector<float> mixture(std::size_t n, std::size_t n_signal, float efficiency) {
  std::vector<float> values(n_signal, efficiency);
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back((static_cast<float>(i) + 0.5F) / static_cast<float>(n));
  }
  return values;
}

/// A template of `n` events without ties.
std::vector<ScoreCalibration> template_of(double n) {
  std::vector<float> scores(static_cast<std::size_t>(std::max(1.0, n)));
  std::iota(scores.begin(), scores.end(), 0.0F);
  return {ScoreCalibration(std::move(scores))};
}

Argos argos_inside(const std::vector<float>& efficiency, double n_template) {
  const std::vector<std::uint8_t> all(efficiency.size(), 1);
  return argos_of(efficiency, all, template_of(n_template), {"template", n_template}, kSeed);
}

// 2511.14832: with the true background as template, eps_data - eps = f (eps_S - eps).
TEST(Argos, is_the_significance_improvement_times_the_fraction_of_signal) {
  constexpr std::size_t kBackground = 20000;
  constexpr std::size_t kSignal = 200;
  const Argos argos = argos_inside(mixture(kBackground, kSignal, 1e-4F), 1e6);
  const double fraction = static_cast<double>(kSignal) / (kBackground + kSignal);
  for (const ArgosPoint& point : argos.curve) {
    if (point.efficiency < 1e-3) {
      continue;
    }
    const double counting = 1.0 / (kBackground * std::sqrt(point.efficiency));  // half an event, and rounding
    EXPECT_NEAR(point.value, fraction * (1 - point.efficiency) / std::sqrt(point.efficiency), counting)
        << point.efficiency;
  }
  EXPECT_NEAR(argos.best.efficiency, 1e-4, 1e-5) << "all signal passes there, and hardly any background";
  EXPECT_GT(argos.best.value, 5 * argos.chance_95);
}

TEST(Argos, is_nothing_where_data_are_like_the_template) {
  const Argos argos = argos_inside(mixture(20000, 0, 0), 80000);
  for (const ArgosPoint& point : argos.curve) {
    EXPECT_NEAR(point.value, 0, 1.0 / (20000 * std::sqrt(point.efficiency))) << point.efficiency;
  }
  EXPECT_LT(argos.best.value, argos.chance_95);
}

TEST(Argos, goes_as_far_as_twenty_five_template_events_reach) {
  EXPECT_NEAR(argos_inside(mixture(1000, 0, 0), 2500).curve.back().efficiency, 0.01, 0.002);
  EXPECT_TRUE(argos_inside(mixture(1000, 0, 0), 20).curve.empty()) << "no cut keeps as many";
}

TEST(Argos, does_not_count_what_is_outside_the_signal_region) {
  std::vector<float> efficiency = mixture(1000, 0, 0);
  std::vector<std::uint8_t> inside(efficiency.size(), 1);
  efficiency.insert(efficiency.end(), 500, 1e-5F);
  inside.insert(inside.end(), 500, 0);
  const Argos argos = argos_of(efficiency, inside, template_of(4000), {"template", 4000}, kSeed);
  EXPECT_EQ(argos.n_data, 1000U);
  EXPECT_LT(argos.best.value, argos.chance_95);
}

TEST(Argos, without_events_has_no_curve) {
  EXPECT_TRUE(argos_inside(std::vector<float>(), 1000).curve.empty());
  EXPECT_TRUE(argos_inside(mixture(100, 0, 0), 0).curve.empty());
}

/// Data and template alike, in steps: 60 % of both have one score, 30 % a higher one, 10 % the highest.
TEST(Argos, of_ties_is_that_of_what_a_cut_keeps) {
  const auto steps = [](std::size_t n) {
    std::vector<float> scores;
    for (std::size_t i = 0; i < n; ++i) {
      scores.push_back(i % 10 < 6 ? 0.2F : i % 10 < 9 ? 0.5F : 0.8F);
    }
    return scores;
  };
  const std::vector<ScoreCalibration> calibrations = {ScoreCalibration(steps(8000))};
  std::vector<float> efficiency = steps(2000);
  std::ranges::transform(efficiency, efficiency.begin(),
                         [&](float score) { return calibrations.front().efficiency(score); });
  const std::vector<std::uint8_t> all(efficiency.size(), 1);
  const Argos argos = argos_of(efficiency, all, calibrations, {"template", 8000}, kSeed);
  ASSERT_EQ(argos.curve.size(), 3U) << "there are three cuts";
  EXPECT_NEAR(argos.curve[1].efficiency, 0.4, 1e-3);
  EXPECT_NEAR(argos.curve[2].efficiency, 0.1, 1e-3);
  for (const ArgosPoint& point : argos.curve) {
    EXPECT_NEAR(point.value, 0, 1e-2) << point.efficiency;
  }
}

/// Data and template drawn from one density, thresholds from the template as a search takes them.
Argos like_the_template(std::size_t n_data, std::size_t n_template, std::uint64_t seed) {
  base::RandomStream stream({seed}, "scores");
  const auto draw = [&](std::size_t n) {
    std::vector<float> scores(n);
    std::ranges::generate(scores, [&] { return static_cast<float>(stream.uniform()); });
    return scores;
  };
  const std::vector<ScoreCalibration> calibrations = {ScoreCalibration(draw(n_template))};
  std::vector<float> efficiency = draw(n_data);
  std::ranges::transform(efficiency, efficiency.begin(),
                         [&](float score) { return calibrations.front().efficiency(score); });
  const std::vector<std::uint8_t> all(efficiency.size(), 1);
  return argos_of(efficiency, all, calibrations, {"template", static_cast<double>(n_template)}, kSeed);
}

TEST(Argos, knows_how_large_it_gets_by_chance) {
  constexpr int kExperiments = 400;
  for (const auto& [n_data, n_template] : {std::pair{2000U, 8000U}, std::pair{500U, 500U}}) {
    int above_95 = 0;
    int above_median = 0;
    for (int i = 0; i < kExperiments; ++i) {
      const Argos argos = like_the_template(n_data, n_template, 100 + static_cast<std::uint64_t>(i));
      above_95 += argos.best.value > argos.chance_95 ? 1 : 0;
      above_median += argos.best.value > argos.chance_median ? 1 : 0;
    }
    // The levels are known from 400 pseudo-experiments themselves: sqrt(2) times the binomial error, three of these.
    EXPECT_NEAR(above_95, 0.05 * kExperiments, 3 * std::sqrt(2 * 0.05 * 0.95 * kExperiments)) << n_data;
    EXPECT_NEAR(above_median, 0.5 * kExperiments, 3 * std::sqrt(2 * 0.25 * kExperiments)) << n_data;
  }
}

}  // namespace
}  // namespace eddy::search
