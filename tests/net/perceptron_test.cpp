#include "net/finite_difference.hpp"

#include <eddy/net/perceptron.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::net {
namespace {

TEST(Perceptron, gradient_matches_finite_differences) {
  const Perceptron network({3, 9, 24, 5, 2});
  AlignedVector<float> initial(network.n_parameters());
  network.initialise(base::RandomStream({5}, "weights"), initial);
  AlignedVector<float> mask(network.n_parameters());
  network.fill_mask(mask);
  AlignedVector<double> parameters(initial.begin(), initial.end());
  base::RandomStream stream({5}, "values");
  AlignedVector<double> x(network.n_inputs_padded() * kPanel);
  AlignedVector<double> weights(network.n_outputs_padded() * kPanel);
  for (std::size_t i = 0; i < kPanel; ++i) {
    for (std::size_t r = 0; r < 3; ++r) {
      x[r * kPanel + i] = stream.normal();
    }
    for (std::size_t r = 0; r < 2; ++r) {
      weights[r * kPanel + i] = stream.normal();
    }
  }
  AlignedVector<double> workspace(network.workspace_size());
  AlignedVector<double> output(weights.size());
  AlignedVector<double> scratch(network.scratch_size());
  AlignedVector<double> gradient(network.n_parameters());
  const auto loss = [&] {
    network.forward(parameters.data(), x.data(), workspace.data(), output.data());
    return std::inner_product(weights.begin(), weights.end(), output.begin(), 0.0);
  };
  loss();
  network.backward(parameters.data(), x.data(), workspace.data(), weights.data(), scratch.data(), gradient.data());
  std::size_t checked = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (mask[i] == 0.0F) {
      continue;
    }
    const double at = parameters[i];
    const auto f = [&](double value) {
      parameters[i] = value;
      return loss();
    };
    // A step of 1e-6 keeps ReLU kinks out of nearly every difference; rounding then limits it to ~1e-8.
    EXPECT_NEAR(gradient[i], test::derivative(f, at, 1e-6), 1e-6 * (1 + std::abs(gradient[i]))) << "parameter " << i;
    parameters[i] = at;
    ++checked;
  }
  EXPECT_EQ(checked, 3U * 9 + 9 + 9 * 24 + 24 + 24 * 5 + 5 + 5 * 2 + 2);
}

/// Three panels of a network of three inputs and two outputs, in double.
struct ThreePanels {
  static constexpr std::size_t kPanels = 3;
  ThreePanels()
      : network({3, 9, 24, 2}),
        parameters(network.n_parameters()),
        x(kPanels * network.n_inputs_padded() * kPanel),
        workspace(kPanels * network.workspace_size()),
        output(kPanels * network.n_outputs_padded() * kPanel),
        weights(output.size()),
        scratch(network.scratch_size(kPanels)),
        gradient(parameters.size()),
        dx(x.size()) {
    AlignedVector<float> initial(parameters.size());
    network.initialise(base::RandomStream({6}, "weights"), initial);
    std::copy(initial.begin(), initial.end(), parameters.begin());
    base::RandomStream stream({6}, "values");
    for (std::size_t p = 0; p < kPanels; ++p) {
      for (std::size_t i = 0; i < 3 * kPanel; ++i) {
        x[p * network.n_inputs_padded() * kPanel + i] = stream.normal();
      }
      for (std::size_t i = 0; i < 2 * kPanel; ++i) {
        weights[p * network.n_outputs_padded() * kPanel + i] = stream.normal();
      }
    }
  }
  double loss() {
    for (std::size_t p = 0; p < kPanels; ++p) {
      network.forward(parameters.data(), &x[p * network.n_inputs_padded() * kPanel],
                      &workspace[p * network.workspace_size()], &output[p * network.n_outputs_padded() * kPanel]);
    }
    return std::inner_product(weights.begin(), weights.end(), output.begin(), 0.0);
  }

  Perceptron network;
  AlignedVector<double> parameters, x, workspace, output, weights, scratch, gradient, dx;
};

TEST(Perceptron, gradient_of_the_inputs_matches_finite_differences) {
  ThreePanels c;
  c.loss();
  c.network.backward(c.parameters.data(), 3, c.x.data(), c.workspace.data(), c.weights.data(), c.scratch.data(),
                     c.gradient.data(), c.dx.data());
  for (std::size_t i = 0; i < c.x.size(); i += 7) {
    if (i / kPanel % c.network.n_inputs_padded() >= 3) {
      EXPECT_EQ(c.dx[i], 0.0) << "padding " << i;
      continue;
    }
    const double at = c.x[i];
    const auto f = [&](double value) {
      c.x[i] = value;
      return c.loss();
    };
    // Step and tolerance as above.
    EXPECT_NEAR(c.dx[i], test::derivative(f, at, 1e-6), 1e-6 * (1 + std::abs(c.dx[i]))) << "input " << i;
    c.x[i] = at;
  }
}

TEST(Perceptron, panels_go_backward_together_as_they_do_alone) {
  ThreePanels c;
  c.loss();
  c.network.backward(c.parameters.data(), 3, c.x.data(), c.workspace.data(), c.weights.data(), c.scratch.data(),
                     c.gradient.data(), c.dx.data());
  AlignedVector<double> alone(c.gradient.size());
  for (std::size_t p = 0; p < 3; ++p) {
    c.network.backward(c.parameters.data(), &c.x[p * c.network.n_inputs_padded() * kPanel],
                       &c.workspace[p * c.network.workspace_size()],
                       &c.weights[p * c.network.n_outputs_padded() * kPanel], c.scratch.data(), alone.data());
  }
  for (std::size_t i = 0; i < alone.size(); ++i) {
    // The same 96 terms of order 1, grouped alike: what differs is when the biases' sums are stored.
    EXPECT_NEAR(c.gradient[i], alone[i], 1e-13 * (1 + std::abs(alone[i]))) << "parameter " << i;
  }
}

}  // namespace
}  // namespace eddy::net
