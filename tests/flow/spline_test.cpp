// Shape and ends of the spline. Inverse, derivative and gradients of random ones: transform_test.cpp, like those of
// every transform.

#include "net/finite_difference.hpp"

#include <eddy/base/random.hpp>
#include <eddy/flow/spline.hpp>
#include <eddy/net/aligned.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace eddy::flow {
namespace {

using net::AlignedVector;
using net::kPanel;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// One spline, the same for all samples of a panel.
struct Spline {
  Spline(const SplineShape& of, const std::vector<double>& numbers)
      : layout(layout_of(of)), parameters(numbers.size() * kPanel) {
    for (std::size_t r = 0; r < numbers.size(); ++r) {
      std::fill_n(parameters.begin() + static_cast<std::ptrdiff_t>(r * kPanel), kPanel, numbers[r]);
    }
  }
  struct Image {
    double y;
    double log_jacobian;
  };
  [[nodiscard]] Image at(double x) const {
    AlignedVector<double> copy = parameters, panel(kPanel, x), y(kPanel), log_jacobian(kPanel);
    spline_forward(layout, copy.data(), panel.data(), y.data(), log_jacobian.data());
    return {y[0], log_jacobian[0]};
  }
  [[nodiscard]] double inverse_at(double y) const {
    AlignedVector<double> copy = parameters, panel(kPanel, y), x(kPanel);
    spline_inverse(layout, copy.data(), panel.data(), x.data());
    return x[0];
  }
  SplineLayout layout;
  AlignedVector<double> parameters;
};

std::vector<double> random_numbers(std::size_t n, double size) {
  base::RandomStream stream({61}, "spline");
  std::vector<double> numbers(n);
  for (double& number : numbers) {
    number = size * stream.normal();
  }
  return numbers;
}

/// From 1 bin to the most there may be.
std::vector<SplineShape> shapes() {
  return {{.bins = 1}, {.bins = 2, .bound = 0.5}, {.bins = 8}, {.bins = kMaxBins, .bound = 20}};
}

TEST(SplineShape, TheIdentityDerivativeHasSlopeOne) {
  for (const double least : {1e-6, 1e-3, 0.5}) {
    const SplineShape shape{.min_derivative = least};
    EXPECT_NEAR(least + std::log1p(std::exp(identity_derivative(shape))), 1, 1e-15);
    EXPECT_EQ(layout_of(shape).edge_derivative, identity_derivative(shape));
  }
  EXPECT_EQ(SplineShape{.bins = 1}.n_parameters(), 2U) << "a width and a height, no inner derivative";
}

TEST(Spline, RisesFromEndToEndOfItsBox) {
  for (const SplineShape& shape : shapes()) {
    const Spline spline(shape, random_numbers(shape.n_parameters(), 3));
    double last = -shape.bound;
    EXPECT_NEAR(spline.at(-shape.bound).y, -shape.bound, 1e-14 * shape.bound);
    for (int i = 1; i <= 1000; ++i) {
      const double x = shape.bound * (2 * i / 1000.0 - 1);
      const double y = spline.at(x).y;
      EXPECT_GT(y, last) << shape.bins << " bins at " << x;
      EXPECT_NEAR(spline.inverse_at(y), x, 1e-9 * shape.bound * std::exp(-std::min(0.0, spline.at(x).log_jacobian)));
      last = y;
    }
    EXPECT_EQ(last, shape.bound);
  }
}

TEST(Spline, MeetsItsTailsWithSlopeOne) {
  for (const SplineShape& shape : shapes()) {
    const Spline spline(shape, random_numbers(shape.n_parameters(), 1));
    for (const double side : {-1.0, 1.0}) {
      const double inside = side * shape.bound * (1 - 1e-9);
      EXPECT_NEAR(spline.at(inside).y, inside, 1e-12 * shape.bound);
      EXPECT_NEAR(spline.at(inside).log_jacobian, 0, 1e-5) << shape.bins << " bins";
    }
    EXPECT_NEAR(spline.at(-shape.bound).log_jacobian, 0, 1e-12) << "the lower end is inside";
    EXPECT_EQ(spline.at(shape.bound).log_jacobian, 0) << "the upper end is outside";
  }
}

TEST(Spline, TailsAreTheIdentityWhateverTheyHold) {
  const SplineShape shape;
  const Spline spline(shape, random_numbers(shape.n_parameters(), 3));
  const double beyond = std::nextafter(shape.bound, kInfinity);
  for (const double x : {beyond, -beyond, 1e300, -kInfinity, kInfinity}) {
    EXPECT_EQ(spline.at(x).y, x);
    EXPECT_EQ(spline.at(x).log_jacobian, 0);
    EXPECT_EQ(spline.inverse_at(x), x);
  }
  EXPECT_TRUE(std::isnan(spline.at(kNan).y));
  EXPECT_TRUE(std::isnan(spline.inverse_at(kNan)));
  // A sample in a tail changes neither its neighbours in the panel nor the gradient of any parameter.
  AlignedVector<double> x(kPanel, 0.3), y(kPanel), log_jacobian(kPanel), copy = spline.parameters;
  x[1] = kNan;
  x[2] = kInfinity;
  x[3] = -beyond;
  spline_forward(spline.layout, copy.data(), x.data(), y.data(), log_jacobian.data());
  EXPECT_EQ(y[0], spline.at(0.3).y);
  EXPECT_EQ(y[kPanel - 1], y[0]);
  const AlignedVector<double> d_y(kPanel, 0.5), d_log_jacobian(kPanel, 2.0);
  AlignedVector<double> d_x(kPanel), d_parameters(copy.size(), kNan);
  spline_backward(spline.layout, copy.data(), x.data(), d_y.data(), d_log_jacobian.data(), d_x.data(),
                  d_parameters.data());
  for (const std::size_t s : {1U, 2U, 3U}) {
    EXPECT_EQ(d_x[s], 0.5);
    for (std::size_t r = 0; r < shape.n_parameters(); ++r) {
      EXPECT_EQ(d_parameters[r * kPanel + s], 0) << "parameter " << r << " of sample " << s;
    }
  }
  EXPECT_NE(d_parameters[0], 0);
}

TEST(Spline, PassesItsKnotsWithTheDerivativesOfItsParameters) {
  const SplineShape shape{.bins = 4, .bound = 2};
  std::vector<double> numbers(shape.n_parameters());  // equal bins: knots at -1, 0, 1
  numbers[8] = -100;                                  // softplus: 4e-44
  numbers[9] = 2;
  numbers[10] = 0;
  const Spline spline(shape, numbers);
  const double slopes[] = {0, std::log1p(std::exp(2.0)), std::log(2.0)};
  for (std::size_t k = 0; k < 3; ++k) {
    const double knot = static_cast<double>(k) - 1;
    EXPECT_NEAR(spline.at(knot).y, knot, 1e-14);
    EXPECT_NEAR(std::exp(spline.at(knot).log_jacobian), shape.min_derivative + slopes[k], 1e-12) << knot;
    const double before = std::nextafter(knot, -2);
    EXPECT_NEAR(spline.at(before).log_jacobian, spline.at(knot).log_jacobian, 1e-10) << "smooth at " << knot;
  }
}

TEST(Spline, BinsKeepTheirLeastSize) {
  const SplineShape shape{.bins = 3, .bound = 1, .min_bin = 0.1};
  std::vector<double> numbers(shape.n_parameters());
  numbers[0] = 1000;  // takes all that is given away: bins of 2 (1 - 0.2), 0.2 and 0.2
  const Spline spline(shape, numbers);
  const double third = -1 + 2.0 / 3;  // heights are equal
  EXPECT_NEAR(spline.at(0.6).y, third, 1e-12);
  EXPECT_NEAR(spline.at(0.8).y, third + 2.0 / 3, 1e-12);
}

TEST(Spline, MirroredParametersGiveTheMirroredSpline) {
  const SplineShape shape;
  const std::vector<double> numbers = random_numbers(shape.n_parameters(), 1);
  std::vector<double> mirrored = numbers;
  const auto bins = static_cast<std::ptrdiff_t>(shape.bins);
  std::reverse(mirrored.begin(), mirrored.begin() + bins);
  std::reverse(mirrored.begin() + bins, mirrored.begin() + 2 * bins);
  std::reverse(mirrored.begin() + 2 * bins, mirrored.end());
  for (std::ptrdiff_t i = 0; i < bins; ++i) {
    mirrored[static_cast<std::size_t>(i)] += 7;  // a softmax does not see it
  }
  const Spline one(shape, numbers);
  const Spline other(shape, mirrored);
  for (const double x : {-4.9, -2.0, 0.1, 3.3}) {
    EXPECT_NEAR(other.at(-x).y, -one.at(x).y, 1e-12);
    EXPECT_NEAR(other.at(-x).log_jacobian, one.at(x).log_jacobian, 1e-11);
    EXPECT_NEAR(one.at(x).log_jacobian, std::log(test::derivative([&](double at) { return one.at(at).y; }, x, 1e-5)),
                1e-7);
  }
}

TEST(Spline, LeavesSharesOfTheBoxForTheWayBack) {
  const SplineShape shape;
  Spline spline(shape, random_numbers(shape.n_parameters(), 30));
  const AlignedVector<double> before = spline.parameters;
  AlignedVector<double> x(kPanel), y(kPanel), log_jacobian(kPanel);
  spline_forward(spline.layout, spline.parameters.data(), x.data(), y.data(), log_jacobian.data());
  double widths = 0;
  double heights = 0;
  for (std::size_t k = 0; k < shape.bins; ++k) {
    widths += spline.parameters[k * kPanel];
    heights += spline.parameters[(shape.bins + k) * kPanel];
  }
  EXPECT_NEAR(widths, 1, 1e-14);
  EXPECT_NEAR(heights, 1, 1e-14);
  const auto derivatives = static_cast<std::ptrdiff_t>(2 * shape.bins * kPanel);
  EXPECT_TRUE(std::equal(before.begin() + derivatives, before.end(), spline.parameters.begin() + derivatives));
}

}  // namespace
}  // namespace eddy::flow
