#include "check_throws.hpp"
#include "flow/allocations.hpp"
#include "vae/sample.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/vae/fit.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::vae {
namespace {

using test::GaussianSample;
using test::kPrincipalVariances;

VaeSettings small_settings(std::int64_t flow_layers) {
  VaeSettings settings;
  settings.hidden = {16};
  settings.latent = 2;
  settings.flow_layers = flow_layers;
  settings.flow_hidden = 8;
  settings.beta = 0.2;
  settings.training.epochs = 3;
  settings.training.batch_size = 100;
  settings.training.learning_rate = 3e-3;
  return settings;
}

double mean(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

struct Warnings final : base::MonitorSink {
  void info(const std::string& /*message*/) override {}
  void warn(const std::string& message) override { texts.push_back(message); }
  void progress(std::string_view /*task*/, std::size_t /*done*/, std::size_t /*total*/,
                const std::string& /*note*/) override {}
  std::vector<std::string> texts;
};

/// Linear encoder and decoder: probabilistic principal components.
VaeSettings linear_settings(double beta) {
  VaeSettings settings;
  settings.hidden = {};
  settings.latent = 2;
  settings.flow_layers = 0;
  settings.beta = beta;
  settings.training = {.epochs = 30, .batch_size = 256, .learning_rate = 1e-2, .patience = 0};
  return settings;
}

/// The lowest loss of a linear autoencoder on normal events. Squared error + beta KL is beta times the negative
/// evidence bound of a decoder of variance s = beta / 2, which is tight at probabilistic principal components (Tipping
/// and Bishop 1999; Lucas et al., 1911.02469): the covariance of the model is lambda_i where a latent dimension
/// follows component i (lambda_i > s), else s.
double lowest_linear_loss(double beta, std::size_t n_latent) {
  const double s = beta / 2;
  double loss = 0;
  for (std::size_t i = 0; i < kPrincipalVariances.size(); ++i) {
    const double variance = i < n_latent ? std::max(kPrincipalVariances[i], s) : s;
    loss += 0.5 * beta * (std::log(variance / s) + kPrincipalVariances[i] / variance);
  }
  return loss;
}

TEST(FitVae, reaches_the_optimum_of_a_linear_network_on_normal_events) {
  const GaussianSample sample(20000);
  Warnings warnings;
  const VaeFit fit = fit_vae(sample.x, sample.is_validation, linear_settings(1), {1}, "linear", {&warnings, nullptr});
  EXPECT_TRUE(warnings.texts.empty());
  // 5000 validation events whose losses spread by about 2: 0.03; twice as much covers what training leaves.
  EXPECT_NEAR(fit.validation_loss[fit.best_epoch], lowest_linear_loss(1, 2), 0.1);
}

TEST(FitVae, posterior_collapses_where_the_divergence_costs_more_than_a_component_gives) {
  const GaussianSample sample(20000);
  Warnings warnings;
  const VaeFit fit = fit_vae(sample.x, sample.is_validation, linear_settings(10), {1}, "linear", {&warnings, nullptr});
  // beta / 2 = 5 exceeds the largest variance, 4: the best there is, is the mean, with the loss 6.5 of no latent.
  EXPECT_NEAR(lowest_linear_loss(10, 2), 6.5, 1e-12);
  EXPECT_NEAR(fit.validation_loss[fit.best_epoch], 6.5, 0.25);  // 5000 events with a spread of 6: 3 sigma
  EXPECT_THAT(warnings.texts, testing::ElementsAre(testing::AllOf(testing::HasSubstr("collapsed"),
                                                                  testing::HasSubstr("lower beta, now 10"))));
  const base::Matrix z = fit.vae.latent(sample.x);
  for (const float value : z.values()) {
    EXPECT_LT(std::abs(value), 0.3F);  // events reach 4 sigma; without collapse latents do too
  }
}

class FitVaeWithFlow : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(FitVaeWithFlow, lowers_the_loss_and_beats_a_constant) {
  const GaussianSample sample(8000);
  VaeSettings settings = small_settings(GetParam());
  settings.training.epochs = 10;
  const VaeFit fit = fit_vae(sample.x, sample.is_validation, settings, {1}, "a", {});
  EXPECT_EQ(fit.train_loss.size(), fit.validation_loss.size());
  EXPECT_LT(fit.train_loss.back(), 0.7 * fit.train_loss.front());
  EXPECT_EQ(fit.validation_loss[fit.best_epoch], *std::ranges::min_element(fit.validation_loss));
  // The best constant leaves 6.5, two components leave 0.5.
  EXPECT_LT(mean(fit.vae.reconstruction_loss(GaussianSample(2000, 2).x)), 1.0);
}

TEST_P(FitVaeWithFlow, lowers_the_cross_entropy) {
  const GaussianSample sample(8000);
  const base::Matrix x = test::to_unit_interval(sample.x);
  VaeSettings settings = small_settings(GetParam());
  settings.reconstruction = "bce";
  settings.beta = 0.05;
  settings.training.epochs = 10;
  const VaeFit fit = fit_vae(x, sample.is_validation, settings, {1}, "a", {});
  EXPECT_LT(fit.validation_loss.back(), fit.validation_loss.front());
  // The best constant is 1/2 by symmetry: 4 ln 2.
  EXPECT_LT(mean(fit.vae.reconstruction_loss(x)), 0.95 * 4 * std::log(2.0));
}

TEST_P(FitVaeWithFlow, the_same_seed_gives_the_same_network_another_seed_another) {
  const GaussianSample sample(1000);
  const auto fit = [&](std::uint64_t seed, const char* task) {
    return fit_vae(sample.x, sample.is_validation, small_settings(GetParam()), {seed}, task, {});
  };
  const VaeFit first = fit(1, "a");
  const VaeFit again = fit(1, "a");
  EXPECT_EQ(first.vae.to_json(), again.vae.to_json());
  EXPECT_EQ(first.train_loss, again.train_loss);
  EXPECT_EQ(first.validation_loss, again.validation_loss);
  EXPECT_NE(fit(2, "a").vae.to_json(), first.vae.to_json());
  EXPECT_NE(fit(1, "b").vae.to_json(), first.vae.to_json());
}

INSTANTIATE_TEST_SUITE_P(Layers, FitVaeWithFlow, ::testing::Values(0, 3));

TEST(FitVae, validation_sees_the_same_noise_in_every_epoch) {
  const GaussianSample sample(1000);
  VaeSettings settings = small_settings(2);
  settings.training.learning_rate = 0;  // nothing changes but what is drawn
  const VaeFit fit = fit_vae(sample.x, sample.is_validation, settings, {1}, "a", {});
  EXPECT_EQ(fit.validation_loss[0], fit.validation_loss[1]);
  EXPECT_EQ(fit.validation_loss[0], fit.validation_loss[2]);
  EXPECT_NE(fit.train_loss[0], fit.train_loss[1]) << "training must draw anew";
}

TEST(FitVae, does_not_train_on_validation_events) {
  GaussianSample sample(1000);
  const VaeSettings settings = small_settings(2);
  const VaeFit fit = fit_vae(sample.x, sample.is_validation, settings, {1}, "a", {});
  for (std::size_t i = 0; i < 1000; i += 4) {
    sample.x(i, 0) += 1;
  }
  const VaeFit moved = fit_vae(sample.x, sample.is_validation, settings, {1}, "a", {});
  EXPECT_EQ(moved.train_loss, fit.train_loss);
  EXPECT_NE(moved.validation_loss, fit.validation_loss);
}

TEST(FitVae, batches_allocate_nothing) {
  const GaussianSample sample(4000);
  const base::ThreadLimit limit(1);
  const auto allocations = [&](std::int64_t batch_size) {
    VaeSettings settings = small_settings(3);
    settings.training.epochs = 1;
    settings.training.batch_size = batch_size;
    const std::size_t before = test::n_allocations();
    (void)fit_vae(sample.x, sample.is_validation, settings, {1}, "a", {});
    return test::n_allocations() - before;
  };
  (void)allocations(64);  // what is set up once
  // 100 and 50 batches: one allocation in each would make 50. The scheduler has some of its own now and then.
  EXPECT_NEAR(static_cast<double>(allocations(30)), static_cast<double>(allocations(60)), 20);
}

TEST(FitVae, refuses_what_it_cannot_train_on) {
  const GaussianSample sample(100);
  const auto fit = [](base::MatrixView x, const std::vector<std::uint8_t>& flags, const VaeSettings& settings) {
    return [=] { (void)fit_vae(x, flags, settings, {1}, "a", {}); };
  };
  const VaeSettings settings = small_settings(1);
  using test::expect_throws_with;
  expect_throws_with<base::InputError>(fit(sample.x, std::vector<std::uint8_t>(99), settings), "100 events",
                                       "99 validation flags", "one for each event");
  expect_throws_with<base::InputError>(fit(sample.x, std::vector<std::uint8_t>(100, 1), settings), "100 events",
                                       "for training", "more events");
  expect_throws_with<base::InputError>(fit(sample.x, std::vector<std::uint8_t>(100, 0), settings), "100 events",
                                       "for validation", "more events");
  expect_throws_with<base::InputError>(fit(base::Matrix(100, 0), sample.is_validation, settings), "0 features",
                                       "one column");
  base::Matrix bad = sample.x;
  bad(17, 2) = std::numeric_limits<float>::quiet_NaN();
  expect_throws_with<base::InputError>(fit(bad, sample.is_validation, settings), "nan", "row 17, feature 2",
                                       "select events");
  VaeSettings ensemble = settings;
  ensemble.training.keep_epochs = 5;
  expect_throws_with<base::InputError>(fit(sample.x, sample.is_validation, ensemble), "keep_epochs is 5",
                                       "set keep_epochs = 1");
  VaeSettings cross_entropy = settings;
  cross_entropy.reconstruction = "bce";
  base::Matrix outside = test::to_unit_interval(sample.x);
  outside(3, 1) = 1.5F;
  expect_throws_with<base::InputError>(fit(outside, sample.is_validation, cross_entropy), "1.5", "row 3, feature 1",
                                       "[0, 1]", "reconstruction = \"mse\"");
}

TEST(FitVae, weights_of_one_change_no_bit) {
  const GaussianSample sample(1000);
  const std::vector<float> ones(1000, 1.0F);
  const VaeFit plain = fit_vae(sample.x, sample.is_validation, small_settings(1), {1}, "a", {});
  const VaeFit weighted = fit_vae(sample.x, sample.is_validation, small_settings(1), {1}, "a", {}, ones);
  EXPECT_EQ(weighted.vae.to_json(), plain.vae.to_json());
  EXPECT_EQ(weighted.validation_loss, plain.validation_loss);
}

TEST(FitVae, learns_what_counts) {
  // Two kinds of events, along two directions; one latent dimension describes one of them. Only the first kind counts.
  constexpr std::size_t kEvents = 4000;
  base::Matrix x(kEvents, 2);
  std::vector<float> weight(kEvents);
  std::vector<std::uint8_t> is_validation(kEvents);
  base::RandomStream stream({3}, "two kinds");
  for (std::size_t i = 0; i < kEvents; ++i) {
    const bool counts = i % 2 == 0;
    x(i, counts ? 0 : 1) = static_cast<float>(2 * stream.normal());
    weight[i] = counts ? 2.5F : 0.0F;
    is_validation[i] = i % 8 < 2 ? 1 : 0;
  }
  VaeSettings settings = linear_settings(0.1);
  settings.latent = 1;
  const VaeFit fit = fit_vae(x, is_validation, settings, {1}, "two kinds", {}, weight);
  const std::vector<float> loss = fit.vae.reconstruction_loss(x);
  std::array<double, 2> sums{};
  for (std::size_t i = 0; i < kEvents; ++i) {
    sums.at(i % 2) += loss[i] / (kEvents / 2.0);
  }
  EXPECT_LT(sums[0], 0.5);
  EXPECT_GT(sums[1], 3) << "their variance is 4, and nothing was learned of them";
}

TEST(FitVae, refuses_weights_that_have_no_minimum_or_do_not_count) {
  const GaussianSample sample(100);
  const auto fit = [&](std::vector<float> weight) {
    return
        [&sample, weight] { (void)fit_vae(sample.x, sample.is_validation, small_settings(0), {1}, "a", {}, weight); };
  };
  test::expect_throws_with<base::InputError>(fit(std::vector<float>(99, 1.0F)), "100 events and 99 weights");
  test::expect_throws_with<base::InputError>(fit(std::vector<float>(100, -1.0F)), "negative");
  test::expect_throws_with<base::InputError>(fit(std::vector<float>(100, 0.0F)), "training sum to 0");
}

}  // namespace
}  // namespace eddy::vae
