#include "net/finite_difference.hpp"

#include <eddy/net/regularised_perceptron.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::net {
namespace {

const std::vector<std::size_t> kWidths = {3, 20, 7, 2};
constexpr std::size_t kSamples = kPanel + 9;  // the second panel is partly padding
constexpr std::size_t kPanels = 2;

/// Network, parameters and a batch, in double precision.
struct Batch {
  explicit Batch(const Regularisation& regularisation)
      : network(kWidths, regularisation),
        parameters(network.n_parameters()),
        mask(network.n_parameters()),
        x(kPanels * network.n_inputs_padded() * kPanel),
        weights(kPanels * network.n_outputs_padded() * kPanel),
        workspace(network.workspace_size(kPanels)),
        output(weights.size()),
        scratch(network.scratch_size(kPanels)),
        counters(kSamples) {
    AlignedVector<float> initial(network.n_parameters());
    network.initialise(base::RandomStream({5}, "weights"), initial);
    std::ranges::copy(initial, parameters.begin());
    network.fill_mask(mask);
    base::RandomStream values({6}, "values");
    for (std::size_t s = 0; s < kSamples; ++s) {
      counters[s] = 1000 + s;
      for (std::size_t r = 0; r < 3; ++r) {
        x[s / kPanel * network.n_inputs_padded() * kPanel + r * kPanel + s % kPanel] = values.normal();
      }
      for (std::size_t r = 0; r < 2; ++r) {
        weights[s / kPanel * network.n_outputs_padded() * kPanel + r * kPanel + s % kPanel] = values.normal();
      }
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {  // off the initial log_gamma = beta = 0
      parameters[i] += mask[i] * 0.1 * values.normal();
    }
  }

  double loss() {
    network.forward_training(parameters.data(), kSamples, x.data(), {stream, counters}, workspace.data(),
                             output.data());
    return std::inner_product(weights.begin(), weights.end(), output.begin(), 0.0);
  }

  RegularisedPerceptron network;
  base::RandomStream stream{{7}, "dropout"};
  AlignedVector<double> parameters;
  AlignedVector<float> mask;
  AlignedVector<double> x, weights, workspace, output, scratch;
  std::vector<std::uint64_t> counters;
};

class RegularisedPerceptronOf : public testing::TestWithParam<Regularisation> {};

TEST_P(RegularisedPerceptronOf, gradient_matches_finite_differences) {
  Batch batch(GetParam());
  AlignedVector<double> gradient(batch.parameters.size());
  batch.loss();
  batch.network.backward(batch.parameters.data(), kSamples, batch.x.data(), batch.workspace.data(),
                         batch.weights.data(), batch.scratch.data(), gradient.data());
  std::size_t checked = 0;
  for (std::size_t i = 0; i < batch.parameters.size(); ++i) {
    if (batch.mask[i] == 0.0F) {
      continue;
    }
    const double at = batch.parameters[i];
    const auto f = [&](double value) {
      batch.parameters[i] = value;
      return batch.loss();
    };
    // A step of 1e-6 keeps ReLU kinks out of nearly every difference; rounding of values near 10 then limits it to
    // 1e-8.
    EXPECT_NEAR(gradient[i], test::derivative(f, at, 1e-6), 1e-6 * (1 + std::abs(gradient[i]))) << "parameter " << i;
    batch.parameters[i] = at;
    ++checked;
  }
  const std::size_t hidden = 20 + 7;  // biases, or scale and shift of the normalisation
  EXPECT_EQ(checked, 3U * 20 + 20 * 7 + 7 * 2 + 2 + (GetParam().batch_norm ? 2 * hidden : hidden));
}

INSTANTIATE_TEST_SUITE_P(Options, RegularisedPerceptronOf,
                         testing::Values(Regularisation{false, 0}, Regularisation{true, 0}, Regularisation{false, 0.3},
                                         Regularisation{true, 0.3}));

TEST(RegularisedPerceptron, without_options_is_a_perceptron) {
  Batch batch({false, 0});
  const Perceptron plain(kWidths);
  batch.loss();
  AlignedVector<double> workspace(plain.workspace_size());
  AlignedVector<double> output(plain.n_outputs_padded() * kPanel);
  ASSERT_EQ(plain.n_parameters(), batch.network.n_parameters());
  plain.forward(batch.parameters.data(), batch.x.data(), workspace.data(), output.data());
  for (std::size_t i = 0; i < output.size(); ++i) {
    EXPECT_EQ(output[i], batch.output[i]) << i;
  }
}

TEST(RegularisedPerceptron, folded_into_a_perceptron_is_what_was_trained_on_the_batch_of_its_constants) {
  const RegularisedPerceptron network(kWidths, {true, 0});
  AlignedVector<float> parameters(network.n_parameters());
  network.initialise(base::RandomStream({5}, "weights"), parameters);
  const Batch batch({true, 0});
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] = static_cast<float>(batch.parameters[i]);
  }
  const AlignedVector<float> x(batch.x.begin(), batch.x.end());
  AlignedVector<float> workspace(network.workspace_size(kPanels));
  AlignedVector<float> trained(kPanels * network.n_outputs_padded() * kPanel);
  network.forward_training(parameters.data(), kSamples, x.data(), {batch.stream, batch.counters}, workspace.data(),
                           trained.data());
  network.set_constants(kSamples, x, parameters);
  const Perceptron plain(kWidths);
  const AlignedVector<float> folded = network.fold(parameters);
  AlignedVector<float> plain_workspace(plain.workspace_size());
  AlignedVector<float> output(plain.n_outputs_padded() * kPanel);
  ASSERT_EQ(folded.size(), plain.n_parameters());
  for (std::size_t p = 0; p < kPanels; ++p) {
    plain.forward(folded.data(), x.data() + p * plain.n_inputs_padded() * kPanel, plain_workspace.data(),
                  output.data());
    for (std::size_t s = 0; s < std::min(kPanel, kSamples - p * kPanel); ++s) {
      for (std::size_t r = 0; r < 2; ++r) {  // values of order 1, some 30 terms each: 30 float roundings
        EXPECT_NEAR(output[r * kPanel + s], trained[(p * plain.n_outputs_padded() + r) * kPanel + s], 1e-5);
      }
    }
  }
}

