#include <eddy/base/error.hpp>
#include <eddy/stats/bump_signal.hpp>
#include <eddy/stats/scaled_spectrum.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <cmath>
#include <limits>
#include <random>

namespace eddy::stats {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

TEST(ScaledSpectrum, scales_by_the_weights_outside_of_the_window) {
  const std::vector<double> masses = {0.5, 0.6, 1.5, 2.5, 3.5, -1};
  const std::vector<double> weights = {1, 3, 5, 2, 9, 9};
  const ScaledSpectrum spectrum = scale_spectrum({0, 1, 2, 3}, masses, weights, {1, 2});
  EXPECT_DOUBLE_EQ(spectrum.scale, 14.0 / 6);  // (1 + 9 + 4) / (1 + 3 + 2); 5 lies inside, 9 beyond the edges
  EXPECT_THAT(spectrum.histogram.counts, ElementsAre(DoubleEq(12.0 / 7), DoubleEq(15.0 / 7), DoubleEq(6.0 / 7)));
  EXPECT_THAT(spectrum.variance, ElementsAre(10, 25, 4));
}

TEST(ScaledSpectrum, of_equal_weights_is_the_counts) {
  const ScaledSpectrum spectrum =
      scale_spectrum({0, 1, 2}, std::vector<double>{0.5, 1.5, 1.6}, std::vector<double>{4, 4, 4}, {1, 2});
  EXPECT_DOUBLE_EQ(spectrum.scale, 4);
  EXPECT_THAT(spectrum.histogram.counts, ElementsAre(1, 2));
}

TEST(ScaledSpectrum, refuses_what_is_no_weighted_spectrum) {
  const std::vector<double> one = {0.5};
  EXPECT_THROW(static_cast<void>(scale_spectrum({0, 1}, one, std::vector<double>{1, 2}, {2, 3})), base::InputError);
  EXPECT_THROW(static_cast<void>(scale_spectrum({0, 1}, one, std::vector<double>{-1}, {2, 3})), base::InputError);
  EXPECT_THROW(static_cast<void>(scale_spectrum({1, 0}, one, one, {2, 3})), base::InputError);
  EXPECT_THROW(static_cast<void>(scale_spectrum({}, one, one, {2, 3})), base::InputError);
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(scale_spectrum({0, 1}, std::vector<double>{kNaN}, one, {2, 3})), base::InputError);
  EXPECT_THROW(static_cast<void>(scale_spectrum({0, 1}, one, one, {0, 1})), base::NumericError);
}

/// Background of masses with density 1 - m / 4 from 0 to 3, which a polynomial of order 1 is, as counts fluctuate, with
/// weights that do not depend on the mass; signal of weight 2. Pulls of its strength.
struct Pulls {
  double mean = 0;
  double sd = 0;
};
template <class Weight>
Pulls pulls_of(Weight weight, double signal_events) {
  constexpr int kToys = 500;
  std::vector<double> edges;
  for (int i = 0; i <= 30; ++i) {
    edges.push_back(0.1 * i);
  }
  std::mt19937 engine(11);
  std::poisson_distribution<int> n_background(6000);
  std::poisson_distribution<int> n_signal(std::max(signal_events, 1e-9));
  std::uniform_real_distribution<double> uniform(0, 1);
  std::normal_distribution<double> peak(1.5, 0.1);
  double sum = 0;
  double squares = 0;
  for (int toy = 0; toy < kToys; ++toy) {
    std::vector<double> masses;
    std::vector<double> weights;
    const int n = n_background(engine);
    for (int i = 0; i < n; ++i) {
      masses.push_back(4 - std::sqrt(16 - 15 * uniform(engine)));  // (m - m^2 / 8) / (15 / 8) = u
      weights.push_back(weight(uniform(engine)));
    }
    for (int i = n_signal(engine); i > 0; --i) {
      masses.push_back(peak(engine));
      weights.push_back(2);
    }
    const ScaledSpectrum spectrum = scale_spectrum(edges, masses, weights, {1.2, 1.8});
    const BumpSignal fit =
        fit_signal(spectrum.histogram, BernsteinShape{.order = 1}, signal_template({1.5, 0.1}, spectrum.histogram));
    const double pull = (fit.strength * spectrum.scale - 2 * signal_events) / (fit.strength_error * spectrum.scale);
    sum += pull;
    squares += pull * pull;
  }
  return {sum / kToys, std::sqrt(squares / kToys - sum * sum / kToys / kToys)};
}

/// 500 toys know a mean to 1 / sqrt(500) = 0.045 and a width to 1 / sqrt(1000) = 3.2 %: four of these.
constexpr double kMean = 4 * 0.045;
constexpr double kWidth = 4 * 0.032;

TEST(ScaledSpectrum, has_pulls_of_unit_width_for_weights_of_any_distribution) {
  const Pulls equal = pulls_of([](double) { return 1.0; }, 0);
  EXPECT_NEAR(equal.mean, 0, kMean);
  EXPECT_NEAR(equal.sd, 1, kWidth);
  const Pulls exponential = pulls_of([](double u) { return -std::log(1 - u); }, 0);
  EXPECT_NEAR(exponential.mean, 0, kMean);
  EXPECT_NEAR(exponential.sd, 1, kWidth);
  const Pulls two_values = pulls_of([](double u) { return u < 0.9 ? 0.5 : 4.0; }, 0);
  EXPECT_NEAR(two_values.mean, 0, kMean);
  EXPECT_NEAR(two_values.sd, 1, kWidth);
}

/// 150 signal events of weight 2: the strength is their sum. Its variance is 4 x 150 = 600, where the scale of the
/// background, E w^2 / E w = 1.08, says 325; the background of 2,000 events per unit of mass at the peak adds 2
/// sqrt(pi) 0.1 x 2,000 x 1.08 = 768 to both. Pulls are that much wider.
TEST(ScaledSpectrum, finds_the_sum_of_the_weights_of_a_signal) {
  const Pulls pulls = pulls_of([](double u) { return 0.5 + u; }, 150);
  EXPECT_NEAR(pulls.mean, 0, kMean);
  EXPECT_NEAR(pulls.sd, std::sqrt((768.0 + 600) / (768 + 325)), kWidth);
}

}  // namespace
}  // namespace eddy::stats
