#include "check_throws.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>
#include <eddy/flow/moving_quantiles.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace eddy::flow {
namespace {

using base::Matrix;

constexpr double kLow = 2.5;
constexpr double kHigh = 6;

/// m of a falling spectrum between 2.5 and 6; the first feature ends at m / 2, the second does not know m.
struct Edge {
  explicit Edge(std::size_t n, std::uint64_t seed, double gap_low = 0, double gap_high = 0) {
    base::RandomStream stream({seed}, "edge");
    std::vector<std::array<float, 3>> rows;
    while (rows.size() < n) {
      const double m = kLow * std::pow(1 - stream.uniform() * (1 - std::pow(kLow / kHigh, 4)), -0.25);
      const double share = std::max(stream.uniform(), stream.uniform());  // density 2 s up to the edge
      const auto other = static_cast<float>(stream.normal());
      if (m < gap_low || m > gap_high) {
        rows.push_back({static_cast<float>(m), static_cast<float>(0.5 * m * share), other});
      }
    }
    x = Matrix(n, 2);
    context = Matrix(n, 1);
    for (std::size_t i = 0; i < n; ++i) {
      context(i, 0) = rows[i][0];
      x(i, 0) = rows[i][1];
      x(i, 1) = rows[i][2];
    }
  }
  Matrix x;
  Matrix context;
};

/// Largest distance of the empirical distributions of a feature at contexts inside and outside of a window.
double distance(base::MatrixView x, base::MatrixView context, std::size_t feature, double low, double high) {
  std::vector<float> inside;
  std::vector<float> outside;
  for (std::size_t i = 0; i < x.rows; ++i) {
    (context(i, 0) > low && context(i, 0) < high ? inside : outside).push_back(x(i, feature));
  }
  std::ranges::sort(inside);
  std::ranges::sort(outside);
  double largest = 0;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const auto below = std::ranges::upper_bound(outside, inside[i]) - outside.begin();
    largest = std::max(largest, std::abs(static_cast<double>(i + 1) / static_cast<double>(inside.size()) -
                                         static_cast<double>(below) / static_cast<double>(outside.size())));
  }
  return largest;
}

// 10 % of 100,000 events lie in the window: two samples of one distribution have a distance above 1.95 sqrt(1 / 10,000)
// = 0.02 once in a thousand times; half of that again for the error of the map.
TEST(MovingQuantiles, make_an_edge_stand_still_where_they_saw_nothing) {
  const Edge seen(100000, 1, 3.3, 3.7);
  const MovingQuantiles map = MovingQuantiles::fit(seen.x, seen.context);
  const Edge all(100000, 2);
  EXPECT_GT(distance(all.x, all.context, 0, 3.3, 3.7), 0.08);
  const Matrix stationary = map.forward(all.x, all.context);
  EXPECT_LT(distance(stationary, all.context, 0, 3.3, 3.7), 0.03);
  EXPECT_LT(distance(stationary, all.context, 0, 4.5, 7), 0.03) << "the tail";
}

TEST(MovingQuantiles, leave_alone_what_does_not_move) {
  const Edge seen(100000, 3);
  const Matrix stationary = MovingQuantiles::fit(seen.x, seen.context).forward(seen.x, seen.context);
  double squares = 0;
  for (std::size_t i = 0; i < seen.x.rows(); ++i) {
    squares += std::pow(stationary(i, 1) - seen.x(i, 1), 2);
  }
  // A median of 100,000 normal values has an error of 0.004, of a parabola at its ends three times that, and outer
  // quantiles more.
  EXPECT_LT(std::sqrt(squares / static_cast<double>(seen.x.rows())), 0.03);
}

TEST(MovingQuantiles, have_an_inverse_and_its_jacobian) {
  const Edge seen(20000, 4);
  const MovingQuantiles map = MovingQuantiles::fit(seen.x, seen.context);
  const Edge fresh(2000, 5);
  const Matrix stationary = map.forward(fresh.x, fresh.context);
  const Matrix back = map.inverse(stationary, fresh.context);
  const std::vector<double> log_jacobian = map.log_jacobian(fresh.x, fresh.context);
  constexpr float kStep = 1e-3F;
  Matrix moved = fresh.x;
  for (std::size_t i = 0; i < moved.rows(); ++i) {
    moved(i, 0) += kStep;
    moved(i, 1) += kStep;
  }
  const Matrix further = map.forward(moved, fresh.context);
  std::size_t n_agree = 0;
  for (std::size_t i = 0; i < moved.rows(); ++i) {
    EXPECT_NEAR(back(i, 0), fresh.x(i, 0), 2e-6);
    EXPECT_NEAR(back(i, 1), fresh.x(i, 1), 5e-6);
    const double slopes = (further(i, 0) - stationary(i, 0)) * (further(i, 1) - stationary(i, 1)) / (kStep * kStep);
    // Float rounding of a step of 1e-3 of values up to 3: 2e-4 each. Where a knot lies in between it is another slope.
    n_agree += std::abs(std::log(slopes) - log_jacobian[i]) < 2e-3 ? 1 : 0;
  }
  EXPECT_GT(n_agree, moved.rows() * 9 / 10);
}

