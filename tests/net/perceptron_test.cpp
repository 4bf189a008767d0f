#include "net/finite_difference.hpp"

#include <eddy/net/perceptron.hpp>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace eddy::net
