#include <eddy/base/random.hpp>
#include <eddy/search/extrapolation/template_prediction.hpp>

#include <gtest/gtest.h>

#include <array>
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
  const TemplatePrediction prediction = predict_background(models, models, {0, 100}, 1e-4, 0.1);
  EXPECT_EQ(prediction.predicted, 0);
  // Upper end of the central 68.3 % Poisson interval of 0: -ln 0.1587, in units of the weight of an event.
  EXPECT_NEAR(prediction.error, 0.4 * 1.8410, 1e-4);
  const std::vector<ScoredBackground> twice = {equal, equal};  // means over the models
  EXPECT_NEAR(predict_background(twice, twice, {0, 100}, 1e-4, 0.1).error, 0.4 * 1.8410, 1e-4);
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
  const TemplatePrediction p = predict_background(signal_region, control_region, {8000, 8000}, 0.1, 0.3);
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
  const TemplatePrediction exact = predict_background(one, one, {5, 10}, 0.1, 0);
  EXPECT_DOUBLE_EQ(exact.closure, 1);
  EXPECT_NEAR(exact.closure_error, std::sqrt(13.0 / 25 + 1.0 / 5), 1e-12);
  EXPECT_EQ(predict_background(one, one, {0, 10}, 0.1, 0).closure_error, 1);  // nothing passes: not known at all
}

/// A Poisson number: sums of exponential distances.
std::size_t poisson(double mean, base::RandomStream& stream) {
  std::size_t n = 0;
  for (double at = -std::log(stream.uniform()); at < mean; at -= std::log(stream.uniform())) {
    ++n;
  }
  return n;
}

void add_events(std::size_t n, float efficiency, float weight, ScoredBackground& region) {
  region.efficiency.insert(region.efficiency.end(), n, efficiency);
  region.weight.insert(region.weight.end(), n, weight);
  for (std::size_t i = 0; i < n; ++i) {
    region.source.push_back(region.source.size());
  }
}

/// Pulls of N_SR(simulation) N_CR(data) / N_CR(simulation) in 1,000 worlds where data and simulation are alike. Of the
/// control region, `n_failing` events of `heavy` weight fail the cut.
struct Pulls {
  double mean = 0;
  double width = 0;
};
Pulls pulls_of_yields(double n_signal_region, double n_control, double n_failing, float heavy, double n_data) {
  constexpr std::size_t kWorlds = 1000;
  base::RandomStream stream({7}, "yields");
  const double true_ratio = n_data / (n_control + heavy * n_failing);  // data per unit of weight
  double sum = 0;
  double squares = 0;
  for (std::size_t world = 0; world < kWorlds; ++world) {
    const std::size_t passing = poisson(n_control, stream);
    const std::size_t failing = poisson(n_failing, stream);
    const double n_data_passing = static_cast<double>(poisson(true_ratio * n_control, stream));
    const double n_data_failing = static_cast<double>(poisson(true_ratio * heavy * n_failing, stream));
    const double ratio =
        (n_data_passing + n_data_failing) / (static_cast<double>(passing) + heavy * static_cast<double>(failing));
    ScoredBackground signal{{}, {}, {}};
    ScoredBackground control{{}, {}, {}};
    add_events(poisson(n_signal_region, stream), 0.05F, static_cast<float>(ratio), signal);
    add_events(passing, 0.05F, static_cast<float>(ratio), control);
    add_events(failing, 0.5F, static_cast<float>(heavy * ratio), control);
    const TemplatePrediction p = predict_background(std::vector{signal}, std::vector{control},
                                                    {n_data_passing, n_data_passing + n_data_failing}, 0.1, 0);
    const double pull = (p.predicted - true_ratio * n_signal_region) / p.error;
    sum += pull;
    squares += pull * pull;
  }
  const double mean = sum / kWorlds;
  return {mean, std::sqrt(squares / kWorlds - mean * mean)};
}

// The width of 1,000 pulls is known to 2.2 %; the skewness of Poisson counts of 100 adds a few.
TEST(PredictBackground, has_the_error_of_the_yield_from_the_control_region) {
  for (const auto& [n_sr, n_control, n_data] :
       {std::array{1000.0, 100.0, 1000.0}, {1000, 1000, 100}, {400, 400, 400}, {100, 1000, 1000}}) {
    const Pulls pulls = pulls_of_yields(n_sr, n_control, 0, 1, n_data);
    EXPECT_NEAR(pulls.width, 1, 0.1) << n_sr << " " << n_control << " " << n_data;
    EXPECT_NEAR(pulls.mean, 0, 0.2);
  }
}

// 60 events of weight 100 fail the cut: the yield is known to 11 %, mostly from these.
TEST(PredictBackground, has_it_too_where_few_heavy_events_fail_the_cut) {
  const Pulls pulls = pulls_of_yields(1000, 1000, 60, 100, 2000);
  EXPECT_LT(pulls.width, 1.1);
  EXPECT_GT(pulls.width, 0.6);
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