TEST(RegularisedPerceptron, dropout_keeps_the_mean_and_depends_on_the_event_alone) {
  const RegularisedPerceptron network({1, 64, 1}, {false, 0.25});
  AlignedVector<float> parameters(network.n_parameters());
  const DenseShape first(1, 64);
  const DenseShape second(64, 1);
  for (std::size_t o = 0; o < 64; ++o) {  // every hidden unit is 1, the output their sum
    parameters[first.bias_offset() + o] = 1;
    parameters[first.n_parameters() + second.weight_offset(o, 0)] = 1;
  }
  const base::RandomStream stream({8}, "dropout");
  constexpr std::size_t kMany = 100 * kPanel;
  std::vector<std::uint64_t> counters(kMany);
  std::iota(counters.begin(), counters.end(), std::uint64_t{0});
  const AlignedVector<float> x(100 * network.n_inputs_padded() * kPanel);
  AlignedVector<float> workspace(network.workspace_size(100));
  AlignedVector<float> output(100 * network.n_outputs_padded() * kPanel);
  const auto run = [&] {
    network.forward_training(parameters.data(), kMany, x.data(), {stream, counters}, workspace.data(), output.data());
    std::vector<float> sums(kMany);
    for (std::size_t s = 0; s < kMany; ++s) {
      sums[s] = output[s / kPanel * network.n_outputs_padded() * kPanel + s % kPanel];
    }
    return sums;
  };
  const std::vector<float> sums = run();
  const double mean = std::accumulate(sums.begin(), sums.end(), 0.0) / kMany;
  // 64 binomial units of 0.75, scaled by 4 / 3: variance 64 * 0.1875 * 16 / 9 = 21.3.
  EXPECT_NEAR(mean, 64, 4 * std::sqrt(21.3 / kMany));
  std::ranges::reverse(counters);
  std::vector<float> reversed = run();
  std::ranges::reverse(reversed);
  EXPECT_EQ(reversed, sums);
}

}  // namespace
}  // namespace eddy::net
