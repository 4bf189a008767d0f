#include <eddy/search/limits/cut_limit.hpp>

#include <eddy/stats/spread_of_one_more.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace eddy::search {
namespace {

Injection injection(double strength, double efficiency, std::size_t repetition = 0) {
  const double passed = strength * efficiency;
  return {
      .strength = strength,
      .repetition = repetition,
      .cuts = {{.efficiency = efficiency, .passed = passed, .signal = stats::PassingSignal{passed, 5, passed + 9}}}};
}

/// Two searches at each of three strengths, all with this efficiency.
std::vector<Injection> constant(double efficiency) {
  std::vector<Injection> injections;
  for (const double strength : {0.0, 50.0, 200.0}) {
    injections.push_back(injection(strength, efficiency, 0));
    injections.push_back(injection(strength, efficiency, 1));
  }
  return injections;
}

WorkingPoint point_with(double fitted, double limit) {
  WorkingPoint point{.efficiency = 0.01, .strength = fitted, .strength_error = 5, .upper_limit = limit};
  point.expected_limit = {5, 7, 10, 14, 19};
  point.evidence = Abcd{};
  return point;
}

TEST(EfficiencyKnots, AreMeansWithTheScatterOfNeighboursPooled) {
  const std::vector<stats::EfficiencyKnot> knots =
      efficiency_knots({injection(0, 0.1), injection(0, 0.3), injection(50, 0.4), injection(50, 0.4),
                        injection(90, 0.5), injection(90, 0.5), injection(95, 0.9)},
                       0);
  ASSERT_EQ(knots.size(), 3U) << "one search says nothing of the scatter";
  EXPECT_DOUBLE_EQ(knots[0].efficiency, 0.2);
  EXPECT_DOUBLE_EQ(knots[1].efficiency, 0.4);
  // Squares of 0.02 at the first, none at the others; one degree of freedom each.
  EXPECT_DOUBLE_EQ(knots[0].spread, stats::spread_of_one_more(0.02 / 2, 2, 2, 0.05));
  EXPECT_DOUBLE_EQ(knots[1].spread, stats::spread_of_one_more(0.02 / 3, 3, 2, 0.05));
  EXPECT_NEAR(knots[2].spread, 0, 1e-12);
}

TEST(QuantilesOf, AreOfAllLimitsAndNoneIsTheLargest) {
  std::vector<std::optional<double>> limits;
  for (int i = 99; i >= 0; --i) {
    limits.emplace_back(i);
  }
  const ExpectedLimits whole = quantiles_of(limits);
  EXPECT_EQ(whole[0], 2);
  EXPECT_EQ(whole[1], 15);
  EXPECT_EQ(whole[2], 50);
  EXPECT_EQ(whole[3], 84);
  EXPECT_EQ(whole[4], 97);
  limits[0] = limits[1] = limits[2] = std::nullopt;
  EXPECT_EQ(quantiles_of(limits)[3], 84);
  EXPECT_FALSE(quantiles_of(limits)[4].has_value());
  EXPECT_FALSE(quantiles_of({1.0})[2].has_value()) << "one limit is no median";
  const ExpectedLimits few = quantiles_of({1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0});
  EXPECT_EQ(few[2], 4);
  EXPECT_EQ(few[3], 6);
  EXPECT_FALSE(few[4].has_value()) << "seven limits know nothing of one in forty";
}

TEST(LimitAtCut, OfAConstantEfficiencyIsTheNumberOverIt) {
  const std::vector<std::optional<stats::PassingSignal>> nulls = {stats::PassingSignal{0, 5, 9},
                                                                  stats::PassingSignal{1, 5, 11}, std::nullopt};
  const CutLimit limit = limit_at_cut(point_with(2, 12), 0, constant(0.25), nulls);
  EXPECT_EQ(limit.why, NoLimit::kNone);
  EXPECT_NEAR(limit.observed.value(), 48, 1e-6);
  EXPECT_NEAR(limit.expected[0].value(), 20, 1e-6);
  EXPECT_NEAR(limit.expected[2].value(), 40, 1e-6);
  EXPECT_NEAR(limit.expected[4].value(), 76, 1e-6);
  EXPECT_NEAR(limit.interval.best.value(), 8, 1e-6);
  EXPECT_EQ(limit.n_nulls, 2U);
  EXPECT_NEAR(limit.expected_of_nulls[2].value(), 44, 1e-6);
}

TEST(LimitAtCut, SaysWhatMovesASignalThatIsFittedToFourCounts) {
  WorkingPoint point = point_with(2, 12);
  point.evidence = Abcd{.counts = {.a = 52, .b = 1000, .c = 25, .d = 500}};
  EXPECT_EQ(limit_at_cut(point, 0, constant(0.25), {}).impacts.size(), 3U);
  point.evidence = Abcd{.counts = {.a = 52, .b = 1000, .c = 25, .d = 0}};
  EXPECT_TRUE(limit_at_cut(point, 0, constant(0.25), {}).impacts.empty());
  point.evidence = TemplateCount{};
  EXPECT_TRUE(limit_at_cut(point, 0, constant(0.25), {}).impacts.empty());
}

/// In events of the region: half of the fitted peak lies there.
TEST(LimitAtCut, SaysWhatMovesTheSignalOfABump) {
  BumpHunt hunt;
  for (int i = 0; i <= 20; ++i) {
    hunt.spectrum.edges.push_back(2 + 0.1 * i);
  }
  hunt.signal_template = stats::signal_template({3, 0.1}, {hunt.spectrum.edges, std::vector<double>(20, 100)});
  for (const double fraction : hunt.signal_template) {
    hunt.spectrum.counts.push_back(100 + 100 * fraction);
  }
  hunt.signal_bins = {10, 20};
  hunt.background_shape = stats::BernsteinShape{1};
  hunt.nuisances = {{"signal_yield", stats::NuisanceTarget::kSignal, 0.2, {}}};
  hunt.signal.emplace();
  WorkingPoint point = point_with(2, 12);
  point.evidence = hunt;
  const std::vector<stats::Impact> impacts = limit_at_cut(point, 0, constant(0.25), {}).impacts;
  ASSERT_EQ(impacts.size(), 2U);
  const stats::Impact& of_yield = impacts[0].nuisance == "signal_yield" ? impacts[0] : impacts[1];
  EXPECT_NEAR(of_yield.low, 0.5 * 20, 1e-3);
  EXPECT_NEAR(of_yield.high, 0.5 * (100 / 1.2 - 100), 1e-3);
}

/// A fit that finds half of the signal excludes twice as much.
TEST(LimitAtCut, IsCorrectedByTheResponse) {
  std::vector<Injection> injections = constant(0.25);
  for (Injection& injection : injections) {
    injection.cuts[0].signal->fitted *= 0.5;
  }
  WorkingPoint point = point_with(2, 12);
  point.evidence = Abcd{.counts = {.a = 120, .b = 1000, .c = 50, .d = 500}, .model = {.closure_error = 0.2}};
  const CutLimit limit = limit_at_cut(point, 0, injections, {});
  EXPECT_NEAR(limit.response.slope, 0.5, 1e-9);
  ASSERT_EQ(limit.impacts.front().nuisance, "closure");
  EXPECT_NEAR(limit.impacts.front().low, 2 * 100 * (1 - std::exp(-0.2)), 1e-6);
  EXPECT_NEAR(limit.observed.value(), 96, 1e-4);
  EXPECT_NEAR(limit.signal->upper_limit, 24, 1e-6);
}

TEST(LimitAtCut, SaysWhyThereIsNone) {
  EXPECT_EQ(limit_at_cut({.efficiency = 0.1}, 0, constant(0.25), {}).why, NoLimit::kNoFit);
  EXPECT_EQ(limit_at_cut(point_with(2, 12), 0, {}, {}).why, NoLimit::kNoInjection);
  const CutLimit far = limit_at_cut(point_with(2, 60), 0, constant(0.25), {});
  EXPECT_EQ(far.why, NoLimit::kNotExcluded);
  EXPECT_FALSE(far.observed.has_value());
  EXPECT_TRUE(far.expected[2].has_value()) << "what is expected does not depend on it";
  std::vector<Injection> unseen = constant(0.25);
  for (Injection& injection : unseen) {
    injection.cuts[0].signal->fitted = 1;
  }
  EXPECT_EQ(limit_at_cut(point_with(2, 12), 0, unseen, {}).why, NoLimit::kNoResponse);
}

}  // namespace
}  // namespace eddy::search
