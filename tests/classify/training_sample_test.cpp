#include <eddy/base/error.hpp>
#include <eddy/classify/training_sample.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "check_throws.hpp"

namespace eddy::classify {
namespace {

using base::InputError;
using testing::ElementsAre;

const base::RandomStream kStream({31}, "split");

/// Labels and weights of events of both classes, mixed; x is the number of the event.
struct Sample {
  Sample(std::size_t n_data, std::size_t n_reference) : x(n_data + n_reference, 1), weight(n_data + n_reference) {
    base::RandomStream weights({32}, "weights");
    for (std::size_t i = 0; i < weight.size(); ++i) {
      label.push_back(i * n_data / weight.size() != (i + 1) * n_data / weight.size() ? 1 : 0);
      weight[i] = static_cast<float>(weights.uniform());
      x(i, 0) = static_cast<float>(i);
    }
  }
  base::Matrix x;
  std::vector<std::uint8_t> label;
  std::vector<float> weight;
};

TEST(WeightedSplit, TakesTheSameFractionOfBothClassesAndBalancesBothParts) {
  const Sample sample(1003, 297);
  const WeightedSplit split = draw_weighted_split(sample.label, sample.weight, 0.3, kStream);
  double sum[2][2] = {};
  double n[2][2] = {};
  for (std::size_t i = 0; i < sample.label.size(); ++i) {
    sum[split.is_validation[i]][sample.label[i]] += split.weight[i];
    ++n[split.is_validation[i]][sample.label[i]];
  }
  EXPECT_EQ(n[1][1], 301) << "0.3 of 1003, rounded";
  EXPECT_EQ(n[1][0], 89) << "0.3 of 297, rounded";
  for (std::size_t part = 0; part < 2; ++part) {
    const double half = (n[part][0] + n[part][1]) / 2;
    EXPECT_NEAR(sum[part][0], half, 1e-6 * half);  // weights are rounded to 24 bits
    EXPECT_NEAR(sum[part][1], half, 1e-6 * half);
  }
}

TEST(WeightedSplit, KeepsTheProportionsOfWeightsInsideAClass) {
  const std::vector<std::uint8_t> label = {1, 0, 1, 0, 1, 0, 1, 0};
  const std::vector<float> weight = {1, 2, 1, 2, 3, 0, 3, 0};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    try {
      const WeightedSplit split = draw_weighted_split(label, weight, 0.5, base::RandomStream({seed}, "split"));
      double ratio[2] = {0, 0};
      for (std::size_t i = 0; i < label.size(); i += 2) {
        double& of_part = ratio[split.is_validation[i]];
        EXPECT_TRUE(of_part == 0 || std::abs(split.weight[i] / weight[i] - of_part) < 1e-6 * of_part);
        of_part = split.weight[i] / weight[i];
        EXPECT_EQ(split.weight[5], 0) << "without weight";
      }
    } catch (const InputError& error) {  // both reference events with weight in one part
      EXPECT_THAT(error.what(), testing::HasSubstr("those of the reference to 0 in a part"));
    }
  }
}

TEST(WeightedSplit, IsDrawnByItsStreamAlone) {
  const Sample sample(200, 200);
  const auto flags = [&](std::uint64_t seed) {
    return draw_weighted_split(sample.label, sample.weight, 0.5, base::RandomStream({seed}, "split")).is_validation;
  };
  EXPECT_EQ(flags(1), flags(1));
  EXPECT_NE(flags(1), flags(2));
  std::vector<int> times(400);  // each event is as likely as the others
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const std::vector<std::uint8_t> drawn = flags(seed);
    std::transform(drawn.begin(), drawn.end(), times.begin(), times.begin(), std::plus<>());
  }
  const auto [least, most] = std::ranges::minmax(times);
  EXPECT_GT(least, 200 - 5 * 10);  // binomial: sigma = sqrt(400) / 2
  EXPECT_LT(most, 200 + 5 * 10);
}

