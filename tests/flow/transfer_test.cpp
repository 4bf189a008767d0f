#include <eddy/base/error.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/flow/transfer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "check_throws.hpp"

namespace eddy::flow {
namespace {

using base::Matrix;

/// Context m uniform in [-1, 1]; x ~ N(m + shift, width) in the first feature, N(x1 / 2, 0.5) in the second.
struct Slanted {
  Slanted(std::size_t n, std::uint64_t seed, double shift, double width) : x(n, 2), context(n, 1), is_validation(n) {
    base::RandomStream stream({seed}, "slanted");
    for (std::size_t i = 0; i < n; ++i) {
      const double m = 2 * stream.uniform() - 1;
      const double x1 = m + shift + width * stream.normal();
      x(i, 0) = static_cast<float>(x1);
      x(i, 1) = static_cast<float>(0.5 * x1 + 0.5 * stream.normal());
      context(i, 0) = static_cast<float>(m);
      is_validation[i] = i % 5 == 0 ? 1 : 0;
    }
  }
  [[nodiscard]] FlowSample sample() const { return {x, context, is_validation, {}, {"x1", "x2"}, {"m"}}; }
  Matrix x;
  Matrix context;
  std::vector<std::uint8_t> is_validation;
};

FlowSettings quick_settings() {
  FlowSettings settings;
  settings.transform = "affine";
  settings.layers = 2;
  settings.hidden = 32;
  settings.feature_scaler = "minmax";
  settings.context_scaler = "minmax";
  settings.training = {.epochs = 15, .batch_size = 256, .learning_rate = 3e-3};
  return settings;
}

/// A base learned on N(m, 0.5), and a transfer to N(m + 0.6, 0.8); all scaled by both together.
class TrainedTransfer : public ::testing::Test {
 protected:
  static constexpr double kShift = 0.6;
  static constexpr double kWidth = 0.8;
  static const TransferFlow& flow() {
    static const TransferFlow kFlow = [] {
      const Slanted simulation(20000, 1, 0, 0.5);
      const Slanted data(20000, 2, kShift, kWidth);
      const Matrix all_x = base::stack_rows(simulation.x, data.x);
      const Matrix all_context = base::stack_rows(simulation.context, data.context);
      FlowSample sample = simulation.sample();
      sample.scaling_x = all_x;
      sample.scaling_context = all_context;
      Flow base = fit_flow(sample, quick_settings(), {1}, "base", {}).flows.front();
      FlowSample target = data.sample();
      target.base = &base;
      Flow transfer = fit_flow(target, quick_settings(), {1}, "transfer", {}).flows.front();
      return TransferFlow(std::move(transfer), std::move(base));
    }();
    return kFlow;
  }
};

TEST_F(TrainedTransfer, reaches_the_entropy_of_its_sample) {
  const Slanted test(20000, 3, kShift, kWidth);
  const std::vector<float> log_p = flow().log_prob(test.x, test.context);
  double mean = 0;
  for (const float value : log_p) {
    mean += value / static_cast<double>(log_p.size());
  }
  const double expected = -1 - std::log(2 * std::numbers::pi * kWidth * 0.5);  // of two normal features
  // The mean of -z^2 / 2 of two features over 20,000 events is known to 1 / sqrt(20000) = 0.007; the fit loses some.
  EXPECT_NEAR(mean, expected, 0.04);
}

TEST_F(TrainedTransfer, morphs_events_of_the_base_into_events_of_the_sample) {
  const Slanted simulation(20000, 4, 0, 0.5);
  const Matrix morphed = flow().from_base(simulation.x, simulation.context);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < morphed.rows(); ++i) {
    const double residual = morphed(i, 0) - simulation.context(i, 0);
    sum += residual;
    squares += residual * residual;
  }
  const double mean = sum / static_cast<double>(morphed.rows());
  // Statistical errors are 0.8 / sqrt(20000) = 0.006; the fit is good to a few per cent of the width.
  EXPECT_NEAR(mean, kShift, 0.04);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(morphed.rows()) - mean * mean), kWidth, 0.04);
}

TEST_F(TrainedTransfer, there_and_back_is_the_identity) {
  const Slanted test(1000, 5, kShift, kWidth);
  const Matrix back = flow().from_base(flow().to_base(test.x, test.context), test.context);
  for (std::size_t i = 0; i < back.rows(); ++i) {
    EXPECT_NEAR(back(i, 0), test.x(i, 0), 1e-4) << "event " << i;
    EXPECT_NEAR(back(i, 1), test.x(i, 1), 1e-4) << "event " << i;
  }
}

TEST_F(TrainedTransfer, density_integrates_to_one) {
  constexpr std::size_t kSteps = 160;
  constexpr double kLow = -4.5;
  constexpr double kHigh = 5.5;
  const double step = (kHigh - kLow) / kSteps;
  Matrix x(kSteps * kSteps, 2);
  Matrix context(kSteps * kSteps, 1);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    x(i, 0) = static_cast<float>(kLow + step * (static_cast<double>(i / kSteps) + 0.5));
    x(i, 1) = static_cast<float>(kLow + step * (static_cast<double>(i % kSteps) + 0.5));
    context(i, 0) = 0.3F;
  }
  // Beyond the scaled range the density repeats that of the edge: only what is inside counts.
  const events::Scaler& scaler = flow().base().feature_scaler();
  const std::vector<float> log_p = flow().log_prob(x, context);
  double sum = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    const std::vector<std::size_t> clipped = scaler.count_clipped(x.view().block(i, 1));
    sum += clipped[0] + clipped[1] == 0 ? std::exp(log_p[i]) * step * step : 0;
  }
  EXPECT_NEAR(sum, 1, 0.01);  // steps of an eighth of the narrowest width, and cells cut by the edge
}

TEST(FitFlow, scales_with_another_sample_where_one_is_given) {
  const Slanted sample(2000, 1, 0, 0.5);
  const Slanted wide(2000, 2, 0, 3);
  FlowSample training = sample.sample();
  training.scaling_x = wide.x;
  training.scaling_context = wide.context;
  FlowSettings settings = quick_settings();
  settings.training.epochs = 1;
  const Flow flow = fit_flow(training, settings, {1}, "wide", {}).flows.front();
  EXPECT_EQ(flow.feature_scaler().count_clipped(wide.x), (std::vector<std::size_t>{0, 0}));
}

TEST(FitFlow, refuses_a_base_that_does_not_fit) {
  const Slanted sample(1000, 1, 0, 0.5);
  FlowSettings settings = quick_settings();
  settings.training.epochs = 1;
  settings.batch_norm = true;
  const Flow normalised = fit_flow(sample.sample(), settings, {1}, "base", {}).flows.front();
  FlowSample target = sample.sample();
  target.base = &normalised;
  test::expect_throws_with<base::InputError>([&] { (void)fit_flow(target, settings, {1}, "transfer", {}); },
                                             "batch normalisation", "batch_norm = false");
  Matrix wide(1000, 3);
  target.x = wide;
  test::expect_throws_with<base::InputError>([&] { (void)fit_flow(target, settings, {1}, "transfer", {}); },
                                             "2 features", "(1000, 3)");
}

}  // namespace
}  // namespace eddy::flow
