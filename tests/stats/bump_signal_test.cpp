#include <eddy/base/error.hpp>
#include <eddy/stats/bump_scan.hpp>
#include <eddy/stats/bump_signal.hpp>
#include <eddy/stats/intervals.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

using test::expect_throws_with;

constexpr double kLarge = 1e10;  // width of a control bin that measures the background to 1e-5 / sqrt(b)

/// n events in a bin where exactly b are expected without signal.
BumpSignal counting(double n, double b) {
  return fit_signal({{0, 1, 1 + kLarge}, {n, b * kLarge}}, BernsteinShape{0}, {1, 0});
}

double poisson_term(double n, double mean) { return n > 0 ? mean - n + n * std::log(n / mean) : mean; }

TEST(BumpSignal, in_one_bin_with_known_background_is_the_counting_experiment) {
  const double b = 12;
  for (const double n : {4.0, 9.0, 15.0, 30.0, 100.0}) {
    SCOPED_TRACE(n);
    const BumpSignal result = counting(n, b);
    const double root = std::copysign(std::sqrt(2 * poisson_term(n, b)), n - b);
    EXPECT_NEAR(result.strength, n - b, 1e-4);
    EXPECT_NEAR(result.strength_error, std::sqrt(n), 1e-4);
    EXPECT_NEAR(result.z, root, 1e-5);
    EXPECT_NEAR(result.q0, n > b ? root * root : 0, 1e-4);
    EXPECT_NEAR(result.p_value, to_p_value({root}).value, 1e-5);
    // CLs of the limit by the formulae of q~mu.
    const double s = result.limit.observed;
    const double q = 2 * (poisson_term(n, s + b) - poisson_term(n, std::max(n, b)));
    EXPECT_NEAR(asymptotic_cls(q, 2 * poisson_term(b, s + b)), 0.05, 1e-5);
    for (int band = -2; band <= 2; ++band) {
      const double q_asimov = 2 * poisson_term(b, result.limit.expected[band + 2] + b);
      EXPECT_NEAR(expected_cls(q_asimov, band), 0.05, 1e-5) << band;
    }
  }
}

TEST(BumpSignal, with_one_control_bin_is_the_on_off_problem) {
  // Li and Ma (1983), eq. 17, with alpha = 1 / 3.
  const double on = 40;
  const double off = 72;
  const double alpha = 1.0 / 3;
  const BumpSignal result = fit_signal({{0, 1, 4}, {on, off}}, BernsteinShape{0}, {1, 0});
  const double li_ma = std::sqrt(
      2 * (on * std::log((1 + alpha) / alpha * on / (on + off)) + off * std::log((1 + alpha) * off / (on + off))));
  EXPECT_NEAR(result.z, li_ma, 1e-6);
  EXPECT_NEAR(result.strength, on - alpha * off, 1e-4);
  EXPECT_NEAR(result.strength_error, std::sqrt(on + alpha * alpha * off), 1e-4);
}

TEST(BumpSignal, an_empty_bin_uses_up_the_background_and_still_has_a_limit) {
  const BumpSignal result = counting(0, 5);
  EXPECT_TRUE(result.at_bound);
  EXPECT_NEAR(result.strength, -5, 1e-4);
  EXPECT_NEAR(result.z, -std::sqrt(2 * 5.0), 1e-5);
  EXPECT_EQ(result.q0, 0);
  EXPECT_NEAR(result.strength_error, std::sqrt(5.0), 1e-4);
  EXPECT_GT(result.limit.observed, 0);
  EXPECT_LT(result.limit.observed, result.limit.expected[2]);
}

TEST(BumpSignal, a_template_in_other_units_only_scales_the_strength) {
  const MassHistogram histogram{{0, 1, 2, 3, 4, 5}, {110, 95, 130, 88, 70}};
  const BumpSignal one = fit_signal(histogram, BernsteinShape{1}, {0, 0.1, 0.8, 0.1, 0});
  const BumpSignal ten = fit_signal(histogram, BernsteinShape{1}, {0, 1, 8, 1, 0});
  EXPECT_NEAR(ten.z, one.z, 1e-6);
  EXPECT_NEAR(10 * ten.strength / one.strength, 1, 1e-4);
  EXPECT_NEAR(10 * ten.limit.observed / one.limit.observed, 1, 1e-6);
}

TEST(BumpSignal, an_uncertain_efficiency_weakens_the_limit_but_not_the_discovery) {
  const MassHistogram histogram{{0, 1, 2, 3, 4, 5}, {110, 95, 130, 88, 70}};
  const std::vector<double> signal{0, 0.1, 0.8, 0.1, 0};
  const BumpSignal sure = fit_signal(histogram, BernsteinShape{1}, signal);
  const BumpSignal unsure =
      fit_signal(histogram, BernsteinShape{1}, signal, {0.95, {{"efficiency", NuisanceTarget::kSignal, 0.3, {}}}});
  EXPECT_NEAR(unsure.z, sure.z, 1e-5);
  EXPECT_GT(unsure.limit.observed, 1.02 * sure.limit.observed);
}

