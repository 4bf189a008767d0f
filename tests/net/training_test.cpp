#include <eddy/base/error.hpp>
#include <eddy/net/training.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace eddy::net {
namespace {

constexpr std::size_t kParameters = 16;  // one vector

/// Mean squared distance of parameter 0 to numbers around 3: the minimum is their mean.
struct Quadratic {
  std::vector<double> targets;
  AlignedVector<float> mask = AlignedVector<float>(kParameters, 0.0F);

  Quadratic() {
    mask[0] = 1;
    for (std::size_t i = 0; i < 1000; ++i) {
      targets.push_back(3 + 0.001 * (static_cast<double>(i) - 499.5));
    }
  }
  Objective objective() {
    Objective o;
    o.n_events = targets.size();
    o.mask = mask;
    o.batch_loss = [this](std::span<const float> p, std::span<const std::size_t> rows, std::span<float> gradient) {
      double sum = 0;
      for (const std::size_t row : rows) {
        const double distance = p[0] - targets[row];
        sum += distance * distance;
        gradient[0] += static_cast<float>(2 * distance / static_cast<double>(rows.size()));
        gradient[1] += 1;  // masked: must not move
      }
      return sum / static_cast<double>(rows.size());
    };
    o.validation_loss = [](std::span<const float> p) { return (p[0] - 3.0) * (p[0] - 3.0); };
    return o;
  }
};

TEST(Training, finds_the_minimum_and_leaves_masked_parameters_alone) {
  Quadratic problem;
  AlignedVector<float> parameters(kParameters, 0.0F);
  const TrainingSettings settings{.epochs = 30, .batch_size = 50, .learning_rate = 0.1};
  const TrainingResult result = train(problem.objective(), settings, base::RandomStream({1}, "t"), parameters, "t", {});
  // The minimum of the validation loss is 3; batches scatter by 0.29 / sqrt(50) = 0.04 and the cosine schedule averages
  // them.
  EXPECT_NEAR(result.kept[0][0], 3.0, 0.02);
  EXPECT_EQ(result.kept[0][1], 0.0F);
  EXPECT_LT(result.train_loss.back(), result.train_loss.front());
}

TEST(Training, without_a_number_of_epochs_few_events_are_passed_more_often) {
  const TrainingSettings settings{.epochs = 0, .batch_size = 128};
  EXPECT_EQ(epochs_for(settings, 1'000'000), 4);
  EXPECT_EQ(epochs_for(settings, 200 * 128), 7);        // 200 steps each
  EXPECT_EQ(epochs_for(settings, 200 * 128 - 127), 7);  // the last of them small
  EXPECT_EQ(epochs_for(settings, 1000), 12);
  EXPECT_EQ(epochs_for({.epochs = 2, .batch_size = 128}, 1000), 2);

  Quadratic problem;
  AlignedVector<float> parameters(kParameters, 0.0F);
  const TrainingSettings few{.epochs = 0, .batch_size = 8, .patience = 0, .keep_epochs = 6};
  EXPECT_EQ(kept_epochs(few), 4) << "what depends on their number is known before that of events";
  const TrainingResult result = train(problem.objective(), few, base::RandomStream({1}, "t"), parameters, "t", {});
  EXPECT_EQ(result.train_loss.size(), 12);  // of 125 steps
  EXPECT_EQ(result.kept.size(), 4);
}

TEST(Training, same_stream_gives_the_same_bits) {
  Quadratic problem;
  const TrainingSettings settings{.epochs = 3, .batch_size = 64, .learning_rate = 0.1};
  AlignedVector<float> a(kParameters, 0.0F);
  AlignedVector<float> b(kParameters, 0.0F);
  AlignedVector<float> c(kParameters, 0.0F);
  (void)train(problem.objective(), settings, base::RandomStream({1}, "t"), a, "t", {});
  (void)train(problem.objective(), settings, base::RandomStream({1}, "t"), b, "t", {});
  (void)train(problem.objective(), settings, base::RandomStream({2}, "t"), c, "t", {});
  EXPECT_EQ(a[0], b[0]);
  EXPECT_NE(a[0], c[0]);
}

TEST(Training, stops_early_and_keeps_the_best_epochs_best_first) {
  Quadratic problem;
  Objective objective = problem.objective();
  std::vector<double> losses = {5, 3, 4, 2, 6, 7, 8, 1};
  std::size_t epoch = 0;
  std::vector<float> seen;
  objective.validation_loss = [&](std::span<const float> p) {
    seen.push_back(p[0]);
    return losses[epoch++];
  };
  AlignedVector<float> parameters(kParameters, 0.0F);
  const TrainingSettings settings{
      .epochs = 8, .batch_size = 100, .learning_rate = 0.1, .patience = 3, .keep_epochs = 2};
  const TrainingResult result = train(objective, settings, base::RandomStream({1}, "t"), parameters, "t", {});
  EXPECT_EQ(result.validation_loss.size(),
            7U);  // epochs 4, 5, 6 (0-based) are not better than epoch 3: stop before the 1
  EXPECT_EQ(result.best_epoch, 3U);
  ASSERT_EQ(result.kept.size(), 2U);
  EXPECT_EQ(result.kept[0][0], seen[3]);
  EXPECT_EQ(result.kept[1][0], seen[1]);
}

TEST(Training, a_nan_falls_back_to_the_best_epoch_and_says_where) {
  Quadratic problem;
  Objective objective = problem.objective();
  std::size_t calls = 0;
  const auto good = objective.batch_loss;
  objective.batch_loss = [&](std::span<const float> p, std::span<const std::size_t> rows, std::span<float> g) {
    return ++calls == 25 ? std::numeric_limits<double>::quiet_NaN() : good(p, rows, g);
  };
  AlignedVector<float> parameters(kParameters, 0.0F);
  const TrainingSettings settings{.epochs = 5, .batch_size = 100, .learning_rate = 0.1};
  const TrainingResult result = train(objective, settings, base::RandomStream({1}, "t"), parameters, "flow 0", {});
  EXPECT_THAT(result.note, ::testing::HasSubstr("epoch 3, batch 5"));
  EXPECT_EQ(result.validation_loss.size(), 2U);
  EXPECT_TRUE(std::isfinite(result.kept[0][0]));
}

TEST(Training, a_nan_in_the_first_epoch_is_an_error_with_a_remedy) {
  Quadratic problem;
  Objective objective = problem.objective();
  objective.batch_loss = [](auto, auto, auto) { return std::numeric_limits<double>::quiet_NaN(); };
  AlignedVector<float> parameters(kParameters, 0.0F);
  try {
    (void)train(objective, {}, base::RandomStream({1}, "t"), parameters, "flow 0", {});
    FAIL();
  } catch (const base::NumericError& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(::testing::HasSubstr("flow 0"), ::testing::HasSubstr("epoch 1, batch 1"),
                                               ::testing::HasSubstr("lower learning_rate")));
  }
}

}  // namespace
}  // namespace eddy::net
