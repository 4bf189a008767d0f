#include <eddy/base/random.hpp>
#include <eddy/report/excess_spectrum.hpp>
#include <eddy/stats/intervals.hpp>
#include <report/synthetic_output.hpp>
#include <report/synthetic_resonant.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace eddy::report {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

double total(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(FillShares, has_the_variance_of_a_share_of_a_known_sum) {
  // 3 and 1 events of weight 2: f = 3/4, V = 12 and 4; (1 - 2 f) V + f^2 sum V = -6 + 9 and 2 + 1, the binomial
  // 64 f (1 - f) / 4.
  const WeightedHistogram shares =
      fill_shares({0, 1, 2}, std::vector<float>{0.5F, 0.5F, 0.5F, 1.5F}, std::vector<float>{2, 2, 2, 2}, {});
  EXPECT_THAT(shares.sums, ElementsAre(6, 2));
  EXPECT_THAT(shares.variance, ElementsAre(DoubleNear(3, 1e-12), DoubleNear(3, 1e-12)));
}

TEST(FillShares, knows_a_single_bin_exactly_and_copes_with_none) {
  EXPECT_THAT(fill_shares({0, 1}, std::vector<float>{0.5F}, std::vector<float>{3}, {}).variance, ElementsAre(0));
  EXPECT_THAT(fill_shares({0, 1, 2}, {}, {}, {}).variance, ElementsAre(0, 0));
}

TEST(FillShares, adds_the_weights_of_one_source_before_they_are_squared) {
  const std::vector<std::size_t> source = {4, 4, 5, 6};
  const std::vector<float> values = {0.5F, 0.5F, 0.5F, 1.5F};
  const std::vector<float> weights(4, 1.0F);
  // V = 4 + 1 and 1, f = 3/4: -5/2 + 9/16 6 = 7/8.
  EXPECT_THAT(fill_shares({0, 1, 2}, values, weights, source).variance[0], DoubleNear(0.875, 1e-12));
}

/// Template of 200 weighted events, scaled to a prediction of 50 with an error of 5 that is independent of it. In 4,000
/// toys the pull of the first bin has unit width within 4 / sqrt(2 n) = 4.5 %, and as much for that the variance, known
/// to first order only, fluctuates itself: 1 / sqrt(200 / 4).
TEST(FillShares, gives_pulls_of_unit_width_with_the_error_of_the_prediction) {
  constexpr int kToys = 4000;
  constexpr double kPrediction = 50;
  constexpr double kError = 5;
  std::mt19937 engine(5);
  std::poisson_distribution<std::size_t> n_events(200);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::normal_distribution<double> normal(kPrediction, kError);
  double squares = 0;
  double sum_of_pulls = 0;
  for (int toy = 0; toy < kToys; ++toy) {
    std::vector<float> values(n_events(engine));
    std::vector<float> weights;
    for (float& value : values) {
      value = uniform(engine);
      weights.push_back(uniform(engine) < 0.5F ? 0.5F : 1.5F);
    }
    const auto predicted = static_cast<float>(normal(engine));
    const float sum = std::accumulate(weights.begin(), weights.end(), 0.0F);
    for (float& weight : weights) {
      weight *= predicted / sum;
    }
    const WeightedHistogram shares = fill_shares({0, 0.25, 1}, values, weights, {});
    const ExcessSpectrum spectrum{
        .quantity = {}, .observed = {}, .background = shares, .relative_error = kError / predicted};
    const double pull = (shares.sums[0] - kPrediction / 4) / background_error(spectrum, 0);
    squares += pull * pull;
    sum_of_pulls += pull;
  }
  EXPECT_NEAR(std::sqrt(squares / kToys), 1, 0.045 + 0.02);
  EXPECT_NEAR(sum_of_pulls / kToys, 0, 4 / std::sqrt(kToys) + 0.1);  // errors follow the fluctuation: 1 / sqrt(50) each
}

TEST(ExcessPoints, add_the_interval_of_the_count_and_the_error_of_the_background) {
  ExcessSpectrum spectrum{.quantity = {"x", ""}, .observed = {}, .background = {}, .relative_error = 0.5};
  spectrum.observed = {.edges = {0, 1, 2}, .counts = {9, 0}};
  spectrum.background = {.edges = {0, 1, 2}, .sums = {4, 2}, .variance = {5, 0}};
  EXPECT_DOUBLE_EQ(background_error(spectrum, 0), 3);  // sqrt(5 + 2^2)
  const Trace points = excess_points(spectrum);
  EXPECT_THAT(points.x, ElementsAre(0.5, 1.5));
  EXPECT_THAT(points.y, ElementsAre(5, -2));
  EXPECT_DOUBLE_EQ(points.high[0], 5 + std::hypot(stats::garwood(9).high - 9, 3));
  EXPECT_DOUBLE_EQ(points.low[1], -3);  // an empty bin cannot fluctuate down: the error of the background is left
  EXPECT_THAT(points.counts, ElementsAre(9, 0));
}

TEST(ExcessSpectra, sum_to_the_counts_of_the_working_point) {
  for (const search::Finding& finding : {report_test::synthetic_output(), report_test::synthetic_resonant()}) {
    const search::SelectedEvents& selected = *finding.anomaly->selected;
    const std::vector<ExcessSpectrum> spectra = excess_spectra(finding);
    ASSERT_EQ(spectra.size(), selected.columns.cols());
    for (const ExcessSpectrum& spectrum : spectra) {
      EXPECT_EQ(spectrum.observed.total(), static_cast<double>(selected.columns.rows()));
      EXPECT_NEAR(total(spectrum.background.sums), selected.predicted, 1e-4 * selected.predicted);
      EXPECT_LE(spectrum.signal->total(), spectrum.observed.total());
    }
  }
}

TEST(ExcessSpectra, are_none_without_selected_events) {
  search::Finding finding = report_test::synthetic_output();
  finding.anomaly->selected.reset();
  EXPECT_TRUE(excess_spectra(finding).empty());
  finding.anomaly.reset();
  EXPECT_TRUE(excess_spectra(finding).empty());
}

}  // namespace
}  // namespace eddy::report
