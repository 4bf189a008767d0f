#include "check_throws.hpp"
#include "flow/allocations.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/flow/flow.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace eddy::flow {
namespace {

using base::Matrix;

/// m uniform in [-1, 1]; x1 ~ N(m, 0.5^2); x2 ~ N(x1^2, 0.3^2): curved, dependent on the context, entropy known.
struct Banana {
  explicit Banana(std::size_t n, std::uint64_t seed) : x(n, 2), context(n, 1), is_validation(n) {
    base::RandomStream stream({seed}, "banana");
    for (std::size_t i = 0; i < n; ++i) {
      const double m = 2 * stream.uniform() - 1;
      const double x1 = m + 0.5 * stream.normal();
      x(i, 0) = static_cast<float>(x1);
      x(i, 1) = static_cast<float>(x1 * x1 + 0.3 * stream.normal());
      context(i, 0) = static_cast<float>(m);
      is_validation[i] = i % 5 == 0 ? 1 : 0;
    }
  }
  [[nodiscard]] FlowSample sample() const { return {x, context, is_validation, {}, {"x1", "x2"}, {"m"}}; }
  [[nodiscard]] double mean_log_p() const {
    double sum = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      const double a = (x(i, 0) - context(i, 0)) / 0.5;
      const double b = (x(i, 1) - static_cast<double>(x(i, 0)) * x(i, 0)) / 0.3;
      sum += -0.5 * (a * a + b * b) - std::log(2 * std::numbers::pi * 0.5 * 0.3);
    }
    return sum / static_cast<double>(x.rows());
  }
  Matrix x;
  Matrix context;
  std::vector<std::uint8_t> is_validation;
};

/// `kind` is a transform, "batch_norm" for affine layers with batch normalisation, or "moving" for splines of features
/// whose quantiles are made to stand still.
FlowSettings small_settings(const std::string& kind) {
  FlowSettings settings;
  settings.transform = kind == "rqs" || kind == "moving" ? "rqs" : "affine";
  settings.moving_quantiles = kind == "moving";
  settings.batch_norm = kind == "batch_norm";
  settings.hidden = 32;
  settings.blocks = 1;
  settings.feature_scaler = "standard";
  settings.context_scaler = "standard";
  settings.training = {.epochs = 12, .batch_size = 128, .learning_rate = 3e-3};
  return settings;
}

double mean(const std::vector<float>& values) {
  double sum = 0;
  for (const float v : values) {
    sum += v;
  }
  return sum / static_cast<double>(values.size());
}

/// One trained flow per kind, shared by the tests below (training takes a second or two).
const Flow& trained(const std::string& kind) {
  static const auto fit = [](const char* name) {
    const Banana train(60000, 1);
    return fit_flow(train.sample(), small_settings(name), {1}, name, {}).flows.front();
  };
  static const Flow rqs = fit("rqs");
  static const Flow affine = fit("affine");
  static const Flow batch_norm = fit("batch_norm");
  static const Flow moving = fit("moving");
  return kind == "rqs" ? rqs : kind == "affine" ? affine : kind == "moving" ? moving : batch_norm;
}

class TrainedFlow : public ::testing::TestWithParam<const char*> {
 protected:
  const Flow& flow = trained(GetParam());
};

TEST_P(TrainedFlow, reaches_the_entropy_of_a_known_density) {
  const Banana test(20000, 2);
  // The best possible mean log-density is that of the truth; the difference is the Kullback-Leibler divergence. 48,000
  // training events and ~10^4 weights leave about 0.01; statistical error of the difference is below 0.002.
  const double missing = test.mean_log_p() - mean(flow.log_prob(test.x, test.context));
  EXPECT_LT(missing, 0.03);
  EXPECT_GT(missing, -0.005);
}

TEST_P(TrainedFlow, density_integrates_to_one_at_every_context) {
  for (const float m : {-0.8F, 0.0F, 0.9F}) {
    constexpr std::size_t kSteps = 400;
    Matrix x(kSteps * kSteps, 2);
    Matrix context(x.rows(), 1);
    const double width1 = 5.0 / kSteps;
    const double width2 = 10.0 / kSteps;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      x(i, 0) = static_cast<float>(-2.5 + width1 * (static_cast<double>(i / kSteps) + 0.5));
      x(i, 1) = static_cast<float>(-2.5 + width2 * (static_cast<double>(i % kSteps) + 0.5));
      context(i, 0) = m;
    }
    // Beyond the range seen in training values are clipped and log_prob is that of the edge: leave those cells out.
    double sum = 0;
    const std::vector<float> log_p = flow.log_prob(x, context);
    for (std::size_t i = 0; i < x.rows(); ++i) {
      const auto clipped = flow.count_clipped(x.view().block(i, 1), context.view().block(i, 1));
      if (clipped[0] + clipped[1] == 0) {
        sum += std::exp(log_p[i]) * width1 * width2;
      }
    }
    // Mass beyond the training range is below 1e-3; the midpoint rule on cells of 0.04 sigma is better than that.
    EXPECT_NEAR(sum, 1.0, 3e-3) << "m = " << m;
  }
}

