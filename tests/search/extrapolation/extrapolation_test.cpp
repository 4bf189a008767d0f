#include <eddy/base/parallel.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/extrapolation/closure_test.hpp>
#include <eddy/search/extrapolation/extrapolation.hpp>
#include <eddy/search/extrapolation/extrapolation_task.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "search/synthetic_extrapolation.hpp"

namespace eddy::search {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

const ClosureTest& test_of(const Finding& output, const std::string& region, const std::string& name) {
  return *std::ranges::find_if(output.closure_tests,
                               [&](const ClosureTest& t) { return t.region == region && t.name == name; });
}

/// `n` events of 300 different ones, all of one density.
Sample copies_of_300(std::size_t n, const char* name) {
  constexpr std::size_t kDifferent = 300;
  base::Matrix different(kDifferent, 2);
  base::fill_normal(base::RandomStream({7}, name), 0, different.values());
  Sample events;
  events.x = base::Matrix(n, 2);
  for (std::size_t i = 0; i < n; ++i) {
    std::ranges::copy(different.row(i * 7 % kDifferent), events.x.row(i).begin());
    events.group.push_back(i * 7 % kDifferent);
  }
  return events;
}

Finding run(const SearchInputs& inputs, const SearchConfig& config) {
  const test::TemporaryFolder folder;
  return run_search({inputs, config, base::TaskStore(folder.path()), {}}).finding;
}

TEST(ClosureTest, copies_stay_in_one_half) {
  const Sample truth = copies_of_300(3000, "true");
  const Sample constructed = copies_of_300(3000, "constructed");
  const ClosureRuns runs{.region = "r", .name = "copies", .n_runs = 4, .events = [&](std::size_t) {
                           return ClosureEvents{truth.x, constructed.x, std::vector<float>(constructed.size(), 1.0F),
                                                event_numbers(truth), event_numbers(constructed)};
                         }};
  const test::TemporaryFolder folder;
  const ClosureTest test =
      run_closure_test(runs, extrapolation_config("reweight", "sr"), base::TaskStore(folder.path()), {});
  // 150 different events of either kind judge in a half, 300 in a run: sqrt(1 / 6 / 300) = 0.024; runs share the
  // events.
  EXPECT_NEAR(mean(test.auc), 0.5, 0.06);
}

TEST(ShuffleEvents, keeps_copies_side_by_side) {
  const Sample events = copies_of_300(3000, "true");
  const std::vector<std::size_t> number = event_numbers(events);
  const ShuffledRows shuffled = shuffle_events({{1}, "shuffle"}, number);
  EXPECT_EQ(shuffled.n_first_half, 1500U);
  for (std::size_t i = 0; i < shuffled.rows.size(); ++i) {
    EXPECT_EQ(number[shuffled.rows[i]], number[shuffled.rows[i - i % 10]]);
  }
  const ShuffledRows single = shuffle_events({{1}, "shuffle"}, {0, 1, 2, 3, 4});
  EXPECT_EQ(single.rows, base::random_permutation({{1}, "shuffle"}, 5)) << "without copies as it was";
  EXPECT_EQ(single.n_first_half, 2U);
}

class ExtrapolationMethod : public ::testing::TestWithParam<std::string> {};

TEST_P(ExtrapolationMethod, describes_both_regions_far_better_than_the_simulation) {
  const SearchInputs inputs = extrapolation_inputs(24000, 24000, 1);
  const Finding output = run(inputs, extrapolation_config(GetParam(), "sr"));
  const std::string title = GetParam() == "reweight" ? "Reweight" : GetParam() == "generate" ? "Generate" : "Morph";
  for (const std::string region : {"control region", "signal region"}) {
    const double simulation = mean(test_of(output, region, "simulation").auc);
    const double method = mean(test_of(output, region, title).auc);
    // Means shifted by 0.4 sigma: AUC = Phi(0.4 / sqrt 2) = 0.61; the classifiers find most of that.
    EXPECT_GT(simulation, 0.56) << region;
    // 2,400 events of each kind in a fold of the control region, 3,500 and more in the signal region: an AUC is known
    // to 0.012 and 0.010 per run, and half of the rest of the shift would be 0.03.
    EXPECT_LT(method, 0.5 + 0.5 * (simulation - 0.5)) << region;
    EXPECT_NEAR(mean(test_of(output, region, "idealized").auc), 0.5, 0.03) << region;
  }
}

TEST_P(ExtrapolationMethod, predicts_the_number_of_events_after_a_cut) {
  const SearchInputs inputs = extrapolation_inputs(24000, 24000, 2);
  const Finding output = run(inputs, extrapolation_config(GetParam(), "sr"));
  ASSERT_EQ(output.working_points.size(), 2U);
  for (const WorkingPoint& point : output.working_points) {
    // No signal: the data fluctuates around the prediction, 99.7 % within three of both errors.
    EXPECT_NEAR(point.observed, point.predicted, 3 * std::hypot(point.predicted_error, std::sqrt(point.predicted)))
        << "efficiency " << point.efficiency;
    EXPECT_LT(std::abs(point.z), 3) << "efficiency " << point.efficiency;
    EXPECT_LT(std::abs(std::get<TemplateCount>(point.evidence).abcd.fit.z), 3) << "efficiency " << point.efficiency;
    EXPECT_EQ(*point.true_background, point.observed);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, ExtrapolationMethod, ::testing::Values("reweight", "generate", "morph"),
                         [](const auto& name) { return name.param; });

TEST(Extrapolation, finds_a_hidden_signal) {
  SearchInputs inputs = extrapolation_inputs(24000, 24000, 3);
  add_signal_events(300, 3, inputs);
  const Finding output = run(inputs, extrapolation_config("morph", "sr"));
  EXPECT_GT(output.working_points.front().z, 3);
  EXPECT_GT(output.evaluations.front().sic.max, 2);
  EXPECT_GT(*output.working_points.front().true_signal, 50);
}

TEST(Extrapolation, blind_uses_no_event_of_the_signal_region) {
  // The control region alone, and all data with the signal region made unusable: the same result, bit for bit.
  const SearchConfig config = extrapolation_config("generate", "cr");
  SearchInputs blinded = extrapolation_inputs(6000, 6000, 4);
  SearchInputs poisoned = blinded;
  for (const std::size_t row : region_rows(poisoned.data, true)) {
    std::ranges::fill(poisoned.data.x.row(row), std::nanf(""));
  }
  blinded.data = take_events(blinded.data, region_rows(blinded.data, false));
  const Finding a = run(blinded, config);
  const Finding b = run(poisoned, config);
  EXPECT_TRUE(a.working_points.empty());
  ASSERT_EQ(a.closure_tests.size(), 3U);
  ASSERT_EQ(b.closure_tests.size(), 3U);
  for (std::size_t i = 0; i < a.closure_tests.size(); ++i) {
    EXPECT_EQ(a.closure_tests[i].auc, b.closure_tests[i].auc) << a.closure_tests[i].name;
  }
}

TEST(Extrapolation, does_not_depend_on_the_number_of_threads) {
  const SearchInputs inputs = extrapolation_inputs(6000, 6000, 5);
  const SearchConfig config = extrapolation_config("morph", "sr");
  std::vector<Finding> outputs;
  for (const std::size_t n_threads : {1, 3}) {
    const base::ThreadLimit limit(n_threads);
    outputs.push_back(run(inputs, config));
  }
  EXPECT_EQ(outputs[0].data.score, outputs[1].data.score);
  EXPECT_EQ(outputs[0].closure_tests[0].auc, outputs[1].closure_tests[0].auc);
  EXPECT_EQ(outputs[0].working_points[0].predicted, outputs[1].working_points[0].predicted);
}

TEST(Extrapolation, weights_are_clipped_only_where_configured_and_counted) {
  const SearchInputs inputs = extrapolation_inputs(6000, 6000, 6);
  SearchConfig config = extrapolation_config("reweight", "cr");
  const WeightSummary free = run(inputs, config).weights.front();
  EXPECT_EQ(free.n_clipped, 0U);
  EXPECT_GT(free.largest, 1.2);
  config.weights.clip = 1.2;
  const WeightSummary clipped = run(inputs, config).weights.front();
  EXPECT_GT(clipped.n_clipped, 0U);
  EXPECT_LT(clipped.largest, free.largest);
  EXPECT_EQ(clipped.kind, "w(x, m)");
}

TEST(ConstructBackground, weights_sum_to_the_number_of_data_events_in_the_control_region) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = extrapolation_inputs(24000, 12000, 7);
  const SearchConfig config = extrapolation_config("generate", "cr");
  const base::TaskStore store(folder.path());
  ExtrapolationTask task{.inputs = inputs, .config = config, .store = store, .monitor = {}};
  task.background = train_background_models(inputs, config, store, {});
  for (std::size_t m = 0; m < task.background.models.size(); ++m) {
    const ConstructedBackground background = held_out_background(task, m);
    const double expected = std::accumulate(background.weight.begin(), background.weight.end(), 0.0);
    const auto n = static_cast<double>(held_out_data_rows(task, m).size());
    // Poisson errors of data and of half as many simulated events; the weights are known to some per cent.
    EXPECT_NEAR(expected / n, 1, 3 * std::sqrt(3 / n) + 0.02) << "model " << m;
  }
}

TEST(ConstructBackground, copies_share_the_weight_of_their_event) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = extrapolation_inputs(6000, 6000, 8);
  SearchConfig config = extrapolation_config("generate", "cr");
  const base::TaskStore store(folder.path());
  const BackgroundModels models = train_background_models(inputs, config, store, {});
  const std::vector<std::size_t> rows = {5, 7};
  const base::RandomStream stream({1}, "copies");
  const ConstructedBackground once = construct_background(models.models[0], inputs.simulation, rows, config, stream);
  config.extrapolation.copies = 3;
  const ConstructedBackground thrice = construct_background(models.models[0], inputs.simulation, rows, config, stream);
  ASSERT_EQ(thrice.size(), 6U);
  EXPECT_EQ(thrice.source, (std::vector<std::size_t>{5, 7, 5, 7, 5, 7}));
  EXPECT_FLOAT_EQ(thrice.weight[2], once.weight[0] / 3);
  EXPECT_NE(thrice.x(0, 0), thrice.x(2, 0));
}

}  // namespace
}  // namespace eddy::search
