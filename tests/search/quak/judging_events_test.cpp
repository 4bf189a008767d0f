#include <eddy/base/random.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/quak/judging_events.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>

#include <check_throws.hpp>

#include <eddy/base/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <search/synthetic_losses.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace eddy::search {
namespace {

using testing::ElementsAre;

constexpr std::size_t kEvents = 2000;

Sample events(std::uint64_t seed) {
  Sample sample;
  sample.x = base::Matrix(kEvents, 2);
  sample.context = base::Matrix(kEvents, 1);
  base::fill_normal(base::RandomStream({seed}, "x"), 0, sample.x.values());
  base::fill_normal(base::RandomStream({seed}, "context"), 0, sample.context.values());
  sample.in_signal_region.assign(kEvents, 1);
  sample.index.resize(kEvents);
  std::iota(sample.index.begin(), sample.index.end(), std::uint64_t{0});
  return sample;
}

/// The events of `sample` as another file would hold them: one row further down, so that even ones are odd.
Sample in_another_file(Sample sample) {
  for (std::uint64_t& row : sample.index) {
    ++row;
  }
  return sample;
}

/// Background, one prior and one signal, unlike one another.
struct World {
  World() {
    config.evaluate = {{.name = "s", .sample = {}}};
    inputs.background = events(1);
    inputs.priors = {events(2)};
    inputs.evaluated = {events(3)};
    inputs.records.resize(3);
    inputs.records[0].role = "data";
    inputs.records[1].role = "background";
    inputs.records[2].role = "evaluate s";
  }
  /// Positions of background or signal events that judge.
  [[nodiscard]] std::vector<std::size_t> judges_of_background() const {
    const std::vector<std::uint8_t> training = is_training_event(config, split_index(inputs.background));
    std::vector<std::size_t> rows = judging_rows(split_index(inputs.background));
    std::erase_if(rows, [&](std::size_t row) { return training[row] != 0; });
    return rows;
  }
  /// What may be trained on or chosen with: all of the prior but its judges.
  [[nodiscard]] Sample choosers_of_prior() const {
    const Sample held_out = held_out_part(config, inputs.priors[0]);
    const Sample training = training_part(config, inputs.priors[0]);
    Sample all = take_events(held_out, choosing_rows(split_index(held_out)));
    all.x = base::stack_rows(all.x, training.x);
    all.context = base::stack_rows(all.context, training.context);
    return all;
  }
  SearchConfig config = quick_quak_config();
  SearchInputs inputs;
};

TEST(JudgingRows, are_the_odd_ones_of_the_file) {
  EXPECT_THAT(choosing_rows({4, 7, 7, 0}), ElementsAre(0, 3));
  EXPECT_THAT(judging_rows({4, 7, 7, 0}), ElementsAre(1, 2));
}

TEST(TakeOutJudgesThatChoose, leaves_samples_without_common_events_alone) {
  World world;
  take_out_judges_that_choose(world.config, world.inputs);
  EXPECT_EQ(world.inputs.background.size(), kEvents);
  EXPECT_EQ(world.inputs.evaluated[0].size(), kEvents);
  EXPECT_EQ(world.inputs.records[2].n_selected, 0U) << "no record is touched";
}

TEST(TakeOutJudgesThatChoose, no_signal_is_judged_that_a_prior_of_another_file_trains_or_chooses_with) {
  World world;
  world.inputs.evaluated[0] = in_another_file(world.inputs.priors[0]);
  for (std::size_t i = kEvents / 2; i < kEvents; ++i) {
    world.inputs.evaluated[0].x(i, 0) += 1000;  // another event
  }
  take_out_judges_that_choose(world.config, world.inputs);
  const Sample& signal = world.inputs.evaluated[0];
  const std::vector<std::size_t> judges = judging_rows(split_index(signal));
  EXPECT_THAT(rows_also_in(take_events(signal, judges), world.choosers_of_prior()), testing::IsEmpty());
  EXPECT_EQ(choosing_rows(split_index(signal)).size(), kEvents / 2) << "those that choose may stay";
  EXPECT_EQ(world.inputs.records[2].n_selected, signal.size());
}

TEST(TakeOutJudgesThatChoose, a_signal_that_is_a_prior_has_no_judges_left) {
  World world;
  world.inputs.evaluated[0] = in_another_file(world.inputs.priors[0]);
  test::expect_throws_with<base::InputError>([&] { take_out_judges_that_choose(world.config, world.inputs); },
                                             "only 0 events are left", "at least 20");
}

TEST(TakeOutJudgesThatChoose, no_background_is_judged_that_a_prior_of_another_file_trains_or_chooses_with) {
  World world;
  const std::size_t n_before = world.judges_of_background().size();
  world.inputs.priors[0] = in_another_file(world.inputs.background);
  take_out_judges_that_choose(world.config, world.inputs);
  const Sample judges = take_events(world.inputs.background, world.judges_of_background());
  EXPECT_LT(judges.size(), n_before);
  EXPECT_THAT(rows_also_in(judges, world.choosers_of_prior()), testing::IsEmpty());
  EXPECT_EQ(world.inputs.records[1].n_selected, world.inputs.background.size());
}

TEST(TakeOutJudgesThatChoose, of_one_file_all_is_as_it_was) {
  World world;
  world.inputs.evaluated[0] = held_out_part(world.config, world.inputs.priors[0]);  // as load_evaluated leaves it
  const std::size_t n = world.inputs.evaluated[0].size();
  take_out_judges_that_choose(world.config, world.inputs);
  EXPECT_EQ(world.inputs.evaluated[0].size(), n);
}

}  // namespace
}  // namespace eddy::search
