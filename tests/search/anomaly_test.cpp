#include <eddy/base/parallel.hpp>
#include <eddy/search/anomaly.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/search.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_extrapolation.hpp>
#include <search/synthetic_resonance.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

using testing::ElementsAre;

WorkingPoint point(double efficiency, double observed, double predicted) {
  return {.efficiency = efficiency, .observed = observed, .predicted = predicted, .predicted_error = 1};
}

std::optional<std::size_t> shown(const std::vector<WorkingPoint>& points) {
  Finding finding;
  finding.working_points = points;
  return shown_working_point(finding);
}

TEST(ShownWorkingPoint, is_the_tightest_with_enough_events) {
  EXPECT_EQ(shown({point(1, 900, 900), point(0.1, 90, 80), point(0.01, 25, 9), point(0.001, 19, 1)}), 2U);
  EXPECT_EQ(shown({point(0.01, 25, 9), point(0.1, 90, 80)}), 0U);  // in any order
  EXPECT_EQ(shown({point(0.1, 12, 9), point(0.01, 3, 1)}), 0U);    // too few everywhere: the one with most
}

TEST(ShownWorkingPoint, needs_a_cut_events_and_a_prediction) {
  EXPECT_EQ(shown({}), std::nullopt);
  EXPECT_EQ(shown({point(1, 900, 900)}), std::nullopt);
  EXPECT_EQ(shown({point(0.1, 90, kNoNumber), point(0.01, 0, 2), point(0.001, 30, 0)}), std::nullopt);
  WorkingPoint without_error = point(0.1, 90, 80);
  without_error.predicted_error = kNoNumber;
  EXPECT_EQ(shown({without_error}), std::nullopt);
}

/// Six events, the last outside the signal region, behind a cut that the first three and the last pass.
Finding six_events() {
  Finding finding;
  finding.features = {{"x", ""}};
  finding.contexts = {{"m", "GeV"}};
  finding.data.x = base::Matrix(6, 1);
  finding.data.context = base::Matrix(6, 1);
  for (std::size_t i = 0; i < 6; ++i) {
    finding.data.x(i, 0) = static_cast<float>(i);
    finding.data.context(i, 0) = static_cast<float>(10 * i);
    finding.data.index.push_back(100 + i);
  }
  finding.data.in_signal_region = {1, 1, 1, 1, 1, 0};
  finding.data.score = {0.5F, 0.9F, 0.7F, 0.2F, 0.9F, 0.99F};
  finding.data.background_efficiency = {0.1F, 0.05F, 0.05F, 0.9F, 0.3F, 0.01F};
  finding.data.truth = {0, 1, 0, 0, 0, 0};
  finding.data.identity = {{"event", {7, 8, 9, 10, 11, 12}}};
  finding.working_points = {point(0.1, 3, 2)};
  return finding;
}

BackgroundEvents part(std::size_t n_columns, std::vector<float> weight, std::vector<float> efficiency) {
  BackgroundEvents events{
      .columns = base::Matrix(weight.size(), n_columns), .weight = weight, .background_efficiency = efficiency};
  for (std::size_t i = 0; i < weight.size(); ++i) {
    events.source.push_back(i);
  }
  return events;
}

TEST(DescribeAnomaly, takes_the_events_behind_the_cut_and_scales_each_part_to_its_share) {
  const ShownBackground background{.name = "template",
                                   .parts = {part(2, {1, 2, 4}, {0.1F, 0.05F, 0.2F}), part(2, {8}, {0.01F})}};
  const Anomaly anomaly = describe_anomaly(six_events(), background, 2);
  ASSERT_TRUE(anomaly.selected);
  const SelectedEvents& selected = *anomaly.selected;
  EXPECT_EQ(selected.columns.rows(), 3U);
  EXPECT_EQ(selected.columns(1, 0), 1);
  EXPECT_EQ(selected.columns(1, 1), 10);  // the context, which the background has too
  EXPECT_THAT(selected.truth, ElementsAre(0, 1, 0));
  ASSERT_EQ(selected.expected.size(), 2U);
  EXPECT_THAT(selected.expected[0].weight, ElementsAre(testing::FloatEq(1.0F / 3), testing::FloatEq(2.0F / 3)));
  EXPECT_THAT(selected.expected[1].weight, ElementsAre(testing::FloatEq(1)));
  EXPECT_THAT(selected.expected[0].source, ElementsAre(0, 1));
}

TEST(DescribeAnomaly, leaves_the_prediction_to_the_parts_with_events) {
  const ShownBackground background{.name = "sidebands", .parts = {part(1, {1}, {0.9F}), part(1, {1, 1}, {0.1F, 0.1F})}};
  const Anomaly anomaly = describe_anomaly(six_events(), background, 2);
  ASSERT_EQ(anomaly.selected->expected.size(), 1U);
  EXPECT_THAT(anomaly.selected->expected[0].weight, ElementsAre(1, 1));
  EXPECT_EQ(anomaly.selected->columns.cols(), 1U);  // no context where the background has none
  const ShownBackground none{.name = "sidebands", .parts = {part(1, {1}, {0.9F})}};
  EXPECT_FALSE(describe_anomaly(six_events(), none, 2).selected);
  EXPECT_FALSE(describe_anomaly(six_events(), {}, 2).selected);
}

