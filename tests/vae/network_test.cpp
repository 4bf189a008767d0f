#include "net/finite_difference.hpp"
#include "net/instruction_set.hpp"

#include <eddy/vae/network.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>

namespace eddy::vae {
namespace {

using net::AlignedVector;
using net::kPanel;

/// Two panels, the second with 9 samples and padding.
constexpr std::size_t kPanels = 2;
constexpr std::size_t kSamples = kPanel + 9;
constexpr std::size_t kFeatures = 5;
constexpr std::size_t kLatent = 3;

struct Kind {
  Reconstruction reconstruction;
  Divergence divergence;
  std::size_t n_flow_layers;
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) {
  return out << to_string(kind.reconstruction) << ", " << to_string(kind.divergence) << ", " << kind.n_flow_layers
             << " layers";
}

NetworkShape shape_of(const Kind& kind) {
  return {.n_features = kFeatures,
          .hidden = {18, 7},
          .n_latent = kLatent,
          .n_flow_layers = kind.n_flow_layers,
          .n_flow_hidden = 12,
          .reconstruction = kind.reconstruction,
          .divergence = kind.divergence,
          .beta = 1.7};
}

/// A network with weights far from its initial ones, and events with fixed noise.
template <class T>
struct Case {
  explicit Case(const NetworkShape& shape)
      : network(shape), batch(network, kPanels), parameters(network.n_parameters()), mask(network.n_parameters()) {
    AlignedVector<float> initial(network.n_parameters());
    network.initialise(base::RandomStream({3}, "weights"), initial);
    network.fill_mask(mask);
    base::RandomStream stream({3}, "kick");
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i] = static_cast<T>(mask[i] * (initial[i] + 0.1 * stream.normal()));
    }
    const std::size_t step = network.encoder().n_inputs_padded() * kPanel;
    for (std::size_t p = 0; p < kPanels; ++p) {
      for (std::size_t i = 0; i < shape.n_features * kPanel; ++i) {
        batch.x[p * step + i] = static_cast<T>(stream.uniform());
      }
    }
    std::ranges::generate(batch.noise, [&] { return static_cast<T>(stream.normal()); });
    std::generate_n(batch.weight.begin(), kSamples, [&] { return static_cast<T>(stream.uniform()); });
  }
  T loss() {
    network.forward(parameters.data(), kSamples, true, batch);
    network.loss(kSamples, batch);
    return std::accumulate(batch.reconstruction.begin(), batch.reconstruction.end(), T{0}) +
           std::accumulate(batch.divergence.begin(), batch.divergence.end(), T{0});
  }
  [[nodiscard]] AlignedVector<T> gradient() {
    loss();
    AlignedVector<T> g(parameters.size());
    network.backward(parameters.data(), kSamples, batch, g.data());
    for (std::size_t i = 0; i < g.size(); ++i) {
      g[i] *= static_cast<T>(mask[i]);
    }
    return g;
  }
  Network network;
  Batch<T> batch;
  AlignedVector<T> parameters;
  AlignedVector<float> mask;
};

class NetworkLoss : public ::testing::TestWithParam<Kind> {};

TEST_P(NetworkLoss, gradient_matches_finite_differences) {
  Case<double> c(shape_of(GetParam()));
  const AlignedVector<double> gradient = c.gradient();
  std::size_t checked = 0;
  for (std::size_t i = 0; i < gradient.size(); i += GetParam().n_flow_layers == 0 ? 1 : 3) {
    if (c.mask[i] == 0.0F) {
      continue;
    }
    const double at = c.parameters[i];
    const auto f = [&](double value) {
      c.parameters[i] = value;
      return c.loss();
    };
    // Steps of 1e-6 keep ReLU kinks out of nearly every difference; the loss is ~100, so rounding limits it to ~1e-8.
    EXPECT_NEAR(gradient[i], test::derivative(f, at, 1e-6), 1e-6 * (1 + std::abs(gradient[i]))) << "parameter " << i;
    c.parameters[i] = at;
    ++checked;
  }
  EXPECT_GT(checked, 300U);
}

TEST_P(NetworkLoss, sums_reconstruction_and_beta_times_divergence) {
  Case<double> c(shape_of(GetParam()));
  c.loss();
  const std::size_t step = c.network.encoder().n_inputs_padded() * kPanel;
  const std::size_t posterior = c.network.encoder().n_outputs_padded() * kPanel;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const std::size_t s = i % kPanel;
    const double* mu = &c.batch.posterior[i / kPanel * posterior + s];
    const double* z = &c.batch.z[i / kPanel * kLatent * kPanel + s];
    double divergence = -c.batch.log_jacobian[i];
    for (std::size_t d = 0; d < kLatent; ++d) {
      const double log_variance = mu[(kLatent + d) * kPanel];
      const bool initial = c.network.shape().divergence == Divergence::kInitial;
      const double square = initial ? std::pow(mu[d * kPanel], 2) + std::exp(log_variance) : std::pow(z[d * kPanel], 2);
      divergence += 0.5 * (square - log_variance - 1);
    }
    EXPECT_NEAR(c.batch.divergence[i], 1.7 * c.batch.weight[i] * divergence, 1e-12) << "sample " << i;
    double reconstruction = 0;
    for (std::size_t f = 0; f < kFeatures; ++f) {
      const double y = c.batch.output[i / kPanel * step + f * kPanel + s];
      const double x = c.batch.x[i / kPanel * step + f * kPanel + s];
      reconstruction += GetParam().reconstruction == Reconstruction::kSquaredError ? (y - x) * (y - x)
                                                                                   : std::log1p(std::exp(y)) - x * y;
    }
    EXPECT_NEAR(c.batch.reconstruction[i], c.batch.weight[i] * reconstruction, 1e-12) << "sample " << i;
  }
}