TEST(SignalTemplate, is_the_normal_integral_over_each_bin) {
  const MassHistogram histogram{{0, 1, 2, 5}, {1, 1, 1}};
  const std::vector<double> fractions = signal_template({1, 0.5}, histogram);
  EXPECT_NEAR(fractions[0], 0.5 - to_p_value({2}).value, 1e-15);
  EXPECT_NEAR(fractions[1], 0.5 - to_p_value({2}).value, 1e-15);
  EXPECT_NEAR(fractions[2], to_p_value({2}).value - to_p_value({8}).value, 1e-15);
}

TEST(BumpSignal, refuses_signals_that_cannot_be_measured) {
  const MassHistogram histogram{{0, 1, 2, 5}, {10, 11, 30}};
  expect_throws_with<base::InputError>(
      [&] {
        static_cast<void>(signal_template({1, 0}, histogram));
      },
      "1 and 0", "unit");
  expect_throws_with<base::InputError>(
      [&] {
        static_cast<void>(signal_template({50, 1}, histogram));
      },
      "at 50 +- 1", "0 to 5", "move");
  const auto fit = [&](const std::vector<double>& signal) {
    return [=] { static_cast<void>(fit_signal(histogram, BernsteinShape{0}, signal)); };
  };
  expect_throws_with<base::InputError>(fit({0, 0, 0}), "empty", "events per unit");
  expect_throws_with<base::InputError>(fit({}), "0 bins", "empty");
  expect_throws_with<base::NumericError>(fit({1, 1, 3}), "signal and background", "told apart");
}

/// Signed roots of background-only toys, each fitted anew.
std::vector<double> null_roots(const BackgroundShape& shape, const std::vector<double>& truth,
                               const std::vector<double>& edges, const GaussianSignal& signal, std::size_t n) {
  const std::size_t n_bins = edges.size() - 1;
  const BumpModel raw{BinnedShape(shape, edges), {}, {}};
  std::vector<double> parameters = truth;
  parameters.push_back(0);
  const BumpData none{std::vector<double>(n_bins), std::vector<bool>(n_bins, true), {}};
  const BumpPoint point = evaluate(raw, none, parameters);
  const BumpToys toys(raw, point, base::RandomStream({12}, "null roots"));
  const MassHistogram histogram{edges, point.mean};
  const BumpModel model{BinnedShape(shape, edges, point.mean), signal_template(signal, histogram), {}};
  std::vector<double> roots;
  for (std::size_t i = 0; i < n; ++i) {
    const BumpData data = toys.draw(i);
    const BumpMinimum null = minimise(model, data, {0, false}, starting_point(model, data));
    const BumpDiscovery discovery = discover(model, data, null);
    EXPECT_TRUE(null.converged && discovery.best.converged) << "toy " << i;
    roots.push_back(discovery.signed_root);
  }
  return roots;
}

void expect_half_at_zero_and_rest_uniform(const std::vector<double>& roots) {
  const auto n = static_cast<double>(roots.size());
  std::vector<double> p;
  for (const double root : roots) {
    if (root > 0) {
      p.push_back(2 * to_p_value({root}).value);  // p < 0.5 of these
    }
  }
  const auto m = static_cast<double>(p.size());
  EXPECT_NEAR(m / n, 0.5, 4 * 0.5 / std::sqrt(n) + 0.01);  // Poisson skewness: 0.4 / (6 sqrt(signal region counts))
  std::ranges::sort(p);
  double distance = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto k = static_cast<double>(i);
    distance = std::max({distance, (k + 1) / m - p[i], p[i] - k / m});
  }
  EXPECT_LT(distance, 1.63 / std::sqrt(m));  // Kolmogorov, 1 %
}

TEST(BumpSignal, background_gives_q0_of_0_in_half_of_toys_and_uniform_p_values_else) {
  std::vector<double> edges;
  for (int i = 0; i <= 40; ++i) {
    edges.push_back(2 + 0.1 * i);
  }
  expect_half_at_zero_and_rest_uniform(
      null_roots(BernsteinShape{3}, {4000, 1500, 1500, 500}, edges, {3.5, 0.12}, 2000));
  expect_half_at_zero_and_rest_uniform(null_roots(DijetShape{13, 3}, {6, 9, 4.4}, edges, {3.5, 0.12}, 2000));
}

TEST(BumpSignal, recovers_an_injected_signal_within_errors) {
  std::vector<double> edges;
  for (int i = 0; i <= 40; ++i) {
    edges.push_back(2 + 0.1 * i);
  }
  const BumpData none{std::vector<double>(40), std::vector<bool>(40, true), {}};
  const std::vector<double> signal = signal_template({3.5, 0.12}, {edges, none.counts});
  const BumpModel model{BinnedShape(BernsteinShape{3}, edges), signal, {}};
  const BumpToys toys(model, evaluate(model, none, {4000, 1500, 1500, 500, 120}), base::RandomStream({13}, "injected"));
  const int n = 400;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < n; ++i) {
    const BumpSignal fit = fit_signal({edges, toys.draw(i).counts}, BernsteinShape{3}, signal);
    const double pull = (fit.strength - 120) / fit.strength_error;
    sum += pull / n;
    squares += pull * pull / n;
  }
  EXPECT_NEAR(sum, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(std::sqrt(squares), 1, 4 / std::sqrt(2.0 * n));
}

}  // namespace
}  // namespace eddy::stats