TEST_P(TrainedFlow, latent_round_trip) {
  const Banana test(5000, 3);
  const Matrix back = flow.from_latent(flow.to_latent(test.x, test.context), test.context);
  double worst = 0;
  for (std::size_t i = 0; i < test.x.rows(); ++i) {
    for (std::size_t d = 0; d < 2; ++d) {
      const auto clipped = flow.count_clipped(test.x.view().block(i, 1), test.context.view().block(i, 1));
      if (clipped[0] + clipped[1] == 0) {
        worst = std::max(worst, std::abs(static_cast<double>(back(i, d)) - test.x(i, d)));
      }
    }
  }
  EXPECT_LT(worst, 2e-4);  // float32 through four splines whose slopes span 1e-2 ... 1e2
}

TEST_P(TrainedFlow, samples_follow_the_density) {
  Matrix context(20000, 1);
  for (std::size_t i = 0; i < context.rows(); ++i) {
    context(i, 0) = 0.5F;
  }
  const Matrix x = flow.sample(context, base::RandomStream({5}, "sample"));
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    sum += x(i, 0);
    squares += static_cast<double>(x(i, 0)) * x(i, 0);
  }
  const double average = sum / static_cast<double>(x.rows());
  // x1 ~ N(0.5, 0.5^2): statistical error 0.5 / sqrt(20000) = 0.0035; the fit itself is good to ~0.02.
  EXPECT_NEAR(average, 0.5, 0.03);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(x.rows()) - average * average), 0.5, 0.03);
}

TEST_P(TrainedFlow, stored_and_read_back_gives_the_same_bits) {
  const Banana test(1000, 4);
  const Flow copy = Flow::from_json(base::Json::from_cbor(base::Json::to_cbor(flow.to_json())));
  EXPECT_EQ(copy.log_prob(test.x, test.context), flow.log_prob(test.x, test.context));
}

TEST_P(TrainedFlow, of_another_layout_of_weights_is_refused) {
  base::Json json = flow.to_json();
  json["parameters"]["layout"] = 1;
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(Flow::from_json(json)); }, "layout 1");
}

TEST_P(TrainedFlow, with_scalers_of_other_features_is_refused) {
  for (const std::string scaler : {"feature_scaler", "context_scaler"}) {
    base::Json json = flow.to_json();
    json[scaler].push_back(json[scaler][0]);
    test::expect_throws_with<base::InputError>([&] { static_cast<void>(Flow::from_json(json)); }, "scalers of");
  }
}

