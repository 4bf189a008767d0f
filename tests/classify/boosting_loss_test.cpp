#include <eddy/base/random.hpp>
#include <eddy/classify/boosting_loss.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace eddy::classify {
namespace {

/// Weighted events, every third of them for validation; some more than a block of the implementation.
struct Events {
  explicit Events(std::size_t n = 5001) : label(n), log_odds(n), split{std::vector<std::uint8_t>(n), {}} {
    base::fill_normal(base::RandomStream({1}, "log odds"), 0, log_odds);
    for (std::size_t i = 0; i < n; ++i) {
      label[i] = i % 5 < 2 ? 1 : 0;
      log_odds[i] *= 3;
      split.is_validation[i] = i % 3 == 0 ? 1 : 0;
      split.weight.push_back(0.5F + static_cast<float>(i % 7));
    }
  }
  std::vector<std::uint8_t> label;
  std::vector<float> log_odds;
  WeightedSplit split;
};

/// The definition, in double: w log(1 + exp(-z)), z the log odds of the true class.
double term(const Events& events, std::size_t i, double log_odds) {
  const double z = events.label[i] != 0 ? log_odds : -log_odds;
  return static_cast<double>(events.split.weight[i]) *
         (z > 0 ? std::log1p(std::exp(-z)) : -z + std::log1p(std::exp(z)));
}

TEST(BoostingLoss, AgreesWithTheDefinition) {
  for (const std::size_t n : {1U, 31U, 32U, 33U, 4096U, 5001U}) {
    const Events events(n + 3);  // three more: both parts have events
    double sum[2] = {0, 0};
    double sum_weights[2] = {0, 0};
    for (std::size_t i = 0; i < events.label.size(); ++i) {
      sum[events.split.is_validation[i]] += term(events, i, static_cast<double>(events.log_odds[i]));
      sum_weights[events.split.is_validation[i]] += static_cast<double>(events.split.weight[i]);
    }
    BoostingLoss loss(events.label, events.split);
    const BoostingLoss::Means means = loss.evaluate(events.log_odds);
    // Each term is float: 1e-7 relative to |l| + log 2 < 13.
    EXPECT_NEAR(means.train, sum[0] / sum_weights[0], 2e-6) << n;
    EXPECT_NEAR(means.validation, sum[1] / sum_weights[1], 2e-6) << n;
  }
}

TEST(BoostingLoss, DerivativesAgreeWithFiniteDifferences) {
  const Events events;
  BoostingLoss loss(events.label, events.split);
  (void)loss.evaluate(events.log_odds);
  constexpr double kStep = 1e-3;  // central differences: step^2 = 1e-6 times derivatives below 1
  for (std::size_t i = 0; i < events.label.size(); ++i) {
    const auto l = static_cast<double>(events.log_odds[i]);
    const double up = term(events, i, l + kStep);
    const double down = term(events, i, l - kStep);
    const double is_training = events.split.is_validation[i] == 0 ? 1 : 0;
    const auto weight = static_cast<double>(events.split.weight[i]);
    ASSERT_NEAR(loss.gradient()[i], is_training * (up - down) / (2 * kStep), 1e-6 * weight) << i;
    ASSERT_NEAR(loss.curvature()[i], is_training * (up + down - 2 * term(events, i, l)) / (kStep * kStep),
                1e-6 * weight)
        << i;
  }
}

TEST(BoostingLoss, IgnoranceCostsLogTwo) {
  const Events events;
  BoostingLoss loss(events.label, events.split);
  const BoostingLoss::Means means = loss.evaluate(std::vector<float>(events.label.size(), 0.0F));
  EXPECT_NEAR(means.train, std::log(2.0), 1e-7);
  EXPECT_NEAR(means.validation, std::log(2.0), 1e-7);
}

TEST(BoostingLoss, StaysFiniteFarAwayWithCurvatureAboveZero) {
  Events events(64);
  for (std::size_t i = 0; i < 64; ++i) {
    events.log_odds[i] = i % 2 == 0 ? 1e4F : -1e4F;
  }
  BoostingLoss loss(events.label, events.split);
  EXPECT_TRUE(std::isfinite(loss.evaluate(events.log_odds).validation));
  for (std::size_t i = 0; i < 64; ++i) {
    ASSERT_LE(std::abs(loss.gradient()[i]), events.split.weight[i]);
    ASSERT_TRUE(events.split.is_validation[i] != 0 ? loss.curvature()[i] == 0 : loss.curvature()[i] > 0) << i;
  }
}

TEST(BoostingLoss, EventsWithoutWeightChangeNothing) {
  Events events(64);
  events.split.weight[1] = 0;
  BoostingLoss loss(events.label, events.split);
  const BoostingLoss::Means means = loss.evaluate(events.log_odds);
  EXPECT_EQ(loss.gradient()[1], 0.0F);
  EXPECT_EQ(loss.curvature()[1], 0.0F);
  events.log_odds[1] += 5;
  EXPECT_EQ(loss.evaluate(events.log_odds).train, means.train);
}

}  // namespace
}  // namespace eddy::classify
