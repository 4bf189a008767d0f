#include <eddy/report/histogram.hpp>

#include <eddy/base/random.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::report {
namespace {

std::vector<float> normal_values(std::size_t n, float scale = 1) {
  base::RandomStream stream(base::Seed{3}, "histogram");
  std::vector<float> values(n);
  for (float& value : values) {
    value = scale * static_cast<float>(stream.normal());
  }
  return values;
}

TEST(RoundEdges, CoverTheRangeInEqualRoundSteps) {
  for (const double scale : {1e-6, 0.37, 1.0, 12.7, 3e5}) {
    for (const unsigned n : {1U, 7U, 40U}) {
      const auto edges = round_edges(-0.3 * scale, 2.1 * scale, n);
      EXPECT_LE(edges.front(), -0.3 * scale * (1 - 1e-5));
      EXPECT_GE(edges.back(), 2.1 * scale * (1 - 1e-5));
      const auto n_bins = static_cast<double>(edges.size() - 1);
      EXPECT_LE(n_bins, 1.5 * n + 2);  // 2: limits inside a bin
      EXPECT_GE(n_bins, 0.7 * n);
      const double width = edges[1] - edges[0];
      const double mantissa = width / std::pow(10.0, std::floor(std::log10(width) + 1e-9));
      EXPECT_TRUE(std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 || std::abs(mantissa - 2.5) < 1e-6 ||
                  std::abs(mantissa - 5) < 1e-6)
          << width;
    }
  }
}

TEST(RoundEdges, AnchorIsAnEdge) {
  const auto edges = round_edges(713, 1490, 40, 1003);
  EXPECT_NE(std::find(edges.begin(), edges.end(), 1003.0), edges.end());
}

TEST(RoundEdges, RangeWithoutExtentGetsOneBin) { EXPECT_EQ(round_edges(3, 3, 40), (std::vector<double>{3, 4})); }

TEST(Quantile, KnownValuesAndNoValues) {
  std::vector<float> values(101);
  std::iota(values.begin(), values.end(), 0.0F);
  EXPECT_EQ(quantile(values, 0), 0);
  EXPECT_EQ(quantile(values, 0.5), 50);
  EXPECT_EQ(quantile(values, 1), 100);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
  EXPECT_TRUE(std::isnan(quantile({std::nanf("")}, 0.5)));
}

TEST(CommonEdges, EmptySamplesGiveTheUnitInterval) {
  const std::array<std::vector<float>, 2> samples;
  const auto edges = common_edges(samples, 10);
  EXPECT_EQ(edges.front(), 0);
  EXPECT_EQ(edges.back(), 1);
}

TEST(Fill, NothingIsLost) {
  auto values = normal_values(5000, 3);  // far beyond the edges on both sides
  values.push_back(std::numeric_limits<float>::infinity());
  values.push_back(std::nanf(""));
  const Histogram histogram = fill(round_edges(-1, 1, 10), values);
  EXPECT_EQ(histogram.total(), 5001);
  EXPECT_EQ(histogram.n_nan, 1U);
}

TEST(Fill, EdgesBelongToTheBinAboveThem) {
  const Histogram histogram = fill({0, 1, 2}, std::vector<float>{0, 0.5F, 1, 2});
  EXPECT_EQ(histogram.counts, (std::vector<double>{2, 2}));
}

TEST(Fill2d, NothingIsLostAndRowsAreY) {
  const auto counts =
      fill_2d({0, 1, 2}, {0, 1, 2, 3}, std::vector<float>{0.5F, 1.5F, 9}, std::vector<float>{2.5F, -4, 2.5F});
  EXPECT_EQ(counts, (std::vector<double>{0, 1, 0, 0, 1, 1}));
}

TEST(DensityStep, IntegratesToOne) {
  const Histogram histogram = fill(round_edges(-2, 2, 30), normal_values(2000));
  const Trace trace = density_step(histogram, "data", "data");
  double area = 0;
  for (std::size_t bin = 0; bin < trace.y.size(); ++bin) {
    area += trace.y[bin] * histogram.width(bin);
  }
  EXPECT_NEAR(area, 1, 1e-12);  // a sum of 40 doubles
}

// Garwood limits at 68.27 %: chi2.ppf(0.158655, 2n) / 2 and chi2.ppf(0.841345, 2n + 2) / 2 from SciPy.
TEST(CountPoints, CarryGarwoodIntervals) {
  const Trace trace = count_points({{0, 1, 2, 3}, {0, 1, 10}, 0}, "data", "data");
  EXPECT_EQ(trace.y, (std::vector<double>{0, 1, 10}));
  EXPECT_NEAR(trace.low[0], 0, 0);
  EXPECT_NEAR(trace.high[0], 1.841022, 1e-6);
  EXPECT_NEAR(trace.low[1], 0.172754, 1e-6);
  EXPECT_NEAR(trace.high[1], 3.299527, 1e-6);
  EXPECT_NEAR(trace.low[2], 6.891306, 1e-6);
  EXPECT_NEAR(trace.high[2], 14.266950, 1e-6);
}

TEST(RatioPoints, OfAHistogramWithItselfIsOne) {
  const Histogram histogram{{0, 1, 2, 3}, {4, 0, 9}, 0};
  const Trace ratio = ratio_points(histogram, histogram, "data", "data");
  EXPECT_DOUBLE_EQ(ratio.y[0], 1);
  EXPECT_TRUE(std::isnan(ratio.y[1]));  // nothing to compare
  EXPECT_DOUBLE_EQ(ratio.y[2], 1);
}

TEST(RatioPoints, ComparesShapesNotTotals) {
  const Histogram one{{0, 1, 2}, {10, 30}, 0};
  const Histogram ten{{0, 1, 2}, {100, 300}, 0};
  const Trace ratio = ratio_points(one, ten, "data", "data");
  EXPECT_DOUBLE_EQ(ratio.y[0], 1);
  EXPECT_DOUBLE_EQ(ratio.y[1], 1);
}

TEST(RelativeErrorBand, IsPoisson) {
  const Trace band = relative_error_band({{0, 1, 2}, {100, 0}, 0}, "template", "template");
  EXPECT_DOUBLE_EQ(band.low[0], 0.9);
  EXPECT_DOUBLE_EQ(band.high[0], 1.1);
  EXPECT_TRUE(std::isnan(band.low[1]));
}

TEST(RatioRange, OpensWhenPointsLieOutside) {
  Trace inside{.kind = TraceKind::kPoints, .y = {0.9, 1.1, 1.4}};
  Trace outside{.kind = TraceKind::kPoints, .y = {0.1, 1.9, 1.0}};
  EXPECT_EQ(ratio_range({inside}), (std::array<double, 2>{0.5, 1.5}));
  EXPECT_EQ(ratio_range({outside}), (std::array<double, 2>{0, 2}));
}

TEST(LogRange, IsPositiveEvenWithoutValues) {
  EXPECT_GT(log_range({})[0], 0);
  EXPECT_EQ(log_range({{.kind = TraceKind::kStep, .y = {0, 4, 2}}}), (std::array<double, 2>{1, 8}));
}

TEST(Histogram, of_weighted_values_has_the_errors_of_effective_events) {
  const std::vector<float> values = {0.5F, 0.5F, 1.5F, 1.5F};
  const std::vector<float> weights = {2, 2, 1, -0.5F};
  const Histogram histogram = report::fill({0, 1, 2, 3}, values, weights);
  EXPECT_EQ(histogram.counts, (std::vector<double>{4, 0.5, 0}));
  EXPECT_EQ(histogram.variance, (std::vector<double>{8, 1.25, 0}));
  EXPECT_DOUBLE_EQ(effective_count(histogram, 0).n, 2);
  EXPECT_DOUBLE_EQ(effective_count(histogram, 0).unit, 2);
  EXPECT_DOUBLE_EQ(effective_count(histogram, 2).unit, 9.25 / 4.5) << "one event more would count as the mean does";
  // Two events of weight 2 know their sum as well as two events know theirs.
  const Trace band = relative_error_band(histogram, "template", "template");
  EXPECT_DOUBLE_EQ(band.high[0], 1 + 1 / std::sqrt(2.0));
  const Histogram ones = report::fill({0, 1, 2, 3}, values, std::vector<float>(4, 1.0F));
  EXPECT_EQ(count_points(ones, "", "").high, count_points(fill({0, 1, 2, 3}, values), "", "").high);
  EXPECT_EQ(fill_2d({0, 1, 2}, {0, 1}, values, values, weights), (std::vector<double>{4, 0.5}));
}

}  // namespace
}  // namespace eddy::report