TEST(DescribeAnomaly, names_the_most_signal_like_events_of_the_signal_region_in_one_order) {
  const ScoredSample events = describe_anomaly(six_events(), {}, 4).most_signal_like;
  EXPECT_THAT(events.index, ElementsAre(101, 102, 100, 104));  // by efficiency, then score; none from outside
  EXPECT_THAT(events.identity[0].values, ElementsAre(8, 9, 7, 11));
  EXPECT_EQ(describe_anomaly(six_events(), {}, 100).most_signal_like.size(), 5U);
  EXPECT_EQ(describe_anomaly(six_events(), {}, 0).most_signal_like.size(), 0U);
}

TEST(DescribeAnomaly, gives_features_that_were_spread_their_steps_again) {
  Finding finding = six_events();
  finding.dequantisation.lattice = {{.step = 1, .origin = 0}};
  finding.data.x(1, 0) = 1.3F;
  EXPECT_EQ(describe_anomaly(finding, {}, 1).most_signal_like.x(0, 0), 1);
}

Finding found(const SearchInputs& inputs, const SearchConfig& config) {
  const test::TemporaryFolder folder;
  return search_alone({inputs, config, base::TaskStore(folder.path()), {}}).finding;
}

/// What every family must hold: the events that were counted, and background that sums to the prediction.
void expect_anomaly_of_counts(const Finding& finding, const std::string& background, std::size_t n_columns) {
  ASSERT_TRUE(finding.anomaly && finding.anomaly->selected);
  const SelectedEvents& selected = *finding.anomaly->selected;
  const WorkingPoint& cut = finding.working_points[selected.working_point];
  EXPECT_EQ(selected.background, background);
  EXPECT_EQ(selected.predicted, cut.predicted);
  EXPECT_EQ(static_cast<double>(selected.columns.rows()), cut.observed);
  EXPECT_EQ(selected.columns.cols(), n_columns);
  double sum = 0;
  for (const ExpectedEvents& events : selected.expected) {
    EXPECT_EQ(events.columns.cols(), n_columns);
    sum += std::accumulate(events.weight.begin(), events.weight.end(), 0.0);
  }
  EXPECT_NEAR(sum, cut.predicted, 1e-5 * cut.predicted);  // weights are float32
  EXPECT_EQ(finding.anomaly->most_signal_like.size(), 20U);
}

TEST(Anomaly, of_conrad_is_the_template_behind_the_same_cut) {
  SearchConfig config = quick_config();
  config.efficiencies = {0.1};
  const Finding finding = found(background_inputs(4000, 8000, 1), config);
  expect_anomaly_of_counts(finding, "template", kFeatures + 1);
  // Of the signal region's exp(-1) of the template a tenth passes in each of the two folds, exactly but for ties.
  const double n = 2 * 0.1 * 8000 * std::exp(-1);
  EXPECT_NEAR(static_cast<double>(finding.anomaly->selected->expected[0].weight.size()) / n, 1, 0.1);
}

TEST(Anomaly, of_extrapolations_is_the_constructed_background) {
  SearchConfig config = extrapolation_config("reweight", "sr");
  config.efficiencies = {0.1};
  expect_anomaly_of_counts(found(extrapolation_inputs(3000, 6000, 1), config), "constructed background", 4);
}

SearchConfig cwola() {
  SearchConfig config = quick_resonant_config("cwola");
  config.efficiencies = {0.1};
  config.sculpting.bins = 10;
  return config;
}

TEST(Anomaly, of_resonant_searches_is_made_of_both_sidebands) {
  const Finding finding = found(resonance_inputs(8000, 0, 1, 0.2), cwola());
  expect_anomaly_of_counts(finding, "sidebands", 2);
  EXPECT_EQ(finding.anomaly->selected->expected.size(), 2U);
}

TEST(Anomaly, is_not_computed_while_the_signal_region_is_closed_nor_for_numbers_only) {
  SearchInputs inputs = resonance_inputs(4000, 0, 1, 0.2);
  SearchConfig config = cwola();
  config.numbers_only = true;
  const test::TemporaryFolder folder;
  const Search search{inputs, config, base::TaskStore(folder.path()), {}};
  EXPECT_FALSE(search_alone(search).finding.anomaly);
  EXPECT_TRUE(rules_of(config).run(search).background.parts.empty());
  config.numbers_only = false;
  config.search.blind = true;
  inputs.data = take_events(inputs.data, region_rows(inputs.data, false));
  EXPECT_FALSE(found(inputs, config).anomaly);
}

TEST(Anomaly, is_the_same_for_any_number_of_threads) {
  std::vector<std::vector<float>> weights;
  std::vector<std::vector<std::uint64_t>> rows;
  for (const std::size_t n_threads : {1, 3}) {
    const base::ThreadLimit limit(n_threads);
    const Finding finding = found(resonance_inputs(8000, 0, 1, 0.2), cwola());
    ASSERT_TRUE(finding.anomaly->selected);
    weights.push_back(finding.anomaly->selected->expected[0].weight);
    rows.push_back(finding.anomaly->most_signal_like.index);
  }
  EXPECT_EQ(weights[0], weights[1]);
  EXPECT_EQ(rows[0], rows[1]);
}

}  // namespace
}  // namespace eddy::search
