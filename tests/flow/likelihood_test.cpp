#include <eddy/flow/likelihood.hpp>
#include <eddy/net/panels.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "net/finite_difference.hpp"

namespace eddy::flow {
namespace {

constexpr std::size_t kEvents = 64;
using Parameters = net::AlignedVector<float>;

StackShape small_shape() {
  StackShape shape;
  shape.transform = TransformKind::kAffine;
  shape.n_features = 2;
  shape.n_context = 1;
  shape.n_layers = 2;
  shape.n_hidden = 16;
  shape.n_blocks = 1;
  return shape;
}

/// Events of N(0, 1) beside a flow that is far from the identity, and another density that is N(0.5, 1.3).
class MixtureLikelihood : public testing::Test {
 protected:
  MixtureLikelihood() : stack(small_shape()), parameters(n_parameters_of(stack, true)), rows(kEvents) {
    table.values = base::Matrix(kEvents, 3);
    base::fill_normal({{1}, "events"}, 0, table.values.values());
    base::fill_normal({{2}, "parameters"}, 0, parameters);
    Parameters mask(stack.n_parameters());
    stack.fill_mask(mask);
    for (std::size_t i = 0; i < stack.n_parameters(); ++i) {
      parameters[i] *= 0.2F * mask[i];
      trained.push_back(mask[i] != 0);
    }
    std::fill(parameters.begin() + static_cast<std::ptrdiff_t>(stack.n_parameters()), parameters.end(), 0.0F);
    parameters[stack.n_parameters()] = -1.5F;  // a share of 18 %
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    for (std::size_t i = 0; i < kEvents; ++i) {
      table.weight.push_back(i % 4 == 0 ? 2.5F : 0.5F);
      double log_density = -std::log(2 * std::numbers::pi * 1.3 * 1.3);
      for (const std::size_t f : {0U, 1U}) {
        log_density -= std::pow((table.values(i, f) - 0.5) / 1.3, 2) / 2;
      }
      table.log_background.push_back(static_cast<float>(log_density));
    }
  }
  [[nodiscard]] Likelihood likelihood(const EventTable& of) const {
    return {stack, nullptr, of, kEvents, stack.training_workspace_size(net::panels_of(kEvents))};
  }
  [[nodiscard]] Parameters gradient(const EventTable& of) {
    Parameters sum(parameters.size());
    static_cast<void>(likelihood(of).loss_and_gradient(parameters, rows, 1, sum));
    return sum;
  }
  /// -log p of each event by the flow alone.
  [[nodiscard]] std::vector<double> own_losses() {
    EventTable alone = table;
    alone.log_background.clear();
    std::ranges::fill(alone.weight, 1.0F);
    Likelihood flow = likelihood(alone);
    std::vector<double> losses;
    for (const std::size_t row : rows) {
      losses.push_back(flow.loss(parameters, {&row, 1}));
    }
    return losses;
  }
  [[nodiscard]] double share() const { return 1 / (1 + std::exp(-double{parameters[stack.n_parameters()]})); }

  AutoregressiveStack stack;
  EventTable table;
  Parameters parameters;
  std::vector<bool> trained;
  std::vector<std::size_t> rows;
};

TEST_F(MixtureLikelihood, is_that_of_the_formula) {
  const std::vector<double> own = own_losses();
  double expected = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    expected -= table.weight[i] *
                std::log(share() * std::exp(-own[i]) + (1 - share()) * std::exp(double{table.log_background[i]}));
  }
  EXPECT_NEAR(likelihood(table).loss(parameters, rows), expected, 1e-5 * std::abs(expected));  // single precision
}

// The loss is known in single precision, to some 1e-5: a step of 0.005 leaves an error of 2e-3 in the derivative. Units
// of the network that switch on or off within a step have no derivative there: a few in a hundred parameters feel one.
TEST_F(MixtureLikelihood, gradient_matches_finite_differences) {
  const Parameters found = gradient(table);
  std::size_t n_checked = 0;
  std::size_t n_off = 0;
  for (std::size_t i = 0; i <= stack.n_parameters(); ++i) {
    if (i < stack.n_parameters() && !trained[i]) {
      continue;
    }
    const auto loss_at = [&](double value) {
      const float before = std::exchange(parameters[i], static_cast<float>(value));
      const double loss = likelihood(table).loss(parameters, rows);
      parameters[i] = before;
      return loss;
    };
    const double expected = test::derivative(loss_at, parameters[i], 0.005);
    const double tolerance = 5e-3 * (1 + std::abs(expected));
    if (i == stack.n_parameters()) {
      EXPECT_NEAR(found[i], expected, tolerance) << "the logit of the share";
    }
    EXPECT_NEAR(found[i], expected, 20 * tolerance) << "parameter " << i;
    n_off += std::abs(found[i] - expected) > tolerance ? 1 : 0;
    ++n_checked;
  }
  EXPECT_GT(n_checked, 100U);
  EXPECT_LT(static_cast<double>(n_off), 0.05 * static_cast<double>(n_checked));
  EXPECT_GT(std::abs(found[stack.n_parameters()]), 0.5);  // else the tolerance would allow anything
}

// Expectation-maximisation: each event counts for the flow with the probability that it is one of its own.
TEST_F(MixtureLikelihood, gradient_is_that_of_events_weighted_by_their_probability) {
  const std::vector<double> own = own_losses();
  EventTable weighted = table;
  weighted.log_background.clear();
  double expected_logit = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    const double flow = share() * std::exp(-own[i]);
    const double probability = flow / (flow + (1 - share()) * std::exp(double{table.log_background[i]}));
    weighted.weight[i] *= static_cast<float>(probability);
    expected_logit -= table.weight[i] * (probability - share());
  }
  const Parameters mixture = gradient(table);
  const Parameters alone = gradient(weighted);
  for (std::size_t i = 0; i < stack.n_parameters(); ++i) {
    EXPECT_NEAR(mixture[i], alone[i], 1e-4 * (1 + std::abs(alone[i]))) << "parameter " << i;
  }
  EXPECT_NEAR(mixture[stack.n_parameters()], expected_logit, 1e-4 * kEvents);
  EXPECT_EQ(alone[stack.n_parameters()], 0) << "a flow alone has no share";
}

TEST_F(MixtureLikelihood, of_events_that_one_density_knows_nothing_of_stays_finite) {
  table.log_background.assign(kEvents, -3000);
  EXPECT_TRUE(std::isfinite(likelihood(table).loss(parameters, rows)));
  table.log_background.assign(kEvents, 300);  // a density of exp(300) has no double in single precision
  const double loss = likelihood(table).loss(parameters, rows);
  const double total = std::accumulate(table.weight.begin(), table.weight.end(), 0.0);
  EXPECT_NEAR(loss / total, -300 - std::log(1 - share()), 1e-4);
  const Parameters found = gradient(table);
  EXPECT_NEAR(found[stack.n_parameters()] / total, share(), 1e-4) << "none of them is the flow's";
}

}  // namespace
}  // namespace eddy::flow
