#include <eddy/base/error.hpp>
#include <eddy/search/resonant/resonant_task.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

constexpr std::size_t kData = 4000;
constexpr std::size_t kInjected = 80;

/// Inputs with signal, a configuration and a folder of tasks; task() lets tests change the first two before.
struct World {
  World() : config(quick_resonant_config("lacathode")), inputs(resonance_inputs(kData, kInjected, 1, 0.2)) {
    config.flow.training.epochs = 1;
  }
  [[nodiscard]] ResonantTask task() const { return make_resonant_task(inputs, config, store, monitor); }

  test::TemporaryFolder folder;
  SearchConfig config;
  SearchInputs inputs;
  base::TaskStore store = base::TaskStore(folder.path());
  base::Monitor monitor;
};

/// The density of a flow on some events: equal for equal flows.
std::vector<float> fingerprint(const FoldFlows& flows, std::size_t fold, std::size_t retraining) {
  const Sample probe = resonance_background(50, 77, 0.2);
  return flows.flows[fold][retraining].log_prob(probe.x, probe.context);
}

/// Moves the features of the events at `rows`.
void disturb(Sample& sample, const std::vector<std::size_t>& rows) {
  for (const std::size_t row : rows) {
    for (float& value : sample.x.row(row)) {
      value = 0.5F - value;
    }
  }
}

std::vector<std::size_t> rows_of_fold(const ResonantTask& task, std::size_t fold) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < task.data_fold.size(); ++i) {
    if (task.data_fold[i] == fold) {
      rows.push_back(i);
    }
  }
  return rows;
}

TEST(MakeResonantTask, folds_divide_the_data) {
  World world;
  world.config.folds.k = 4;
  const ResonantTask task = world.task();
  EXPECT_EQ(task.n_folds, 4U);
  EXPECT_EQ(task.n_retrainings, 2U);
  ASSERT_EQ(task.data_fold.size(), world.inputs.data.size());
  for (std::size_t k = 0; k < 4; ++k) {
    const double n = static_cast<double>(rows_of_fold(task, k).size());
    EXPECT_NEAR(n, (kData + kInjected) / 4.0, 4 * std::sqrt(kData * 0.25 * 0.75));  // binomial, four sigma
  }
}

TEST(MakeResonantTask, one_fold_alone_is_scored_on_request) {
  World world;
  world.config.folds = {.k = 3, .score = "one"};
  const ResonantTask task = world.task();
  EXPECT_EQ(task.n_folds, 1U);
  EXPECT_EQ(std::ranges::max(task.data_fold), 2);  // the data is divided as before
  EXPECT_EQ(make_detectors_in_x(task).size(), 1U);
  EXPECT_EQ(train_fold_flows(task, false, "flow").flows.size(), 1U);
}

TEST(MakeResonantTask, window_is_that_of_the_expression) {
  World world;
  world.inputs = resonance_inputs(20000, 0, 1, 0);
  const ResonantTask task = world.task();
  EXPECT_EQ(task.window.low, kWindowLow);
  EXPECT_EQ(task.window.high, kWindowHigh);
}

TEST(MakeResonantTask, signal_region_of_two_parts_is_refused) {
  World world;
  const auto middle = std::ranges::find_if(world.inputs.data.context.values(),
                                           [](float m) { return std::abs(m - kResonanceMass) < 0.1; });
  world.inputs.data.in_signal_region[static_cast<std::size_t>(middle - world.inputs.data.context.values().begin())] = 0;
  test::expect_throws_with<base::InputError>([&] { (void)world.task(); }, "lies in between", "one window");
}

TEST(MakeResonantTask, truth_is_the_signal_of_the_file_in_the_signal_region) {
  World world;
  world.inputs.benchmark_signal = resonance_signal(2000, 5, 0.2);
  const ResonantTask task = world.task();
  EXPECT_FALSE(task.truth.signal_is_in_data);
  EXPECT_EQ(task.truth.signal.size(), region_rows(world.inputs.benchmark_signal, true).size());
  EXPECT_EQ(std::ranges::count(task.truth.signal.in_signal_region, 0), 0);
  ASSERT_EQ(task.truth.signal_fold.size(), task.truth.signal.size());
  const auto n_first = static_cast<double>(std::ranges::count(task.truth.signal_fold, 0));
  EXPECT_NEAR(n_first, static_cast<double>(task.truth.signal.size()) / 2, 4 * std::sqrt(2000 * 0.25));
}

TEST(MakeResonantTask, truth_without_a_file_is_the_labelled_signal_in_its_own_folds) {
  World world;
  const ResonantTask task = world.task();
  EXPECT_TRUE(task.truth.signal_is_in_data);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < world.inputs.data.size(); ++i) {
    if (world.inputs.data.truth[i] != 0 && world.inputs.data.in_signal_region[i] != 0) {
      rows.push_back(i);
    }
  }
  ASSERT_EQ(task.truth.signal.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(task.truth.signal_fold[i], task.data_fold[rows[i]]);
    EXPECT_EQ(task.truth.signal.x(i, 0), world.inputs.data.x(rows[i], 0));
  }
  world.inputs.data.truth.clear();
  EXPECT_EQ(world.task().truth.signal.size(), 0U);
}

