#include "net/finite_difference.hpp"

#include <eddy/net/masked_network.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace eddy::net {
namespace {

/// Three features behind one context variable, two outputs per feature.
MaskedNetwork make_network() { return {std::vector<int>{0, 1, 2, 3}, std::vector<int>{0, 0, 1, 1, 2, 2}, 20, 2}; }

struct Buffers {
  explicit Buffers(const MaskedNetwork& network)
      : parameters(network.n_parameters()),
        x(network.n_inputs_padded() * kPanel),
        workspace(network.workspace_size()),
        output(network.n_outputs_padded() * kPanel),
        scratch(network.backward_scratch_size()),
        gradient(network.n_parameters()),
        dx(x.size()) {
    AlignedVector<float> initial(network.n_parameters());
    network.initialise(base::RandomStream({3}, "weights"), initial);
    AlignedVector<float> mask(network.n_parameters());
    network.fill_mask(mask);
    // Far from the near-zero start, so that every path carries signal.
    base::RandomStream stream({3}, "kick");
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i] = initial[i] + (mask[i] != 0.0F ? 0.2 * stream.normal() : 0.0);
    }
    for (std::size_t i = 0; i < 4 * kPanel; ++i) {
      x[i] = stream.normal();
    }
  }
  AlignedVector<double> parameters, x, workspace, output, scratch, gradient, dx;
};

/// Loss: a fixed random combination of all outputs that exist.
AlignedVector<double> output_weights(const MaskedNetwork& network) {
  base::RandomStream stream({3}, "loss");
  AlignedVector<double> weights(network.n_outputs_padded() * kPanel);
  std::generate_n(weights.begin(), 6 * kPanel, [&] { return stream.normal(); });
  return weights;
}

double loss(const MaskedNetwork& network, Buffers& b, const AlignedVector<double>& weights) {
  network.forward(b.parameters.data(), b.x.data(), b.workspace.data(), b.scratch.data(), b.output.data());
  return std::inner_product(weights.begin(), weights.end(), b.output.begin(), 0.0);
}

TEST(MaskedNetwork, hidden_degrees_come_in_vector_wide_groups) {
  const std::vector<int> degrees = hidden_degrees(64, 3);
  EXPECT_EQ(std::ranges::count(degrees, 0), 16);
  EXPECT_EQ(std::ranges::count(degrees, 1), 16);
  EXPECT_EQ(std::ranges::count(degrees, 2), 32);
  EXPECT_TRUE(std::ranges::is_sorted(degrees));
}

TEST(MaskedNetwork, small_groups_are_filled_up_to_whole_tiles) {
  for (const auto& [n_hidden, n_degrees] : {std::pair<std::size_t, std::size_t>{10, 4}, {2, 3}, {100, 3}, {20, 1}}) {
    const std::vector<int> degrees = hidden_degrees(n_hidden, n_degrees);
    EXPECT_EQ(degrees.size() - std::ranges::count(degrees, kPaddingDegree), n_hidden);
    for (std::size_t tile = 0; tile < degrees.size(); tile += kRowTile) {
      for (std::size_t i = tile; i < tile + kRowTile; ++i) {
        EXPECT_TRUE(degrees[i] == degrees[tile] || degrees[i] == kPaddingDegree) << n_hidden << " units, row " << i;
      }
    }
  }
}

TEST(MaskedNetwork, degree_by_degree_gives_the_outputs_of_the_whole_pass) {
  const MaskedNetwork network = make_network();
  Buffers b(network);
  network.forward(b.parameters.data(), b.x.data(), b.workspace.data(), b.scratch.data(), b.output.data());
  Buffers stepwise(network);
  const AlignedVector<double> x = stepwise.x;
  std::fill(stepwise.x.begin() + kPanel, stepwise.x.end(), 0.0);  // features are not known yet
  for (std::size_t degree = 0; degree < 3; ++degree) {
    network.forward_degree(degree, stepwise.parameters.data(), stepwise.x.data(), stepwise.workspace.data(),
                           stepwise.scratch.data(), stepwise.output.data());
    for (std::size_t i = 2 * degree * kPanel; i < 2 * (degree + 1) * kPanel; ++i) {
      EXPECT_EQ(stepwise.output[i], b.output[i]) << "degree " << degree << ", element " << i;
    }
    std::copy_n(x.begin() + (degree + 1) * kPanel, kPanel, stepwise.x.begin() + (degree + 1) * kPanel);
  }
}

TEST(MaskedNetwork, outputs_depend_only_on_inputs_of_lower_degree) {
  const MaskedNetwork network = make_network();
  Buffers b(network);
  network.forward(b.parameters.data(), b.x.data(), b.workspace.data(), b.scratch.data(), b.output.data());
  const AlignedVector<double> before = b.output;
  for (std::size_t input = 0; input < 4; ++input) {
    Buffers changed(network);
    for (std::size_t s = 0; s < kPanel; ++s) {
      changed.x[input * kPanel + s] += 1.0;
    }
    network.forward(changed.parameters.data(), changed.x.data(), changed.workspace.data(), changed.scratch.data(),
                    changed.output.data());
    for (std::size_t output = 0; output < 6; ++output) {
      const bool may_depend = input <= output / 2;  // input degree <= output degree
      double difference = 0;
      for (std::size_t s = 0; s < kPanel; ++s) {
        difference = std::max(difference, std::abs(changed.output[output * kPanel + s] - before[output * kPanel + s]));
      }
      EXPECT_EQ(difference > 0, may_depend) << "input " << input << ", output " << output;
    }
  }
}

TEST(MaskedNetwork, parameter_gradient_matches_finite_differences) {
  const MaskedNetwork network = make_network();
  Buffers b(network);
  const AlignedVector<double> weights = output_weights(network);
  loss(network, b, weights);
  network.backward(b.parameters.data(), 1, b.x.data(), b.workspace.data(), 0, weights.data(), b.scratch.data(),
                   b.gradient.data(), b.dx.data());
  AlignedVector<float> mask(network.n_parameters());
  network.fill_mask(mask);
  std::size_t checked = 0;
  for (std::size_t i = 0; i < b.parameters.size(); i += 7) {
    if (mask[i] == 0.0F) {
      continue;
    }
    const double at = b.parameters[i];
    const auto f = [&](double value) {
      b.parameters[i] = value;
      return loss(network, b, weights);
    };
    // A step of 1e-6 keeps ReLU kinks out of nearly every difference; rounding then limits it to ~1e-8.
    EXPECT_NEAR(b.gradient[i], test::derivative(f, at, 1e-6), 1e-6 * (1 + std::abs(b.gradient[i])))
        << "parameter " << i;
    b.parameters[i] = at;
    ++checked;
  }
  EXPECT_GT(checked, 100U);
}

TEST(MaskedNetwork, input_gradient_matches_finite_differences) {
  const MaskedNetwork network = make_network();
  Buffers b(network);
  const AlignedVector<double> weights = output_weights(network);
  loss(network, b, weights);
  network.backward(b.parameters.data(), 1, b.x.data(), b.workspace.data(), 0, weights.data(), b.scratch.data(),
                   b.gradient.data(), b.dx.data());
  for (std::size_t i = 0; i < 4 * kPanel; i += 5) {
    const double at = b.x[i];
    const auto f = [&](double value) {
      b.x[i] = value;
      return loss(network, b, weights);
    };
    EXPECT_NEAR(b.dx[i], test::derivative(f, at, 1e-6), 1e-6 * (1 + std::abs(b.dx[i]))) << "input " << i;
    b.x[i] = at;
  }
}

}  // namespace
}  // namespace eddy::net
