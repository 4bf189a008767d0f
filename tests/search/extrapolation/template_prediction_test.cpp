#include <eddy/base/random.hpp>
#include <eddy/search/extrapolation/template_prediction.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

/// Three simulated events, of which the first two pass a cut at 0.1.
ScoredBackground three_events(float factor) {
  return {{0.05F, 0.1F, 0.5F}, {2 * factor, 3 * factor, 5 * factor}, {10, 11, 12}};
}

TEST(CountPassing, of_one_model_sums_weights_and_their_squares) {
  const std::vector<ScoredBackground> models = {three_events(1)};
  const WeightedCount passing = count_passing(models, 0.1, true);
  EXPECT_DOUBLE_EQ(passing.sum, 5);
  EXPECT_DOUBLE_EQ(passing.variance, 4 + 9);
  const WeightedCount failing = count_failing(models, 0.1, true);
  EXPECT_DOUBLE_EQ(failing.sum, 5);
  EXPECT_DOUBLE_EQ(failing.variance, 25);
}

TEST(CountPassing, the_same_simulated_event_in_two_models_fluctuates_once) {
  const std::vector<ScoredBackground> models = {three_events(1), three_events(1)};
  const WeightedCount mean = count_passing(models, 0.1, true);
  EXPECT_DOUBLE_EQ(mean.sum, 5);
  EXPECT_DOUBLE_EQ(mean.variance, 4 + 9);  // not half of it: the events are the same
  std::vector<ScoredBackground> apart = models;
  apart[1].source = {20, 21, 22};
  EXPECT_DOUBLE_EQ(count_passing(apart, 0.1, false).sum, 10);
  EXPECT_DOUBLE_EQ(count_passing(apart, 0.1, false).variance, 2 * (4 + 9));
}

TEST(SpreadBetweenModels, is_the_standard_deviation_of_what_they_predict) {
  const std::vector<ScoredBackground> models = {three_events(1), three_events(2)};
  EXPECT_DOUBLE_EQ(spread_between_models(models, 0.1), 5 / std::sqrt(2.0));  // of 5 and 10
  EXPECT_EQ(spread_between_models(std::vector{three_events(1)}, 0.1), 0);
}

// A cut that no simulated event passed ended the search after its last model: 0 +- 0 expected events cannot be tested.
TEST(PredictBackground, of_no_passing_event_has_the_error_of_an_empty_count) {
  ScoredBackground equal{{}, {}, {}};
  for (std::size_t i = 0; i < 100; ++i) {
    equal.efficiency.push_back(0.5F);
    equal.weight.push_back(0.4F);
    equal.source.push_back(i);
  }
  const std::vector<ScoredBackground> models = {equal};
  const TemplatePrediction prediction = predict_background(models, models, 0, 1e-4, 0.1);
  EXPECT_EQ(prediction.predicted, 0);
  // Upper end of the central 68.3 % Poisson interval of 0: -ln 0.1587, in units of the weight of an event.
  EXPECT_NEAR(prediction.error, 0.4 * 1.8410, 1e-4);
  const std::vector<ScoredBackground> twice = {equal, equal};  // means over the models
  EXPECT_NEAR(predict_background(twice, twice, 0, 1e-4, 0.1).error, 0.4 * 1.8410, 1e-4);
}

TEST(PredictBackground, adds_its_errors_in_quadrature) {
  const std::vector<ScoredBackground> signal_region = {three_events(1), three_events(2)};
  ScoredBackground control{{}, {}, {}};
  for (std::size_t i = 0; i < 10000; ++i) {
    control.efficiency.push_back(0.01F);
    control.weight.push_back(1);
    control.source.push_back(i);
  }
  const std::vector<ScoredBackground> control_region = {control};
  const TemplatePrediction p = predict_background(signal_region, control_region, 8000, 0.1, 0.3);
  EXPECT_DOUBLE_EQ(p.predicted, 7.5);
  EXPECT_DOUBLE_EQ(p.statistical_error, 1.5 * std::sqrt(13.0));
  EXPECT_DOUBLE_EQ(p.closure, 1.25);
  EXPECT_DOUBLE_EQ(p.closure_error, 0.25);  // known to 1.25 sqrt(1e-4 + 1/8000) = 0.019, which is less
  EXPECT_NEAR(p.error,
              std::sqrt(p.statistical_error * p.statistical_error + p.model_error * p.model_error +
                        7.5 * 7.5 * (0.25 * 0.25 + 0.3 * 0.3)),
              1e-12);
}

TEST(PredictBackground, closure_is_known_no_better_than_its_statistics_allow) {
  const std::vector<ScoredBackground> one = {three_events(1)};
  const TemplatePrediction exact = predict_background(one, one, 5, 0.1, 0);
  EXPECT_DOUBLE_EQ(exact.closure, 1);
  EXPECT_NEAR(exact.closure_error, std::sqrt(13.0 / 25 + 1.0 / 5), 1e-12);
  EXPECT_EQ(predict_background(one, one, 0, 0.1, 0).closure_error, 1);  // nothing passes: not known at all
}

TEST(ConstructedAbcdClosure, is_one_where_score_and_region_are_independent) {
  // Efficiencies drawn alike in both regions; weights of the control region are three times those of the other.
  base::RandomStream stream({3}, "closure");
  ScoredBackground signal_region{{}, {}, {}};
  ScoredBackground control{{}, {}, {}};
  constexpr std::size_t kEvents = 20000;
  for (std::size_t i = 0; i < kEvents; ++i) {
    for (ScoredBackground* region : {&signal_region, &control}) {
      region->efficiency.push_back(static_cast<float>(stream.uniform()));
      region->weight.push_back(region == &control ? 3.0F : 1.0F);
      region->source.push_back(i);
    }
  }
  const AbcdClosure closure = constructed_abcd_closure(std::vector{signal_region}, std::vector{control}, 0.1);
  // Two counts of 2,000 and two of 18,000: relative error sqrt(2 / 2000 + 2 / 18000) = 0.033.
  EXPECT_NEAR(closure.error, 0.0333, 0.001);
  EXPECT_NEAR(closure.value, 1, 3 * closure.error);
}

}  // namespace
}  // namespace eddy::search
