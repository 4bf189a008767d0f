#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/classify/linear_discriminant.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/classify/training_sample.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "check_throws.hpp"

namespace eddy::classify {
namespace {

constexpr double kCorrelation = 0.8;

/// Two normal features of variances 1 and 4 and correlation 0.8; the data shifted by (1, 1). Reference first.
LabelledEvents normal_sample(std::size_t n_reference, std::size_t n_data, std::uint64_t seed) {
  LabelledEvents events{base::Matrix(n_reference + n_data, 2), {}, std::vector<float>(n_reference + n_data, 1.0F)};
  base::fill_normal(base::RandomStream({seed}, "normal"), 0, events.x.values());
  for (std::size_t i = 0; i < events.x.rows(); ++i) {
    const float a = events.x(i, 0);
    const auto b = static_cast<float>(kCorrelation * a + std::sqrt(1 - kCorrelation * kCorrelation) * events.x(i, 1));
    const bool is_data = i >= n_reference;
    events.label.push_back(is_data ? 1 : 0);
    events.x(i, 0) = a + (is_data ? 1.0F : 0.0F);
    events.x(i, 1) = 2 * b + (is_data ? 1.0F : 0.0F);
  }
  return events;
}

// Sigma^-1 (1, 1) and d'^2 = (1, 1) Sigma^-1 (1, 1) for Sigma = ((1, 1.6), (1.6, 4)).
constexpr double kDeterminant = 4 - 1.6 * 1.6;
constexpr double kDirection[] = {(4 - 1.6) / kDeterminant, (1 - 1.6) / kDeterminant};
constexpr double kSquaredDistance = kDirection[0] + kDirection[1];

LinearDiscriminant fit(const LabelledEvents& events, double ridge = 1e-6) {
  return LinearDiscriminant::fit(events.x, events.label, events.weight, {ridge});
}

double log_odds(const LinearDiscriminant& discriminant, float x0, float x1) {
  base::Matrix x(1, 2);
  x(0, 0) = x0;
  x(0, 1) = x1;
  const double p = discriminant.predict(x)[0];
  return std::log(p / (1 - p));
}

TEST(LinearDiscriminant, of_normal_classes_is_their_log_likelihood_ratio) {
  const LinearDiscriminant discriminant = fit(normal_sample(40000, 40000, 1));
  // ln R = (m1 - m0)^T Sigma^-1 (x - (m0 + m1) / 2): the slope along a feature is the direction in its units.
  const double slope0 = log_odds(discriminant, 1.0F, 0.5F) - log_odds(discriminant, 0.0F, 0.5F);
  const double slope1 = log_odds(discriminant, 0.5F, 1.0F) - log_odds(discriminant, 0.5F, 0.0F);
  // Errors of the direction from 80,000 events: a few times sqrt(2 / 40000) / (1 - 0.8^2).
  EXPECT_NEAR(slope0, kDirection[0], 0.06);
  EXPECT_NEAR(slope1, kDirection[1], 0.06);
  EXPECT_NEAR(log_odds(discriminant, 0.5F, 0.5F), 0, 0.04);
}

TEST(LinearDiscriminant, reaches_the_auc_of_the_closed_form) {
  const LinearDiscriminant discriminant = fit(normal_sample(20000, 20000, 1));
  const LabelledEvents test = normal_sample(20000, 20000, 2);
  const std::vector<float> scores = discriminant.predict(test.x);
  const std::span<const float> all(scores);
  // AUC = Phi(d' / sqrt 2) = erfc(-d' / 2) / 2; statistical error of 2 x 20,000 events: 0.0024.
  const double expected = 0.5 * std::erfc(-std::sqrt(kSquaredDistance) / 2);
  EXPECT_NEAR(auc(all.first(20000), all.last(20000)), expected, 3 * 0.0024);
}

TEST(LinearDiscriminant, weights_count_as_copies) {
  LabelledEvents events = normal_sample(300, 200, 3);
  for (std::size_t i = 0; i < events.weight.size(); i += 3) {
    events.weight[i] = 0;
  }
  LabelledEvents kept{base::Matrix(0, 2), {}, {}};
  for (std::size_t i = 0; i < events.weight.size(); ++i) {
    if (events.weight[i] > 0) {
      kept.x = base::stack_rows(kept.x, events.x.view().block(i, 1));
      kept.label.push_back(events.label[i]);
      kept.weight.push_back(1);
    }
  }
  // The scaler sees unweighted events and the ridge is in its units: 0 makes the result independent of it. Platt's
  // targets count events, 1/200 against 1/133: the calibration differs a little, the direction does not.
  const LinearDiscriminant a = fit(events, 0);
  const LinearDiscriminant b = fit(kept, 0);
  const auto ratio = [](const LinearDiscriminant& d) {
    return (log_odds(d, 1, 0) - log_odds(d, 0, 0)) / (log_odds(d, 0, 1) - log_odds(d, 0, 0));
  };
  EXPECT_NEAR(ratio(a) / ratio(b), 1, 1e-3);
}

TEST(LinearDiscriminant, of_separable_classes_is_finite_and_keeps_their_order) {
  LabelledEvents events{base::Matrix(200, 1), {}, std::vector<float>(200, 1.0F)};
  for (std::size_t i = 0; i < 200; ++i) {
    events.x(i, 0) = static_cast<float>(i);
    events.label.push_back(i < 100 ? 0 : 1);
  }
  const std::vector<float> p = fit(events).predict(events.x);
  EXPECT_TRUE(std::ranges::is_sorted(p));
  EXPECT_GT(p.front(), 0);
  EXPECT_LT(p.back(), 1);
  EXPECT_LT(p[99], 0.5F);
  EXPECT_GT(p[100], 0.5F);
}

TEST(LinearDiscriminant, survives_a_repeated_feature_by_its_ridge) {
  const LabelledEvents once = normal_sample(3000, 3000, 4);
  LabelledEvents twice{base::Matrix(6000, 3), once.label, once.weight};
  for (std::size_t i = 0; i < 6000; ++i) {
    twice.x(i, 0) = once.x(i, 0);
    twice.x(i, 1) = once.x(i, 1);
    twice.x(i, 2) = once.x(i, 1);
  }
  const std::vector<float> a = fit(once).predict(once.x);
  const std::vector<float> b = fit(twice).predict(twice.x);
  for (std::size_t i = 0; i < 6000; ++i) {
    ASSERT_NEAR(a[i], b[i], 1e-3) << i;  // the ridge of 1e-6 halves for the repeated one
  }
  test::expect_throws_with<base::NumericError>([&] { static_cast<void>(fit(twice, 0)); }, "3 features is singular",
                                               "raise the ridge");
}

TEST(LinearDiscriminant, refuses_what_it_cannot_use) {
  LabelledEvents events = normal_sample(50, 50, 5);
  std::fill(events.weight.begin() + 50, events.weight.end(), 0.0F);
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(fit(events)); }, "0 data and 50 reference",
                                             "loosen");
  events = normal_sample(50, 50, 5);
  for (std::size_t i = 0; i < 100; ++i) {
    events.x(i, 1) = 3;
  }
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(fit(events)); }, "classifier input 1");
  test::expect_throws_with<base::InputError>(
      [] { static_cast<void>(fit(normal_sample(50, 50, 5)).predict(base::Matrix(1, 3))); }, "2 inputs", "3 features");
}

}  // namespace
}  // namespace eddy::classify