// Parabolas through the noise of few events may meet: segments stay a tenth of what they are at the reference.
TEST(MovingQuantiles, of_few_events_throw_none_far_apart) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Edge seen(2000, seed);
    const MovingQuantiles map = MovingQuantiles::fit(seen.x, seen.context);
    for (const double value : map.log_jacobian(seen.x, seen.context)) {
      ASSERT_LT(std::abs(value), 2 * std::log(10.1)) << "two features, seed " << seed;
    }
  }
}

TEST(MovingQuantiles, follow_contexts_that_are_not_above_zero) {
  Edge seen(20000, 11);
  for (float& context : seen.context.values()) {
    context -= 4;
  }
  const MovingQuantiles map = MovingQuantiles::fit(seen.x, seen.context);
  const Matrix stationary = map.forward(seen.x, seen.context);
  EXPECT_GT(distance(seen.x, seen.context, 0, 0, 10), 0.1);
  EXPECT_LT(distance(stationary, seen.context, 0, 0, 10), 0.03);
}

TEST(MovingQuantiles, go_on_beyond_what_they_saw) {
  const Edge seen(20000, 6);
  const MovingQuantiles map = MovingQuantiles::fit(seen.x, seen.context);
  Matrix x(4, 2);
  Matrix context(4, 1);
  for (std::size_t i = 0; i < 4; ++i) {
    x(i, 0) = i < 2 ? -50.0F : 50.0F;
    context(i, 0) = i % 2 == 0 ? -1.0F : 1000.0F;
  }
  const Matrix stationary = map.forward(x, context);
  const Matrix back = map.inverse(stationary, context);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(std::isfinite(stationary(i, 0)));
    EXPECT_NEAR(back(i, 0), x(i, 0), 1e-4);
  }
}

TEST(MovingQuantiles, survive_values_that_are_all_alike) {
  Edge seen(5000, 7);
  for (std::size_t i = 0; i < seen.x.rows(); ++i) {
    seen.x(i, 1) = i % 4 == 0 ? 1.0F : 0.0F;  // two spikes
  }
  const MovingQuantiles map = MovingQuantiles::fit(seen.x, seen.context);
  const Matrix stationary = map.forward(seen.x, seen.context);
  const Matrix back = map.inverse(stationary, seen.context);
  for (std::size_t i = 0; i < seen.x.rows(); ++i) {
    ASSERT_TRUE(std::isfinite(stationary(i, 1)));
    ASSERT_NEAR(back(i, 1), seen.x(i, 1), 1e-4);
  }
}

/// Of 21 quantiles at multiples of 1/4 two neighbours trade places with the mass, and those above the lower one are
/// pushed up by them where that happens: whichever way they are looked up, the map is the one through all of them.
TEST(MovingQuantiles, that_cross_are_pushed_apart) {
  base::Json parabolas = base::Json::array();
  for (int q = 0; q < 21; ++q) {
    parabolas.push_back({0.25 * q, q == 9 ? 0.6 : q == 10 ? -0.6 : 0.0, 0.0});
  }
  const MovingQuantiles map = MovingQuantiles::from_json(
      {{"logarithmic", false}, {"low", 1}, {"high", 3}, {"reference", 0}, {"features", {parabolas}}});
  for (const float m : {1.0F, 1.3F, 1.9F, 2.0F, 2.2F, 3.0F}) {
    const double place = m - 2;
    std::vector<double> knots;
    for (int q = 0; q < 21; ++q) {
      const double own = 0.25 * q + (q == 9 ? 0.6 : q == 10 ? -0.6 : 0.0) * place;
      knots.push_back(q == 0 ? own : std::max(own, knots.back() + 0.1 * 0.25));
    }
    for (int q = 0; q < 20; ++q) {
      Matrix x(1, 1);
      Matrix context(1, 1);
      context(0, 0) = m;
      x(0, 0) = static_cast<float>(0.3 * knots[q] + 0.7 * knots[q + 1]);
      EXPECT_NEAR(map.forward(x, context)(0, 0), 0.25 * q + 0.7 * 0.25, 1e-5) << "segment " << q << " at " << m;
    }
  }
}

TEST(MovingQuantiles, stored_and_read_back_are_the_same) {
  const Edge seen(5000, 8);
  const MovingQuantiles map = MovingQuantiles::fit(seen.x, seen.context);
  const MovingQuantiles read = MovingQuantiles::from_json(map.to_json());
  EXPECT_TRUE(
      std::ranges::equal(read.forward(seen.x, seen.context).values(), map.forward(seen.x, seen.context).values()));
  base::Json damaged = map.to_json();
  damaged["features"][0] = base::Json::array();
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(MovingQuantiles::from_json(damaged)); },
                                             "damaged");
  damaged = map.to_json();
  damaged["low"] = 1e300;
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(MovingQuantiles::from_json(damaged)); },
                                             "no range of contexts");
}

TEST(MovingQuantiles, say_what_they_need) {
  const Edge few(1000, 9);
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(MovingQuantiles::fit(few.x, few.context)); },
                                             "moving_quantiles", "there are 1000");
  const Matrix two(3000, 2);
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(MovingQuantiles::fit(two, two)); },
                                             "one context variable, and there are 2");
}

}  // namespace
}  // namespace eddy::flow
