#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/scaler.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace eddy::events {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t kEvents = 50'000;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Distribution {
  const char* name;
  double (*draw)(base::RandomStream& stream);
};

const Distribution kDistributions[] = {
    {"flat", [](base::RandomStream& s) { return s.uniform(); }},
    {"normal", [](base::RandomStream& s) { return 3.0 + 2.0 * s.normal(); }},
    {"exponential", [](base::RandomStream& s) { return 700.0 - 150.0 * std::log(s.uniform()); }},
    {"heavy_tail", [](base::RandomStream& s) { return std::pow(s.uniform(), -1.0 / 3.0); }},
    {"two_peaks_far_from_zero",
     [](base::RandomStream& s) { return (s.uniform() < 0.3 ? 5000.0 : 5100.0) + 5.0 * s.normal(); }},
    {"many_at_zero", [](base::RandomStream& s) { return s.uniform() < 0.3 ? 0.0 : s.uniform(); }},
    {"many_inside", [](base::RandomStream& s) { return s.uniform() < 0.3 ? 0.5 : s.uniform(); }},
    {"counts", [](base::RandomStream& s) { return std::floor(8.0 * s.uniform() * s.uniform()); }},
    {"rare_second_value", [](base::RandomStream& s) { return s.uniform() < 0.999 ? -1.0 : 4.0; }},
    {"tiny", [](base::RandomStream& s) { return 1e-12 * s.uniform(); }},
};
constexpr ScalerKind kKinds[] = {ScalerKind::kStandard, ScalerKind::kMinMax, ScalerKind::kLogit, ScalerKind::kLog,
                                 ScalerKind::kQuantile};

