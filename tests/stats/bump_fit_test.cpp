#include <eddy/base/error.hpp>
#include <eddy/stats/bump_fit.hpp>
#include <eddy/stats/bump_scan.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

using test::expect_throws_with;

std::vector<double> even_edges(double low, double high, std::size_t n_bins) {
  std::vector<double> edges;
  for (std::size_t i = 0; i <= n_bins; ++i) {
    edges.push_back(low + (high - low) * static_cast<double>(i) / static_cast<double>(n_bins));
  }
  return edges;
}

/// A shape, its quoted parameters, and pseudo-experiments of it.
struct Truth {
  BackgroundShape shape;
  std::vector<double> parameters;
  std::vector<double> edges;
  BumpModel model{BinnedShape(shape, edges), {}, {}};
  BumpPoint point = expectation();
  BumpToys toys{model, point, base::RandomStream({4}, "bump fit")};

  [[nodiscard]] BumpPoint expectation() const {
    std::vector<double> all = parameters;
    all.push_back(0);
    const BumpData none{std::vector<double>(edges.size() - 1), std::vector<bool>(edges.size() - 1, true), {}};
    return evaluate(model, none, all);
  }
  [[nodiscard]] MassHistogram histogram(std::size_t toy) const { return {edges, toys.draw(toy).counts}; }
};

std::vector<Truth> truths() {
  return {{DijetShape{13, 3}, {4.5, 9, 4.4}, even_edges(1.5, 7, 44)},        // 1e4 events
          {DijetShape{13, 4}, {4.5, 10, 4.5, 0.1}, even_edges(1.5, 6, 45)},  // 1e4 events
          {BernsteinShape{3}, {4000, 1500, 1500, 500}, even_edges(2, 6, 40)}};
}

TEST(FitBackground, of_a_flat_spectrum_is_the_mean_and_its_poisson_error) {
  const MassHistogram histogram{{0, 1, 2, 4, 5}, {8, 12, 25, 15}};
  const BumpFit fit = fit_background(histogram, BernsteinShape{0});
  EXPECT_NEAR(fit.parameters[0], 60, 1e-6);
  EXPECT_NEAR(fit.covariance(0, 0), 60, 1e-5);
  EXPECT_NEAR(fit.mean[2], 24, 1e-6);
  const auto term = [](double n, double mean) { return 2 * (mean - n + n * std::log(n / mean)); };
  EXPECT_NEAR(fit.quality.deviance, term(8, 12) + term(12, 12) + term(25, 24) + term(15, 12), 1e-9);
  EXPECT_NEAR(fit.quality.chi2, 16.0 / 12 + 1.0 / 24 + 9.0 / 12, 1e-6);
  EXPECT_EQ(fit.quality.n_dof, 3U);
  EXPECT_NEAR(fit.pulls[0], -4 / std::sqrt(12), 1e-6);
  // P(chi2 of 3 >= D) = erfc(sqrt(D / 2)) + sqrt(2 D / pi) exp(-D / 2).
  const double d = fit.quality.deviance;
  EXPECT_NEAR(fit.quality.goodness_of_fit,
              std::erfc(std::sqrt(d / 2)) + std::sqrt(2 * d / std::numbers::pi) * std::exp(-d / 2), 1e-12);
}

TEST(FitBackground, of_expected_counts_returns_the_truth) {
  for (const Truth& truth : truths()) {
    SCOPED_TRACE(describe(truth.shape));
    const BumpFit fit = fit_background({truth.edges, truth.point.mean}, truth.shape);
    EXPECT_LT(fit.quality.deviance, 1e-9);
    for (std::size_t j = 0; j < truth.parameters.size(); ++j) {
      // sqrt(2 edm) of the error
      EXPECT_NEAR(fit.parameters[j], truth.parameters[j], 1e-3 * std::sqrt(fit.covariance(j, j))) << fit.names[j];
    }
  }
}

TEST(FitBackground, recovers_the_truth_within_errors) {
  const int n = 400;
  for (const Truth& truth : truths()) {
    SCOPED_TRACE(describe(truth.shape));
    std::vector<double> sum(truth.parameters.size());
    std::vector<double> squares(truth.parameters.size());
    double goodness = 0;
    for (int toy = 0; toy < n; ++toy) {
      const BumpFit fit = fit_background(truth.histogram(toy), truth.shape);
      goodness += fit.quality.goodness_of_fit / n;
      for (std::size_t j = 0; j < sum.size(); ++j) {
        const double pull = (fit.parameters[j] - truth.parameters[j]) / std::sqrt(fit.covariance(j, j));
        sum[j] += pull / n;
        squares[j] += pull * pull / n;
      }
    }
    for (std::size_t j = 0; j < sum.size(); ++j) {
      // 4 standard deviations of 400 normal pulls; non-linearity adds a bias of a tenth of an error.
      EXPECT_NEAR(sum[j], 0, 4 / std::sqrt(n) + 0.1) << j;
      EXPECT_NEAR(std::sqrt(squares[j]), 1, 4 / std::sqrt(2.0 * n) + 0.03) << j;
    }
    // Mean of a uniform number; bins of few events shift the deviance by up to 10 % of a degree of freedom.
    EXPECT_NEAR(goodness, 0.5, 4 / std::sqrt(12.0 * n) + 0.1);
  }
}