TEST_P(TrainedFlow, results_do_not_depend_on_the_number_of_threads) {
  const Banana test(30000, 6);
  std::vector<std::vector<float>> results;
  for (const std::size_t n_threads : {1, 2, 7}) {
    const base::ThreadLimit limit(n_threads);
    results.push_back(flow.log_prob(test.x, test.context));
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST_P(TrainedFlow, an_event_does_not_depend_on_its_neighbours) {
  const Banana test(100, 7);
  const std::vector<float> all = flow.log_prob(test.x, test.context);
  for (const std::size_t i : {0, 31, 32, 57, 99}) {
    EXPECT_EQ(flow.log_prob(test.x.view().block(i, 1), test.context.view().block(i, 1))[0], all[i]) << "event " << i;
  }
}

TEST_P(TrainedFlow, values_outside_the_training_range_stay_finite) {
  Matrix x(1, 2);
  Matrix context(1, 1);
  x(0, 0) = 1e6F;
  x(0, 1) = -1e6F;
  context(0, 0) = 50;
  EXPECT_TRUE(std::isfinite(flow.log_prob(x, context)[0]));
  EXPECT_TRUE(std::isfinite(flow.to_latent(x, context)(0, 0)));
}

INSTANTIATE_TEST_SUITE_P(Transforms, TrainedFlow, ::testing::Values("rqs", "affine", "batch_norm", "moving"));

TEST(FitFlow, is_reproducible_and_depends_on_the_seed) {
  const Banana train(2000, 1);
  FlowSettings settings = small_settings("rqs");
  settings.training.epochs = 2;
  const auto once = fit_flow(train.sample(), settings, {1}, "a", {});
  const auto again = fit_flow(train.sample(), settings, {1}, "a", {});
  const auto other = fit_flow(train.sample(), settings, {2}, "a", {});
  EXPECT_EQ(once.validation_loss, again.validation_loss);
  EXPECT_NE(once.validation_loss, other.validation_loss);
}

TEST(FitFlow, fifteen_affine_layers_train_at_a_high_learning_rate) {
  // CATHODE's depth, at ten times its learning rate.
  const Banana train(8000, 1);
  for (const char* kind : {"affine", "batch_norm"}) {
    FlowSettings settings = small_settings(kind);
    settings.layers = 15;
    settings.training.learning_rate = 1e-3;
    settings.training.epochs = 8;
    const FlowFit fit = fit_flow(train.sample(), settings, {1}, kind, {});
    ASSERT_EQ(fit.validation_loss.size(), 8U) << kind;
    // Standardised features have the entropy 1.4 given the context, and 2.84 if they were normal and independent of
    // all.
    EXPECT_LT(fit.validation_loss.back(), 1.7) << kind;
    EXPECT_LT(*std::ranges::max_element(fit.validation_loss), 2.84) << kind;
  }
}

TEST(FitFlow, batches_allocate_nothing) {
  const Banana train(4000, 1);
  const base::ThreadLimit limit(1);
  for (const char* kind : {"rqs", "batch_norm"}) {
    const auto allocations = [&](std::int64_t batch_size) {
      FlowSettings settings = small_settings(kind);
      settings.training.epochs = 1;
      settings.training.batch_size = batch_size;
      settings.training.clip_norm = 1;
      const std::size_t before = test::n_allocations();
      (void)fit_flow(train.sample(), settings, {1}, "a", {});
      return test::n_allocations() - before;
    };
    (void)allocations(64);  // what oneTBB sets up once
    // 100 and 50 batches: one allocation in each would make 50. The scheduler has some of its own now and then.
    EXPECT_NEAR(static_cast<double>(allocations(32)), static_cast<double>(allocations(64)), 20) << kind;
  }
}

/// An epoch from the parameters of a trained flow, on other events, ends where twelve from random ones do.
TEST(FitFlow, begins_with_the_parameters_of_another) {
  const Banana train(20000, 7);
  FlowSettings settings = small_settings("rqs");
  settings.training.epochs = 1;
  settings.training.learning_rate = 1e-3;
  FlowSample sample = train.sample();
  const double cold = fit_flow(sample, settings, {1}, "cold", {}).validation_loss.front();
  sample.start = &trained("rqs");
  const double warm = fit_flow(sample, settings, {1}, "warm", {}).validation_loss.front();
  settings.training.epochs = 12;
  sample.start = nullptr;
  const FlowFit whole = fit_flow(sample, settings, {1}, "whole", {});
  EXPECT_NEAR(warm, whole.validation_loss[whole.best_epoch], 0.01);
  EXPECT_GT(cold, warm + 0.03);
  settings.hidden += 8;
  sample.start = &trained("rqs");
  test::expect_throws_with<base::InputError>([&] { (void)fit_flow(sample, settings, {1}, "other", {}); },
                                             "another shape");
}

TEST(FitFlow, keeps_the_best_epochs) {
  const Banana train(2000, 1);
  FlowSettings settings = small_settings("affine");
  settings.training.epochs = 4;
  settings.training.keep_epochs = 3;
  EXPECT_EQ(fit_flow(train.sample(), settings, {1}, "a", {}).flows.size(), 3U);
}

TEST(FitFlow, weights_count) {
  // Two populations far apart; only the weighted one matters for the mean.
  Banana train(4000, 1);
  std::vector<float> weight(4000);
  for (std::size_t i = 0; i < 4000; ++i) {
    weight[i] = i % 2 == 0 ? 1.0F : 0.0F;
    if (i % 2 == 1) {
      train.x(i, 0) += 20;
    }
  }
  FlowSettings settings = small_settings("rqs");
  FlowSample sample = train.sample();
  sample.weight = weight;
  const Flow flow = fit_flow(sample, settings, {1}, "a", {}).flows.front();
  Matrix context(2000, 1);
  const Matrix x = flow.sample(context, base::RandomStream({5}, "sample"));
  std::size_t far = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    far += x(i, 0) > 10 ? 1 : 0;
  }
  EXPECT_LT(far, 40U);  // half of the events without the weights; a fit leaves below 2 %
}

TEST(FitFlow, one_dimension_without_context_works) {
  Matrix x(5000, 1);
  base::RandomStream stream({1}, "exponential");
  for (std::size_t i = 0; i < x.rows(); ++i) {
    x(i, 0) = static_cast<float>(-std::log(stream.uniform()));
  }
  std::vector<std::uint8_t> is_validation(x.rows());
  for (std::size_t i = 0; i < x.rows(); i += 4) {
    is_validation[i] = 1;
  }
  FlowSettings settings = small_settings("rqs");
  settings.feature_scaler = "quantile";
  settings.training.epochs = 5;
  const Matrix no_context(x.rows(), 0);
  const Flow flow = fit_flow({x, no_context, is_validation}, settings, {1}, "a", {}).flows.front();
  // Entropy of the unit exponential is 1; 5,000 events know it to 0.014.
  EXPECT_NEAR(mean(flow.log_prob(x, no_context)), -1.0, 0.05);
}

TEST(FitFlow, a_feature_without_spread_is_refused_by_name) {
  Banana train(1000, 1);
  for (std::size_t i = 0; i < 1000; ++i) {
    train.x(i, 1) = 3;
  }
  try {
    (void)fit_flow(train.sample(), small_settings("rqs"), {1}, "a", {});
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("x2"));
  }
}

