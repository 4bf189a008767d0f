#include <eddy/report/weighted_histogram.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <vector>

namespace eddy::report {
namespace {

using testing::ElementsAre;

TEST(WeightedHistogram, UnitWeightsAreCounts) {
  const std::vector<float> values = {0.1F, 0.2F, 1.5F, -3.0F, 9.0F};
  const std::vector<float> ones(values.size(), 1.0F);
  const WeightedHistogram histogram = fill_weighted({0, 1, 2}, values, ones, {});
  EXPECT_EQ(histogram.sums, fill({0, 1, 2}, values).counts);
  EXPECT_EQ(histogram.variance, histogram.sums);
}

// Two copies of one event in one bin are one event of twice the weight; in two bins they are apart.
TEST(WeightedHistogram, CopiesOfOneSourceFluctuateTogether) {
  const std::vector<float> values = {0.5F, 0.5F, 1.5F, 0.5F};
  const std::vector<float> weights = {1, 2, 4, 8};
  const std::vector<std::size_t> source = {7, 7, 7, 3};
  const WeightedHistogram histogram = fill_weighted({0, 1, 2}, values, weights, source);
  EXPECT_THAT(histogram.sums, ElementsAre(11, 4));
  EXPECT_THAT(histogram.variance, ElementsAre((1 + 2) * (1 + 2) + 8 * 8, 16));
}

TEST(WeightedHistogram, LeavesOutWhatIsNotANumber) {
  const std::vector<float> values = {std::numeric_limits<float>::quiet_NaN(), 0.5F};
  const WeightedHistogram histogram = fill_weighted({0, 1}, values, std::vector<float>{5, 3}, {});
  EXPECT_THAT(histogram.sums, ElementsAre(3));
}

TEST(WeightedHistogram, ScalingKeepsTheRelativeError) {
  const WeightedHistogram half = scaled({{0, 1}, {16}, 0}, 0.5);
  EXPECT_THAT(half.sums, ElementsAre(8));
  EXPECT_THAT(half.variance, ElementsAre(4));  // (0.5 * sqrt(16))^2
}

TEST(Agreement, AddsBothVariancesAndSkipsSparseBins) {
  const Histogram observed{{0, 1, 2, 3}, {130, 100, 4}, 0};
  const WeightedHistogram predicted{{0, 1, 2, 3}, {100, 100, 4}, {125, 7, 0}};
  const Agreement found = agreement(observed, predicted);
  EXPECT_EQ(found.n_bins, 2U);
  EXPECT_DOUBLE_EQ(found.chi2, 30.0 * 30 / (100 + 125));
}

TEST(SumBand, IsOneStandardDeviationWide) {
  const Trace band = sum_band({{0, 1}, {10}, {9}}, "x", "method_band");
  EXPECT_THAT(band.low, ElementsAre(7));
  EXPECT_THAT(band.high, ElementsAre(13));
}

}  // namespace
}  // namespace eddy::report