TEST(SidebandPrediction, covers_the_truth_as_its_error_says) {
  const int n = 1000;
  for (const Truth& truth : truths()) {
    SCOPED_TRACE(describe(truth.shape));
    int inside = 0;
    double squares = 0;
    for (int toy = 0; toy < n; ++toy) {
      const MassHistogram histogram = truth.histogram(toy);
      const SidebandPrediction prediction = predict_from_sidebands(histogram, truth.shape, {3, 3.7});
      const auto [first, last] = prediction.signal_region;
      const auto total = [&](const std::vector<double>& values) {
        return std::accumulate(values.begin() + first, values.begin() + last, 0.0);
      };
      const double expected = total(truth.point.mean);
      inside += std::abs(prediction.total - expected) < prediction.total_error ? 1 : 0;
      const double variance = prediction.total + prediction.total_error * prediction.total_error;
      squares += std::pow(total(histogram.counts) - prediction.total, 2) / variance / n;
    }
    // 4 standard deviations of 1000 trials at 0.683, and of a chi2 of 1000.
    EXPECT_NEAR(inside / 1000.0, 0.683, 4 * 0.0147);
    EXPECT_NEAR(squares, 1, 4 * std::sqrt(2.0 / n));
  }
}

TEST(SidebandPrediction, does_not_look_at_the_signal_region) {
  const Truth truth = truths()[0];
  MassHistogram histogram = truth.histogram(0);
  const SidebandPrediction seen = predict_from_sidebands(histogram, truth.shape, {3, 3.7});
  for (std::size_t i = seen.signal_region.first; i < seen.signal_region.last; ++i) {
    histogram.counts[i] = 0;
  }
  const SidebandPrediction blind = predict_from_sidebands(histogram, truth.shape, {3, 3.7});
  EXPECT_EQ(blind.total, seen.total);
  EXPECT_EQ(blind.covariance.values, seen.covariance.values);
}

TEST(SidebandPrediction, of_a_flat_spectrum_is_the_ratio_of_widths) {
  const SidebandPrediction p = predict_from_sidebands({{0, 1, 2, 3, 4}, {30, 99, 99, 40}}, BernsteinShape{0}, {1, 3});
  EXPECT_NEAR(p.total, 70, 1e-6);
  EXPECT_NEAR(p.total_error, std::sqrt(70.0), 1e-6);
  EXPECT_NEAR(p.covariance(0, 1), 17.5, 1e-6);  // 35 +- sqrt(70) / 2 each, fully correlated
}

TEST(FitBackground, moves_a_nuisance_only_as_far_as_data_ask) {
  // Bins alternate by a factor that the nuisance can take up: 20 % where one standard deviation is 10 %.
  const MassHistogram histogram{{0, 1, 2, 3, 4}, {12000, 10000, 12000, 10000}};
  const BumpFit fit =
      fit_background(histogram, BernsteinShape{0}, {{"pattern", NuisanceTarget::kBackground, 0.1, {1, 0, 1, 0}}});
  // Constraint 1 against the data error 1 / (0.0953 * sqrt(24000 * 20000 / 44000)) = 0.100: pulled by 1 - 0.01.
  EXPECT_NEAR(fit.parameters[2], 0.99 * std::log(1.2) / std::log(1.1), 0.002);
  EXPECT_NEAR(std::sqrt(fit.covariance(2, 2)), 0.100, 0.002);
  EXPECT_EQ(fit.names[2], "pattern");
}

TEST(FitBackground, refuses_what_it_cannot_fit) {
  const auto fit = [](const MassHistogram& histogram, const BackgroundShape& shape) {
    return [=] { static_cast<void>(fit_background(histogram, shape)); };
  };
  expect_throws_with<base::InputError>(fit({{1, 2, 3}, {5, 6}}, BernsteinShape{3}), "2 bins", "4 parameters", "finer");
  expect_throws_with<base::InputError>(fit({{1, 2, 3}, {0, 0}}, BernsteinShape{0}), "empty", "loosen");
  expect_throws_with<base::InputError>(
      [] {
        static_cast<void>(predict_from_sidebands({{1, 2, 3, 4}, {0, 5, 0}}, BernsteinShape{0}, {2, 3}));
      },
      "2 bins", "no events", "widen");
}

TEST(FitBackground, quotes_nothing_when_it_does_not_converge) {
  // All events in one bin of six: the dijet function becomes steeper without end.
  expect_throws_with<base::NumericError>(
      [] {
        static_cast<void>(fit_background({{2, 3, 4, 5, 6, 7, 8}, {500, 0, 0, 0, 0, 0}}, DijetShape{13, 3}));
      },
      "did not converge", "dijet function with 3 parameters", "500 events", "fewer parameters");
}

}  // namespace
}  // namespace eddy::stats