std::vector<float> sample_of(const Distribution& distribution, std::size_t n = kEvents) {
  base::RandomStream stream({11}, distribution.name);
  std::vector<float> values(n);
  std::generate(values.begin(), values.end(), [&] { return static_cast<float>(distribution.draw(stream)); });
  return values;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

class ScalerLaw : public testing::TestWithParam<std::tuple<ScalerKind, Distribution>> {
 protected:
  [[nodiscard]] static ScalerKind kind() { return std::get<0>(GetParam()); }
  const std::vector<float> values_ = sample_of(std::get<1>(GetParam()));
  const FeatureScaler scaler_ = FeatureScaler::fit(kind(), "x", values_);
  const float low_ = *std::min_element(values_.begin(), values_.end());
  const float high_ = *std::max_element(values_.begin(), values_.end());
  const double range_ = static_cast<double>(high_) - low_;

  /// Smallest and largest derivative of the map between two values.
  [[nodiscard]] std::pair<double, double> slope_range(float left, float right) const {
    double smallest = std::numeric_limits<double>::infinity();
    double largest = 0;
    for (int i = 0; i <= 200; ++i) {
      const auto x = static_cast<float>(left + (static_cast<double>(right) - left) * i / 200);
      const double slope = std::exp(static_cast<double>(scaler_.log_jacobian(x)));
      smallest = std::min(smallest, slope);
      largest = std::max(largest, slope);
    }
    return {smallest, largest};
  }

  /// Values spread over the whole range, in ascending order.
  [[nodiscard]] std::vector<float> grid(std::size_t n) const {
    std::vector<float> result(n);
    for (std::size_t i = 0; i < n; ++i) {
      result[i] = static_cast<float>(low_ + range_ * static_cast<double>(i) / static_cast<double>(n - 1));
    }
    result.back() = high_;
    return result;
  }
};

TEST_P(ScalerLaw, InverseUndoesForward) {
  std::vector<float> points = grid(10'000);
  points.insert(points.end(), values_.begin(), values_.end());
  for (const float x : points) {
    // 1e-6 of the range, plus the float32 resolution of x itself
    const double tolerance = 1e-6 * range_ + 1.2e-7 * std::abs(static_cast<double>(x));
    ASSERT_NEAR(scaler_.inverse(scaler_.forward(x)), x, tolerance) << "range " << range_;
  }
}

TEST_P(ScalerLaw, ForwardIsMonotone) {
  float previous = -kInfinity;
  for (const float x : grid(10'000)) {
    const float u = scaler_.forward(x);
    ASSERT_GE(u, previous) << "at x = " << x;
    previous = u;
  }
  EXPECT_LT(scaler_.forward(low_), scaler_.forward(high_));
}

TEST_P(ScalerLaw, LogJacobianIsTheSlopeOfForward) {
  std::size_t n_checked = 0;
  for (const float x : grid(1'000)) {
    // Steps of 4e-3 in u, where float32 rounding of u (|u| < 8: 2.4e-7 at each end) is 1.2e-4 of the difference.
    const double step = 2e-3 * std::exp(-static_cast<double>(scaler_.log_jacobian(x)));
    const auto left = static_cast<float>(x - step);
    const auto right = static_cast<float>(x + step);
    const double width = static_cast<double>(right) - left;
    if (left <= low_ || right >= high_ || std::abs(width - 2 * step) > 0.1 * step) {
      continue;  // at the edge, or float32 does not resolve x
    }
    // Mean value theorem: the finite difference lies between the extremes of the derivative, which nearly coincide but
    // where the quantile map turns steep next to tied values or gaps.
    const double slope = (static_cast<double>(scaler_.forward(right)) - scaler_.forward(left)) / width;
    const auto [smallest, largest] = slope_range(left, right);
    ASSERT_GE(slope, smallest * (1 - 2e-3)) << "at x = " << x;
    ASSERT_LE(slope, largest * (1 + 2e-3)) << "at x = " << x;
    n_checked += largest < 1.02 * smallest ? 1 : 0;
  }
  // most of the range of the two peaks is an empty gap, crossed in a few steps
  EXPECT_GT(n_checked, 300U) << "points where the derivative is constant to 2 % over the step";
}

TEST_P(ScalerLaw, JacobianIntegratesToTheChangeOfForward) {
  // Midpoint rule on 1e5 cells of the inner 98 %, where the steepest maps (log, logit) change by less than 0.2 % per
  // cell.
  const double first = low_ + 0.01 * range_;
  const double last = low_ + 0.99 * range_;
  constexpr std::size_t kCells = 100'000;
  const double width = (last - first) / kCells;
  double integral = 0;
  for (std::size_t i = 0; i < kCells; ++i) {
    const auto x = static_cast<float>(first + (static_cast<double>(i) + 0.5) * width);
    integral += std::exp(static_cast<double>(scaler_.log_jacobian(x))) * width;
  }
  const double change =
      static_cast<double>(scaler_.forward(static_cast<float>(last))) - scaler_.forward(static_cast<float>(first));
  EXPECT_NEAR(integral / change, 1.0, 2e-3);
}

TEST_P(ScalerLaw, OutsideIsClippedToTheEdgeAndFinite) {
  const float beyond_low = std::nextafter(low_, -kInfinity);
  const float beyond_high = std::nextafter(high_, kInfinity);
  for (const float x : {-kInfinity, -1e30F, beyond_low}) {
    EXPECT_EQ(scaler_.forward(x), scaler_.forward(low_));
    EXPECT_EQ(scaler_.log_jacobian(x), scaler_.log_jacobian(low_));
    EXPECT_TRUE(scaler_.clips(x));
  }
  for (const float x : {kInfinity, 1e30F, beyond_high}) {
    EXPECT_EQ(scaler_.forward(x), scaler_.forward(high_));
    EXPECT_EQ(scaler_.log_jacobian(x), scaler_.log_jacobian(high_));
    EXPECT_TRUE(scaler_.clips(x));
  }
  EXPECT_FALSE(scaler_.clips(low_));
  EXPECT_FALSE(scaler_.clips(high_));
  EXPECT_EQ(scaler_.inverse(-kInfinity), low_);
  EXPECT_EQ(scaler_.inverse(kInfinity), high_);
}

TEST_P(ScalerLaw, EverySampleValueIsMappedToFiniteNumbers) {
  for (const float x : values_) {
    ASSERT_TRUE(std::isfinite(scaler_.forward(x))) << x;
    ASSERT_TRUE(std::isfinite(scaler_.log_jacobian(x))) << x;
    ASSERT_LT(std::abs(scaler_.forward(x)), 50.0F) << x;
  }
}

TEST_P(ScalerLaw, JsonRoundTripIsExact) {
  const auto bytes = base::Json::to_cbor(scaler_.to_json());
  const FeatureScaler back = FeatureScaler::from_json(base::Json::from_cbor(bytes));
  EXPECT_EQ(back.kind(), kind());
  for (const float x : grid(1'000)) {
    ASSERT_EQ(back.forward(x), scaler_.forward(x));
    ASSERT_EQ(back.log_jacobian(x), scaler_.log_jacobian(x));
    const float u = scaler_.forward(x);
    ASSERT_EQ(back.inverse(u), scaler_.inverse(u));
  }
}

INSTANTIATE_TEST_SUITE_P(KindsAndDistributions, ScalerLaw,
                         testing::Combine(testing::ValuesIn(kKinds), testing::ValuesIn(kDistributions)),
                         [](const testing::TestParamInfo<ScalerLaw::ParamType>& param_info) {
                           return std::string(to_string(std::get<0>(param_info.param))) + "_" +
                                  std::get<1>(param_info.param).name;
                         });

double mean_of(const FeatureScaler& scaler, const std::vector<float>& values, int power) {
  double sum = 0;
  for (const float x : values) {
    sum += std::pow(static_cast<double>(scaler.forward(x)), power);
  }
  return sum / static_cast<double>(values.size());
}

TEST(FeatureScaler, StandardisingKindsGiveMeanZeroAndVarianceOne) {
  for (const ScalerKind kind : {ScalerKind::kStandard, ScalerKind::kLogit, ScalerKind::kLog}) {
    const std::vector<float> values = sample_of(kDistributions[2]);
    const FeatureScaler scaler = FeatureScaler::fit(kind, "met", values);
    EXPECT_NEAR(mean_of(scaler, values, 1), 0.0, 1e-6) << to_string(kind);  // rounding of u to float32
    EXPECT_NEAR(mean_of(scaler, values, 2), 1.0, 1e-6) << to_string(kind);
  }
}

TEST(FeatureScaler, MinMaxReachesBothEdges) {
  const std::vector<float> values = {3, 7, 5};
  const FeatureScaler scaler = FeatureScaler::fit(ScalerKind::kMinMax, "x", values);
  EXPECT_EQ(scaler.forward(3), -2.5F);
  EXPECT_EQ(scaler.forward(5), 0.0F);
  EXPECT_EQ(scaler.forward(7), 2.5F);
}

TEST(FeatureScaler, LogOfAPositiveSampleIsThePlainLogarithm) {
  const std::vector<float> values = sample_of(kDistributions[3]);
  const FeatureScaler scaler = FeatureScaler::fit(ScalerKind::kLog, "mass", values);
  const double step = static_cast<double>(scaler.forward(4)) - scaler.forward(2);
  EXPECT_NEAR((static_cast<double>(scaler.forward(8)) - scaler.forward(4)) / step, 1.0, 1e-6);
}

TEST(FeatureScaler, QuantileMakesUnseenEventsStandardNormal) {
  for (const std::size_t d : {0U, 1U, 2U, 3U, 4U}) {
    const Distribution& distribution = kDistributions[d];
    const std::vector<float> all = sample_of(distribution, 2 * kEvents);
    const std::vector<float> seen(all.begin(), all.begin() + kEvents);
    const std::vector<float> unseen(all.begin() + kEvents, all.end());
    const FeatureScaler scaler = FeatureScaler::fit(ScalerKind::kQuantile, "x", seen);
    double largest = 0;
    for (double u = -3; u <= 3; u += 0.05) {
      const auto below = static_cast<double>(
          std::count_if(unseen.begin(), unseen.end(), [&](float x) { return scaler.forward(x) < u; }));
      largest = std::max(largest, std::abs(below / kEvents - 0.5 * std::erfc(-u / std::sqrt(2.0))));
    }
    // Kolmogorov: 1.95 sqrt(2 / n) at p = 1e-3 for two samples of n events each
    EXPECT_LT(largest, 1.95 * std::sqrt(2.0 / kEvents)) << distribution.name;
  }
}

TEST(FeatureScaler, QuantileGivesTiedValuesTheirMiddleRank) {
  const std::vector<float> values = sample_of(kDistributions[5]);  // 30 % exactly at the minimum
  const FeatureScaler scaler = FeatureScaler::fit(ScalerKind::kQuantile, "x", values);
  EXPECT_NEAR(scaler.forward(0), -1.0364, 0.03);  // the 15 % quantile of the normal; 5 sigma of its estimate
}

TEST(FeatureScaler, QuantileWorksOnTwoEvents) {
  const FeatureScaler scaler = FeatureScaler::fit(ScalerKind::kQuantile, "x", std::vector<float>{1, 2});
  EXPECT_NEAR(scaler.forward(1), -0.67449, 1e-5);  // quantiles 1/4 and 3/4
  EXPECT_NEAR(scaler.forward(2), 0.67449, 1e-5);
  EXPECT_NEAR(scaler.forward(1.5), 0.0, 1e-6);
}

TEST(FeatureScaler, RefusesSamplesItCannotUse) {
  for (const ScalerKind kind : kKinds) {
    EXPECT_THAT(
        message_of([&] {
          (void)FeatureScaler::fit(kind, "tau21", std::vector<float>{0.25F, 0.25F});
        }),
        AllOf(HasSubstr("'tau21'"), HasSubstr("0.25 for all 2 events"), HasSubstr("remove it from [features]")));
    EXPECT_THAT(message_of([&] { (void)FeatureScaler::fit(kind, "tau21", {}); }),
                AllOf(HasSubstr("'tau21'"), HasSubstr("0 events")));
    EXPECT_THAT(message_of([&] {
                  (void)FeatureScaler::fit(kind, "tau21", std::vector<float>{1, 2, kInfinity});
                }),
                AllOf(HasSubstr("'tau21'"), HasSubstr("inf in row 2"), HasSubstr("finite")));
  }
}

TEST(ScalerKind, NamesRoundTripAndUnknownOnesListTheChoices) {
  for (const ScalerKind kind : kKinds) {
    EXPECT_EQ(parse_scaler_kind(to_string(kind)), kind);
  }
  EXPECT_THAT(message_of([] { (void)parse_scaler_kind("quantiles"); }),
              AllOf(HasSubstr("'quantiles'"), HasSubstr("standard, minmax, logit, log or quantile"),
                    HasSubstr("did you mean 'quantile'?")));
}

/// A matrix with one column per kind and rows that make several blocks.
base::Matrix five_columns() {
  base::Matrix matrix(40'000, std::size(kKinds));
  for (std::size_t c = 0; c < matrix.cols(); ++c) {
    const std::vector<float> values = sample_of(kDistributions[c], matrix.rows());
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
      matrix(r, c) = values[r];
    }
  }
  return matrix;
}

const std::vector<std::string> kNames = {"a", "b", "c", "d", "e"};

TEST(Scaler, WorksColumnByColumn) {
  const base::Matrix x = five_columns();
  const Scaler scaler = Scaler::fit(kKinds, kNames, x);
  const base::Matrix u = scaler.forward(x);
  const base::Matrix back = scaler.inverse(u);
  const std::vector<double> log_jacobian = scaler.log_jacobian(x);
  ASSERT_EQ(scaler.n_features(), 5U);
  std::vector<double> sums(x.rows(), 0);
  for (std::size_t c = 0; c < x.cols(); ++c) {
    const auto single = FeatureScaler::fit(kKinds[c], kNames[c], sample_of(kDistributions[c], x.rows()));
    for (std::size_t r = 0; r < x.rows(); ++r) {
      ASSERT_EQ(u(r, c), single.forward(x(r, c)));
      ASSERT_EQ(back(r, c), single.inverse(u(r, c)));
      sums[r] += single.log_jacobian(x(r, c));
    }
  }
  for (std::size_t r = 0; r < x.rows(); ++r) {
    ASSERT_EQ(log_jacobian[r], sums[r]);
  }
}

TEST(Scaler, DoesNotDependOnTheNumberOfThreads) {
  const base::Matrix x = five_columns();
  const auto run = [&](std::size_t n_threads) {
    const base::ThreadLimit limit(n_threads);
    const base::Matrix u = Scaler::fit(kKinds, kNames, x).forward(x);
    return std::vector<float>(u.values().begin(), u.values().end());
  };
  EXPECT_EQ(run(1), run(4));
}

TEST(Scaler, CountsClippedValuesPerFeature) {
  const std::vector<std::string> names = {"a", "b"};
  const ScalerKind kinds[] = {ScalerKind::kMinMax, ScalerKind::kQuantile};
  base::Matrix sample(2, 2);
  sample(1, 0) = 1;
  sample(1, 1) = 10;
  base::Matrix x(3, 2);
  x(0, 0) = -1;
  x(1, 0) = 2;
  x(2, 1) = 11;
  EXPECT_THAT(Scaler::fit(kinds, names, sample).count_clipped(x), testing::ElementsAre(2, 1));
}

TEST(Scaler, JsonRoundTripIsExact) {
  const base::Matrix x = five_columns();
  const Scaler scaler = Scaler::fit(kKinds, kNames, x);
  const Scaler back = Scaler::from_json(base::Json::from_cbor(base::Json::to_cbor(scaler.to_json())));
  EXPECT_TRUE(std::ranges::equal(back.forward(x).values(), scaler.forward(x).values()));
}

TEST_P(ScalerLaw, OfADamagedRangeOrScaleIsRefused) {
  for (const auto& [key, value] : std::vector<std::pair<std::string, base::Json>>{
           {"low", 1e30}, {"high", -1e30}, {"scale", 0}, {"scale", -1}, {"shift", 1e308 * 10}}) {
    base::Json json = scaler_.to_json();
    json[key] = value;
    EXPECT_THAT(message_of([&] { (void)FeatureScaler::from_json(json); }), HasSubstr("damaged")) << key;
  }
}

TEST(Scaler, OfDamagedQuantilesIsRefused) {
  const base::Matrix x = five_columns();
  const base::Json stored = Scaler::fit(kKinds, kNames, x).to_json();
  const auto quantile = std::ranges::find(kKinds, ScalerKind::kQuantile) - std::begin(kKinds);
  const auto of = [](std::vector<float> values) { return base::pack_floats(values); };
  for (const auto& [values, scores] : std::vector<std::pair<base::Json, base::Json>>{
           {of({}), of({})},
           {of({1, 2, 3}), of({-1, 1})},
           {of({1}), of({0})},
           {of({1, 2, 2}), of({-1, 0, 1})},
           {of({1, 2, 3}), of({-1, std::numeric_limits<float>::quiet_NaN(), 1})},
           {of({1, 2, std::numeric_limits<float>::infinity()}), of({-1, 0, 1})}}) {
    base::Json json = stored;
    json[quantile]["quantile"] = {{"x", values}, {"u", scores}};
    EXPECT_THAT(message_of([&] { (void)Scaler::from_json(json); }), HasSubstr("damaged"));
  }
}

TEST(Scaler, FeatureWithoutSpreadIsNamed) {
  const base::Matrix x(10, 1);
  const ScalerKind kinds[] = {ScalerKind::kStandard};
  const std::vector<std::string> names = {"tau32"};
  EXPECT_THAT(message_of([&] { (void)Scaler::fit(kinds, names, x); }), HasSubstr("'tau32' has no spread"));
}

}  // namespace
}  // namespace eddy::events
