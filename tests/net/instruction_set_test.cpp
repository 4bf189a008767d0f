// Every instruction set computes what the plain one does, up to the rounding of fused multiply-adds and of sums in
// another order. (The transforms of flow/ go through the same law in tests/flow/autoregressive_test.cpp.)

#include "net/instruction_set.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/net/adam.hpp>
#include <eddy/net/logistic.hpp>
#include <eddy/net/masked_network.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

namespace eddy::net {
namespace {

template <class T>
AlignedVector<T> random_values(std::size_t n, const char* name) {
  base::RandomStream stream({21}, name);
  AlignedVector<T> values(n);
  for (T& v : values) {
    v = static_cast<T>(stream.normal());
  }
  return values;
}

/// Outputs, parameter and input gradients of a masked network of awkward size, one after the other.
template <class T>
AlignedVector<T> network_results() {
  const MaskedNetwork network(std::vector<int>{0, 1, 2, 3}, std::vector<int>{0, 0, 1, 1, 1, 2}, 100, 2);
  AlignedVector<float> mask(network.n_parameters());
  network.fill_mask(mask);
  AlignedVector<T> parameters = random_values<T>(network.n_parameters(), "weights");
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] *= static_cast<T>(0.2) * mask[i];
  }
  const AlignedVector<T> x = random_values<T>(network.n_inputs_padded() * kPanel, "x");
  const AlignedVector<T> d_output = random_values<T>(network.n_outputs_padded() * kPanel, "d");
  AlignedVector<T> workspace(network.workspace_size()), scratch(network.backward_scratch_size());
  AlignedVector<T> output(network.n_outputs_padded() * kPanel), gradient(network.n_parameters()), dx(x.size());
  network.forward(parameters.data(), x.data(), workspace.data(), scratch.data(), output.data());
  network.backward(parameters.data(), 1, x.data(), workspace.data(), 0, d_output.data(), scratch.data(),
                   gradient.data(), dx.data());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    gradient[i] *= mask[i];  // what a skipped block holds is no result
  }
  output.insert(output.end(), gradient.begin(), gradient.end());
  output.insert(output.end(), dx.begin(), dx.end());
  return output;
}

AlignedVector<float> adam_results() {
  AlignedVector<float> parameters = random_values<float>(64, "parameters");
  const ActiveParameters all{{{0, 16}, {32, 64}}, {}};
  Adam adam(parameters.size());
  for (const char* batch : {"a", "b", "c"}) {
    AlignedVector<float> gradient = random_values<float>(64, batch);
    adam.step(1e-2, all, gradient, parameters);
    parameters.insert(parameters.end(), gradient.begin(), gradient.begin() + 16);  // set to 0
    parameters.resize(64);
  }
  return parameters;
}

AlignedVector<float> logistic_results() {
  AlignedVector<float> logit = random_values<float>(kPanel, "logit");
  AlignedVector<float> target(kPanel), weight(kPanel, 2.0F), loss(kPanel), gradient(kPanel);
  for (std::size_t i = 0; i < kPanel; ++i) {
    logit[i] *= 10;
    target[i] = static_cast<float>(i % 2);
  }
  logistic_loss(kPanel, logit.data(), target.data(), weight.data(), loss.data(), gradient.data());
  loss.insert(loss.end(), gradient.begin(), gradient.end());
  return loss;
}

template <class T>
void expect_agreement(const std::function<AlignedVector<T>()>& compute, double tolerance) {
  AlignedVector<T> plain;
  for (const InstructionSet set : available_instruction_sets()) {
    const test::WithInstructionSet with(set);
    const AlignedVector<T> values = compute();
    if (set == InstructionSet::kBaseline) {
      plain = values;
    }
    ASSERT_EQ(values.size(), plain.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_NEAR(values[i], plain[i], tolerance * (1 + std::abs(plain[i]))) << to_string(set) << ", number " << i;
    }
  }
}

// Sums have up to 100 terms of order 1: their rounding error is about 10 * 2^-53 and 10 * 2^-24.
TEST(InstructionSets, agree_on_networks) {
  expect_agreement<double>(network_results<double>, 1e-13);
  expect_agreement<float>(network_results<float>, 1e-5);
}

TEST(InstructionSets, agree_on_adam) { expect_agreement<float>(adam_results, 1e-6); }

TEST(InstructionSets, agree_on_the_logistic_loss) { expect_agreement<float>(logistic_results, 1e-6); }

TEST(InstructionSets, the_plain_one_is_always_there_and_the_widest_is_the_default) {
  const std::vector<InstructionSet> sets = available_instruction_sets();
  ASSERT_FALSE(sets.empty());
  EXPECT_EQ(sets.front(), InstructionSet::kBaseline);
  if (std::getenv("EDDY_INSTRUCTIONS") == nullptr) {
    EXPECT_EQ(instruction_set(), sets.back());
  }
}

TEST(Logistic, is_the_cross_entropy_and_its_derivative) {
  AlignedVector<double> logit(kPanel), target(kPanel), weight(kPanel, 0.7), loss(kPanel), gradient(kPanel);
  for (std::size_t i = 0; i < kPanel; ++i) {
    logit[i] = -40 + 2.5 * static_cast<double>(i);
    target[i] = static_cast<double>(i % 2);
  }
  logistic_loss(kPanel, logit.data(), target.data(), weight.data(), loss.data(), gradient.data());
  for (std::size_t i = 0; i < kPanel; ++i) {
    const double sign = target[i] > 0 ? -1 : 1;
    EXPECT_NEAR(loss[i], 0.7 * std::log1p(std::exp(sign * logit[i])), 1e-12 * (1 + std::abs(logit[i])));
    EXPECT_NEAR(gradient[i], 0.7 * (1 / (1 + std::exp(-logit[i])) - target[i]), 1e-15);
  }
}

TEST(ActiveParameters, cover_the_mask_in_whole_units_and_name_what_is_masked_inside) {
  std::vector<float> mask(80, 0.0F);
  std::fill(mask.begin() + 20, mask.begin() + 48, 1.0F);  // units 1 and 2, but for 16 ... 19
  mask[70] = 1;
  const ActiveParameters found = find_active_parameters(mask);
  ASSERT_EQ(found.active.size(), 2U);
  EXPECT_EQ(found.active[0].begin, 16U);
  EXPECT_EQ(found.active[0].end, 48U);
  EXPECT_EQ(found.active[1].begin, 64U);
  ASSERT_EQ(found.masked.size(), 3U);
  std::vector<float> gradient(80, 1.0F);
  clear_masked(found, gradient);
  for (std::size_t i = 16; i < 48; ++i) {
    EXPECT_EQ(gradient[i], mask[i]) << i;
  }
}

}  // namespace
}  // namespace eddy::net
