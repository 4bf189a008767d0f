#include <eddy/base/error.hpp>
#include <eddy/search/resonant/transport.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eddy::search {
namespace {

/// Background whose first feature follows the mass by `correlation`, whose second does not.
Sample half_moving(std::size_t n_events, std::uint64_t seed, double correlation) {
  Sample sample = resonance_background(n_events, seed, correlation);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    sample.x(i, 1) -= static_cast<float>(correlation * sample.context(i, 0));
  }
  return sample;
}

TEST(Transport, moves_what_follows_the_mass_alone) {
  const Sample sample = half_moving(20000, 1, 0.5);
  EXPECT_THAT(features_that_follow(sample.x, sample.context), testing::ElementsAre(0U));
  const Transport transport = learn_transport(sample.x, sample.context);
  base::Matrix to = sample.context;
  std::ranges::fill(to.values(), 3.5F);
  const base::Matrix there = moved(transport, sample.x, sample.context, to);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < there.rows(); ++i) {
    EXPECT_EQ(there(i, 1), sample.x(i, 1)) << "event " << i;
    const double residual = there(i, 0) - 0.5 * 3.5;
    sum += residual / 20000;
    squares += residual * residual / 20000;
  }
  // N(0.5 m, 1) at m = 3.5: known to 0.007 and 0.005, and parabolas through quantiles of 615 events are good to some
  // 0.02.
  EXPECT_NEAR(sum, 0, 0.05);
  EXPECT_NEAR(std::sqrt(squares - sum * sum), 1, 0.05);
}

TEST(Transport, keeps_how_features_depend_on_one_another) {
  Sample sample = half_moving(20000, 2, 0.5);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    sample.x(i, 1) = 0.8F * (sample.x(i, 0) - 0.5F * sample.context(i, 0)) + 0.6F * sample.x(i, 1);
  }
  base::Matrix to = sample.context;
  std::ranges::fill(to.values(), 2.5F);
  const base::Matrix there = moved(learn_transport(sample.x, sample.context), sample.x, sample.context, to);
  double product = 0;
  for (std::size_t i = 0; i < there.rows(); ++i) {
    product += (there(i, 0) - 0.5 * 2.5) * there(i, 1) / 20000;
  }
  EXPECT_NEAR(product, 0.8, 0.04);
}

TEST(Transport, of_features_that_stand_still_changes_nothing) {
  const Sample sample = resonance_background(20000, 3, 0);
  Transport transport = learn_transport(sample.x, sample.context);
  transport.features.clear();  // one in twenty is taken for one that follows
  EXPECT_EQ(moved(transport, sample.x, sample.context, sample.context).values().size(), sample.x.values().size());
  EXPECT_TRUE(
      std::ranges::equal(moved(transport, sample.x, sample.context, sample.context).values(), sample.x.values()));
}

TEST(Transport, needs_events_to_learn_from) {
  const Sample sample = resonance_background(1999, 3, 0.5);
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(learn_transport(sample.x, sample.context)); },
                                             "1999 events", "widen the selection");
}

/// What a classifier of one fold is given as background.
struct Reference {
  explicit Reference(SearchInputs given, std::size_t n = 8000) : inputs(std::move(given)) {
    const base::TaskStore store(folder.path());
    const ResonantTask task = make_resonant_task(inputs, config, store, monitor);
    steps = steps_of(config, inputs.data.x);
    x = moved_sidebands(task, steps, 0, 0, n);
  }
  test::TemporaryFolder folder;
  SearchConfig config = quick_resonant_config("transport");
  SearchInputs inputs;
  base::Monitor monitor;
  Dequantisation steps;
  base::Matrix x;
};

TEST(MovedSidebands, look_like_background_of_the_signal_region) {
  const Reference reference(resonance_inputs(40000, 0, 1, 0.5));
  ASSERT_EQ(reference.x.rows(), 8000U);
  double mean = 0;
  for (std::size_t i = 0; i < reference.x.rows(); ++i) {
    mean += reference.x(i, 0) / 8000;
  }
  EXPECT_NEAR(mean, 0.5 * 3.5, 0.06);  // half the mean mass there, 3.49; in the sidebands it is 0.5 * 3.2
}

TEST(MovedSidebands, are_each_event_outside_the_fold_at_most_once) {
  const Reference reference(resonance_inputs(10000, 0, 1, 0.5), 100000);
  const base::TaskStore store(reference.folder.path());
  const ResonantTask task = make_resonant_task(reference.inputs, reference.config, store, reference.monitor);
  EXPECT_EQ(reference.x.rows(), training_rows(task, false, 0).size());
}

TEST(MovedSidebands, of_whole_numbers_are_whole_numbers) {
  SearchInputs inputs = resonance_inputs(20000, 0, 1, 0.5);
  for (std::size_t i = 0; i < inputs.data.size(); ++i) {
    inputs.data.x(i, 0) = std::round(3 * inputs.data.x(i, 0));
  }
  const Reference reference(std::move(inputs));
  ASSERT_TRUE(reference.steps.is_needed());
  double mean = 0;
  for (std::size_t i = 0; i < reference.x.rows(); ++i) {
    EXPECT_EQ(reference.x(i, 0), std::round(reference.x(i, 0)));
    mean += reference.x(i, 0) / static_cast<double>(reference.x.rows());
  }
  EXPECT_NEAR(mean, 3 * 0.5 * 3.5, 0.2);
}

}  // namespace
}  // namespace eddy::search