TEST(TrainingRows, never_of_the_fold_and_of_one_region) {
  World world;
  world.config.folds.k = 3;
  const ResonantTask task = world.task();
  for (const bool signal_region : {true, false}) {
    std::vector<int> times(world.inputs.data.size());
    for (std::size_t k = 0; k < 3; ++k) {
      for (const std::size_t row : training_rows(task, signal_region, k)) {
        ASSERT_NE(task.data_fold[row], k);
        ASSERT_EQ(world.inputs.data.in_signal_region[row] != 0, signal_region);
        ++times[row];
      }
    }
    for (const std::size_t row : region_rows(world.inputs.data, signal_region)) {
      ASSERT_EQ(times[row], 2) << "an event is trained on for all folds but its own";
    }
  }
}

TEST(TrainFoldFlows, no_flow_depends_on_the_events_of_its_fold) {
  World world;
  const ResonantTask task = world.task();
  const FoldFlows before = train_fold_flows(task, false, "sideband flow");
  disturb(world.inputs.data, rows_of_fold(task, 0));
  const FoldFlows after = train_fold_flows(world.task(), false, "sideband flow");
  for (std::size_t r = 0; r < 2; ++r) {
    EXPECT_EQ(fingerprint(after, 0, r), fingerprint(before, 0, r));
    EXPECT_NE(fingerprint(after, 1, r), fingerprint(before, 1, r));
  }
}

TEST(TrainFoldFlows, no_signal_region_event_enters_a_sideband_flow) {
  World world;
  const FoldFlows before = train_fold_flows(world.task(), false, "sideband flow");
  const std::size_t n_files = world.folder.listing().size();
  disturb(world.inputs.data, region_rows(world.inputs.data, true));
  const FoldFlows after = train_fold_flows(world.task(), false, "sideband flow");
  EXPECT_EQ(world.folder.listing().size(), n_files);  // all of them were found
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_EQ(fingerprint(after, k, 0), fingerprint(before, k, 0));
  }
}

TEST(TrainFoldFlows, a_signal_region_flow_knows_no_sideband) {
  World world;
  world.inputs = resonance_inputs(10000, 0, 1, 0.2);
  const FoldFlows before = train_fold_flows(world.task(), true, "signal-region flow");
  disturb(world.inputs.data, region_rows(world.inputs.data, false));
  const FoldFlows after = train_fold_flows(world.task(), true, "signal-region flow");
  EXPECT_EQ(fingerprint(after, 1, 1), fingerprint(before, 1, 1));
}

TEST(TrainFoldFlows, labels_and_retrainings) {
  World world;
  const FoldFlows flows = train_fold_flows(world.task(), false, "sideband flow");
  ASSERT_EQ(flows.flows.size(), 2U);
  ASSERT_EQ(flows.flows[0].size(), 2U);
  EXPECT_NE(fingerprint(flows, 0, 0), fingerprint(flows, 0, 1));  // independent
  EXPECT_EQ(world.folder.listing().size(), 4U);
  ASSERT_EQ(flows.training.size(), 4U);
  EXPECT_EQ(flows.training[3].name, "sideband flow, fold 2, retraining 2");
  EXPECT_EQ(flows.training[3].train.size(), 1U);  // epochs
  world.inputs.data.truth.clear();                // labels are never trained on
  const FoldFlows blind = train_fold_flows(world.task(), false, "sideband flow");
  EXPECT_EQ(world.folder.listing().size(), 4U);
  EXPECT_EQ(fingerprint(blind, 1, 1), fingerprint(flows, 1, 1));
}

TEST(MakeDetectors, take_the_flow_of_their_fold_and_the_median_context) {
  World world;
  const ResonantTask task = world.task();
  const FoldFlows flows = train_fold_flows(task, false, "sideband flow");
  const Detectors detectors = make_detectors(task, SpaceKind::kXPrime, flows);
  ASSERT_EQ(detectors.size(), 2U);
  const Sample probe = resonance_background(50, 77, 0.2);
  for (std::size_t k = 0; k < 2; ++k) {
    for (std::size_t r = 0; r < 2; ++r) {
      const Detector& detector = detectors[k][r];
      EXPECT_EQ(detector.background->log_prob(probe.x, probe.context), fingerprint(flows, k, r));
      EXPECT_EQ(detector.space.kind, SpaceKind::kXPrime);
      EXPECT_GT(detector.space.fixed_context, kWindowLow);
      EXPECT_LT(detector.space.fixed_context, kWindowHigh);
      EXPECT_FALSE(detector.data);
    }
  }
}

TEST(NReferenceEvents, follow_the_ratio) {
  World world;
  world.config.classifier.reference_ratio = 2.5;
  EXPECT_EQ(n_reference_events(world.task(), 100), 250U);
  EXPECT_EQ(n_reference_events(world.task(), 0), 0U);
}

}  // namespace
}  // namespace eddy::search