TEST(WeightedSplit, BothPartsNeedEventsAndWeightOfBothClasses) {
  const auto split = [](const std::vector<std::uint8_t>& label, const std::vector<float>& weight, double fraction) {
    return [=] { (void)draw_weighted_split(label, weight, fraction, kStream); };
  };
  EXPECT_NO_THROW(split({1, 1, 0, 0}, {1, 1, 1, 1}, 0.5)());
  test::expect_throws_with<InputError>(split({1, 1, 0}, {1, 1, 1}, 0.5), "2 data and 1 reference", "fraction 0.5",
                                       "validation_fraction");
  test::expect_throws_with<InputError>(split({1, 1, 0, 0}, {1, 1, 1, 1}, 0.2), "2 data and 2 reference");
  test::expect_throws_with<InputError>(split({1, 1, 0, 0}, {1, 1, 1, 1}, 0.8), "too few");
  test::expect_throws_with<InputError>(split({}, {}, 0.5), "0 data and 0 reference");
  test::expect_throws_with<InputError>(split({1, 1, 0, 0}, {0, 0, 1, 1}, 0.5), "of the data sum to 0",
                                       "must be positive");
}

TEST(BalancedWeights, SumToHalfTheEventsInEitherClass) {
  EXPECT_THAT(balanced_weights(std::vector<std::uint8_t>{1, 0, 0, 0}, std::vector<float>{5, 1, 1, 2}),
              ElementsAre(2, 0.5F, 0.5F, 1));
  EXPECT_THAT(balanced_weights(std::vector<std::uint8_t>{1, 1, 0}, std::vector<float>{1, 2, 0}),
              ElementsAre(0.5F, 1, 0));
  EXPECT_TRUE(balanced_weights({}, {}).empty());
}

TEST(SplitTrainingSample, KeepsRowsLabelsAndWeightsTogether) {
  const Sample sample(60, 40);
  const TrainingSplit split = split_training_sample(sample.x, sample.label, sample.weight, 0.25, kStream);
  const WeightedSplit drawn = draw_weighted_split(sample.label, sample.weight, 0.25, kStream);
  ASSERT_EQ(split.validation.x.rows(), 25U);
  ASSERT_EQ(split.train.x.rows(), 75U);
  for (const TrainingPart* part : {&split.train, &split.validation}) {
    for (std::size_t r = 0; r < part->x.rows(); ++r) {
      const auto event = static_cast<std::size_t>(part->x(r, 0));
      EXPECT_EQ(drawn.is_validation[event], part == &split.validation ? 1 : 0);
      EXPECT_EQ(part->label[r], sample.label[event]);
      EXPECT_EQ(part->weight[r], drawn.weight[event]);
    }
  }
}

TEST(TrainingEvents, WhatCannotBeTrainedOnIsNamedByRow) {
  const auto require = [](float x, std::uint8_t label, float weight) {
    base::Matrix events(2, 3);
    events(1, 2) = x;
    return [=] { require_training_events(events, std::vector<std::uint8_t>{0, label}, std::vector<float>{1, weight}); };
  };
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_NO_THROW(require(0, 1, 0)());
  test::expect_throws_with<InputError>(require(0, 2, 1), "label of row 1 is 2", "1 for data");
  test::expect_throws_with<InputError>(require(0, 1, -0.5F), "weight of row 1 is -0.5", "not negative");
  test::expect_throws_with<InputError>(require(0, 1, kNan), "weight of row 1 is nan");
  test::expect_throws_with<InputError>(require(0, 1, kInfinity), "weight of row 1 is inf");
  test::expect_throws_with<InputError>(require(-kInfinity, 1, 1), "value -inf in row 1, feature 2", "are finite");
  test::expect_throws_with<InputError>(
      [] {
        require_training_events(base::Matrix(2, 1), std::vector<std::uint8_t>{1}, std::vector<float>{1, 1});
      },
      "2 rows, 1 labels and 2 weights");
}

}  // namespace
}  // namespace eddy::classify