TEST(FitFlow, no_validation_events_is_an_error_that_says_so) {
  Banana train(1000, 1);
  train.is_validation.assign(1000, 0);
  try {
    (void)fit_flow(train.sample(), small_settings("rqs"), {1}, "a", {});
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(),
                ::testing::AllOf(::testing::HasSubstr("1000 events"), ::testing::HasSubstr("validation")));
  }
}

TEST(Flow, shapes_that_do_not_fit_are_refused_with_both_shapes) {
  const Matrix x(3, 4);
  const Matrix context(2, 1);
  try {
    (void)trained("affine").log_prob(x, context);
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(::testing::HasSubstr("(3, 4)"), ::testing::HasSubstr("(2, 1)")));
  }
}

/// With all events in one batch, whole weights and copies have the same gradient: only rounding parts the flows.
TEST(FitFlow, whole_weights_stand_for_copies_and_ones_for_nothing) {
  const Banana events(1000, 3);
  std::vector<float> weight(1000);
  std::vector<std::size_t> copies;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    weight[i] = static_cast<float>(1 + i % 3);
    copies.insert(copies.end(), 1 + i % 3, i);
  }
  Banana repeated(copies.size(), 4);
  repeated.x = base::take_rows(events.x, copies);
  repeated.context = base::take_rows(events.context, copies);
  for (std::size_t i = 0; i < copies.size(); ++i) {
    repeated.is_validation[i] = events.is_validation[copies[i]];
  }
  FlowSettings settings = small_settings("affine");
  settings.training = {.epochs = 20, .batch_size = 4000, .learning_rate = 1e-3, .patience = 0};
  const auto fit = [&](FlowSample sample) {
    sample.scaling_x = events.x;
    sample.scaling_context = events.context;
    return fit_flow(sample, settings, {1}, "copies", {});
  };
  FlowSample weighted = events.sample();
  weighted.weight = weight;
  const FlowFit of_weights = fit(weighted);
  const FlowFit of_copies = fit(repeated.sample());
  const FlowFit of_neither = fit(events.sample());
  const auto distance = [&](const FlowFit& a, const FlowFit& b) {
    const std::vector<float> p = a.flows.front().log_prob(events.x, events.context);
    const std::vector<float> q = b.flows.front().log_prob(events.x, events.context);
    double largest = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      largest = std::max<double>(largest, std::abs(p[i] - q[i]));
    }
    return largest;
  };
  EXPECT_LT(distance(of_weights, of_copies), 0.1 * distance(of_weights, of_neither));
  EXPECT_NEAR(of_weights.validation_loss.back(), of_copies.validation_loss.back(), 1e-3);
  const std::vector<float> ones(1000, 1.0F);
  FlowSample with_ones = events.sample();
  with_ones.weight = ones;
  EXPECT_EQ(fit(with_ones).flows.front().to_json(), of_neither.flows.front().to_json());
  const std::vector<float> negative(1000, -1.0F);
  with_ones.weight = negative;
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(fit(with_ones)); }, "is -1", "not negative");
  const std::vector<float> none(1000, 0.0F);
  with_ones.weight = none;
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(fit(with_ones)); }, "weights", "sum to 0");
}

}  // namespace
}  // namespace eddy::flow