TEST_P(NetworkLoss, every_instruction_set_gives_the_plain_result) {
  AlignedVector<float> plain;
  for (const net::InstructionSet set : net::available_instruction_sets()) {
    const test::WithInstructionSet with(set);
    const AlignedVector<float> values = Case<float>(shape_of(GetParam())).gradient();
    plain = plain.empty() ? values : plain;
    for (std::size_t i = 0; i < values.size(); ++i) {
      // Sums of 41 terms of order 1 through eight layers, rounded to 6e-8 each.
      EXPECT_NEAR(values[i], plain[i], 1e-4 * (1 + std::abs(plain[i]))) << net::to_string(set) << ", number " << i;
    }
  }
}

constexpr auto kMse = Reconstruction::kSquaredError;
constexpr auto kBce = Reconstruction::kCrossEntropy;
INSTANTIATE_TEST_SUITE_P(Kinds, NetworkLoss,
                         ::testing::Values(Kind{kMse, Divergence::kFinal, 0}, Kind{kBce, Divergence::kFinal, 0},
                                           Kind{kMse, Divergence::kFinal, 3}, Kind{kBce, Divergence::kFinal, 3},
                                           Kind{kMse, Divergence::kInitial, 3}, Kind{kBce, Divergence::kInitial, 2}));

TEST(Network, passes_the_latent_through_the_flow_of_its_parameters) {
  Case<double> c(shape_of({kMse, Divergence::kFinal, 3}));
  c.loss();
  // z0 by hand, the flow by its function for use.
  const flow::AutoregressiveStack& flow = c.network.flow();
  AlignedVector<double> z(kPanels * kLatent * kPanel);
  const std::size_t posterior = c.network.encoder().n_outputs_padded() * kPanel;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const std::size_t in_panel = i % (kLatent * kPanel);
    const double* mu = &c.batch.posterior[i / (kLatent * kPanel) * posterior + in_panel];
    z[i] = mu[0] + std::exp(0.5 * mu[kLatent * kPanel]) * c.batch.noise[i];
  }
  AlignedVector<double> workspace(flow.workspace_size());
  AlignedVector<double> log_jacobian(kPanels * kPanel);
  flow.forward(&c.parameters[c.network.encoder().n_parameters()], kPanels, z.data(),
               static_cast<const double*>(nullptr), workspace.data(), z.data(), log_jacobian.data());
  bool moves = false;
  for (std::size_t i = 0; i < kPanels * kPanel; ++i) {
    EXPECT_NEAR(c.batch.log_jacobian[i], log_jacobian[i], 1e-13) << "sample " << i;
    moves = moves || std::abs(log_jacobian[i]) > 0.05;
  }
  EXPECT_TRUE(moves) << "the flow of this test is the identity";
  for (std::size_t i = 0; i < z.size(); ++i) {
    EXPECT_NEAR(c.batch.z[i], z[i], 1e-13) << "number " << i;
  }
}

TEST(Network, without_flow_the_latent_is_the_draw_and_the_divergence_in_closed_form) {
  Case<double> c(shape_of({kMse, Divergence::kFinal, 0}));
  EXPECT_EQ(c.network.shape().divergence, Divergence::kInitial);
  c.loss();
  EXPECT_EQ(c.batch.log_jacobian[0], 0.0);
  const double* mu = c.batch.posterior.data();
  EXPECT_NEAR(c.batch.z[0], mu[0] + std::exp(0.5 * mu[kLatent * kPanel]) * c.batch.noise[0], 1e-14);
}

TEST(Network, padding_changes_neither_loss_nor_gradient) {
  const NetworkShape shape = shape_of({kBce, Divergence::kFinal, 3});
  Case<double> c(shape);
  const double loss = c.loss();
  const AlignedVector<double> gradient = c.gradient();
  for (std::size_t i = kSamples; i < kPanels * kPanel; ++i) {
    for (std::size_t f = 0; f < kFeatures; ++f) {
      c.batch.x[i / kPanel * c.network.encoder().n_inputs_padded() * kPanel + f * kPanel + i % kPanel] = 0.9;
    }
    for (std::size_t d = 0; d < kLatent; ++d) {
      c.batch.noise[(i / kPanel * kLatent + d) * kPanel + i % kPanel] = -2;
    }
  }
  EXPECT_EQ(c.loss(), loss);
  EXPECT_EQ(c.gradient(), gradient);
}

}  // namespace
}  // namespace eddy::vae
