#include <eddy/events/split.hpp>
#include <eddy/search/benchmarks.hpp>
#include <eddy/search/copies.hpp>

#include <gtest/gtest.h>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace eddy::search {
namespace {

constexpr std::size_t kData = 2000;
constexpr std::size_t kSignal = 300;
constexpr std::size_t kTwins = 100;

/// Labelled data, and a signal file whose first events are the last ones of the data.
struct World {
  World() {
    const Sample signal = signal_sample(kSignal, 7);
    add_signal(signal, inputs.data);
    inputs.data = take_events(inputs.data, all_but_last(kSignal - kTwins));
    inputs.benchmark_signal = signal;
    config.folds.k = 5;
    find_twins(inputs.benchmark_signal, inputs.data);
    data_fold = events::assign_folds({1}, "data folds", split_index(inputs.data), 5);
  }
  [[nodiscard]] std::vector<std::size_t> all_but_last(std::size_t n) const {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i + n < inputs.data.size(); ++i) {
      rows.push_back(i);
    }
    return rows;
  }
  SearchInputs inputs = background_inputs(kData, 100, 1);
  SearchConfig config = quick_config();
  std::vector<std::uint8_t> data_fold;
};

// Detectors of another fold were trained on the copy, and would recognise it.
TEST(TrueSignal, copies_of_data_events_stand_in_the_fold_of_these) {
  const World world;
  const TrueSignal truth = true_signal(world.inputs, world.config, world.data_fold);
  EXPECT_FALSE(truth.signal_is_in_data);
  ASSERT_EQ(truth.signal.size(), kSignal);
  for (std::size_t i = 0; i < kTwins; ++i) {
    ASSERT_EQ(truth.signal.x(i, 0), world.inputs.data.x(kData + i, 0));
    EXPECT_EQ(truth.signal_fold[i], world.data_fold[kData + i]);
  }
  EXPECT_NEAR(static_cast<double>(std::ranges::count(truth.signal_fold, 0)), kSignal / 5.0,
              4 * std::sqrt(kSignal * 0.16));
}

TEST(TrueSignal, is_that_of_the_data_where_there_is_no_file) {
  World world;
  world.inputs.benchmark_signal = {};
  const TrueSignal truth = true_signal(world.inputs, world.config, world.data_fold);
  EXPECT_TRUE(truth.signal_is_in_data);
  ASSERT_EQ(truth.signal.size(), kTwins);
  for (std::size_t i = 0; i < kTwins; ++i) {
    EXPECT_EQ(truth.signal_fold[i], world.data_fold[kData + i]);
  }
  world.inputs.data.truth.clear();
  EXPECT_EQ(true_signal(world.inputs, world.config, world.data_fold).signal.size(), 0U);
}

TEST(EvaluationSample, has_the_same_signal_beside_the_labelled_background) {
  const World world;
  const EvaluationSample truth = evaluation_sample(world.inputs, world.config, world.data_fold);
  EXPECT_EQ(truth.signal_fold, true_signal(world.inputs, world.config, world.data_fold).signal_fold);
  EXPECT_EQ(truth.data_fold, world.data_fold);
  ASSERT_FALSE(truth.background_rows.empty());
  for (const std::size_t row : truth.background_rows) {
    EXPECT_LT(row, kData);
    EXPECT_EQ(world.inputs.data.in_signal_region[row], 1);
  }
}

}  // namespace
}  // namespace eddy::search
