// What the laws of all scalers (scaler_test.cpp) do not say: where the knots lie, and odd samples.

#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/quantile_map.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/math/special_functions/erf.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "check_throws.hpp"

namespace eddy::events {
namespace {

std::vector<float> normal_values(std::size_t n) {
  std::vector<float> values(n);
  base::fill_normal(base::RandomStream({3}, "quantile map"), 0, values);
  return values;
}

double normal_score(double probability) { return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * probability); }

std::vector<float> knots(const QuantileMap& map) { return base::unpack_floats(map.to_json().at("x")); }

TEST(QuantileMap, KnotsAreSampleValuesWithFiftyEventsBetweenThem) {
  for (const std::size_t n : {2U, 99U, 100U, 101U, 5000U}) {
    std::vector<float> values = normal_values(n);
    const std::vector<float> x = knots(QuantileMap::fit(values));
    std::ranges::sort(values);
    EXPECT_EQ(x.front(), values.front());
    EXPECT_EQ(x.back(), values.back());
    EXPECT_EQ(x.size() > 2, n > 100) << n << " events leave room for a knot between the extremes";
    for (std::size_t k = 0; k + 1 < x.size(); ++k) {
      const auto place = [&](float knot) { return std::ranges::lower_bound(values, knot) - values.begin(); };
      ASSERT_EQ(values[static_cast<std::size_t>(place(x[k]))], x[k]);
      EXPECT_TRUE(place(x[k + 1]) - place(x[k]) >= 50 || x.size() == 2) << "knot " << k << " of " << n;
    }
  }
}

TEST(QuantileMap, ExtremesHaveTheScoreOfHalfAnEvent) {
  const std::vector<float> values = normal_values(1000);
  const QuantileMap map = QuantileMap::fit(values);
  const auto [low, high] = std::ranges::minmax(values);
  EXPECT_NEAR(map.forward(low), normal_score(0.5 / 1000), 1e-6);
  EXPECT_NEAR(map.forward(high), -normal_score(0.5 / 1000), 1e-6);
}

TEST(QuantileMap, KnowsTheSampleNotItsOrderNorItsUnit) {
  std::vector<float> values = normal_values(3000);
  const QuantileMap map = QuantileMap::fit(values);
  std::vector<float> larger;
  for (const float value : values) {
    larger.push_back(1024 * value);  // without rounding
  }
  const QuantileMap of_larger = QuantileMap::fit(larger);
  for (const float x : {-2.0F, -0.3F, 0.0F, 1.7F}) {
    EXPECT_EQ(of_larger.forward(1024 * x), map.forward(x));
    EXPECT_NEAR(of_larger.log_slope(1024 * x), map.log_slope(x) - std::log(1024.0), 1e-5);
  }
  std::ranges::reverse(values);
  EXPECT_EQ(QuantileMap::fit(values).to_json(), map.to_json());
}

TEST(QuantileMap, ManyTiesAndWideRangesStayInvertibleAndFinite) {
  constexpr float kMax = std::numeric_limits<float>::max();
  std::vector<float> mostly_zero(900, 0.0F);
  for (std::size_t i = 0; i < 100; ++i) {
    mostly_zero.push_back(static_cast<float>(1 + i));
  }
  const std::vector<std::vector<float>> samples = {
      mostly_zero, {-kMax, kMax}, {0, std::numeric_limits<float>::denorm_min()}, {1, 1 + 0x1p-23F, kMax}};
  for (const std::vector<float>& sample : samples) {
    const QuantileMap map = QuantileMap::fit(sample);
    float last = -std::numeric_limits<float>::infinity();
    for (const float x : knots(map)) {
      const float u = map.forward(x);
      EXPECT_GT(u, last);
      EXPECT_EQ(map.inverse(u), x) << "at a knot, exactly";
      EXPECT_TRUE(std::isfinite(map.log_slope(x))) << x;
      last = u;
    }
  }
}

TEST(QuantileMap, JsonThatIsNoMapIsRefused) {
  const auto json = [](const std::vector<float>& x, const std::vector<float>& u) {
    return base::Json{{"x", base::pack_floats(x)}, {"u", base::pack_floats(u)}};
  };
  EXPECT_EQ(QuantileMap::from_json(QuantileMap().to_json()).to_json(), QuantileMap().to_json());
  EXPECT_EQ(QuantileMap::from_json(json({0, 1}, {-1, 1})).forward(0.5F), 0);
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const base::Json& bad : {json({0, 1, 2}, {-1, 1}), json({0}, {0}), json({}, {0, 1}), json({1, 1}, {0, 1}),
                                json({0, 1}, {1, 0}), json({0, kNan}, {0, 1}), json({0, 1, 2}, {0, kNan, 1})}) {
    test::expect_throws_with<base::InputError>([&] { (void)QuantileMap::from_json(bad); }, "quantile", "again");
  }
}

}  // namespace
}  // namespace eddy::events
