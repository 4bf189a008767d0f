#include <eddy/base/error.hpp>
#include <eddy/stats/background_shape.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <numeric>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

using test::expect_throws_with;

struct Contents {
  std::vector<double> value;
  std::vector<double> gradient;
};

Contents contents_of(const BinnedShape& shape, const std::vector<double>& coordinates) {
  Contents contents{std::vector<double>(shape.n_bins()), std::vector<double>(shape.n_bins() * coordinates.size())};
  shape.evaluate(coordinates, contents.value, contents.gradient);
  return contents;
}

struct Case {
  BackgroundShape shape;
  std::vector<double> edges;
  std::vector<double> coordinates;
};

std::vector<Case> cases() {
  const std::vector<double> mass{1500, 1700, 2000, 2500, 3500, 4000, 7000, 12000};
  return {{DijetShape{13000, 3}, mass, {-2.5, 9, 4.4}},
          {DijetShape{13000, 4}, mass, {0.2, 12, 0.9, -0.7}},
          {DijetShape{13000, 5}, mass, {-1.3, 10, 4.2, 0.1, 0.02}},
          {BernsteinShape{0}, {2, 3, 5}, {7}},
          {BernsteinShape{3}, {2, 3, 3.5, 5, 8}, {100, 20, 30, 0}},
          {BernsteinShape{12}, {-1, 0, 1, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 2, 3, 4, 5}}};
}

TEST(BackgroundShape, gradients_agree_with_finite_differences) {
  for (const Case& c : cases()) {
    for (const bool orthonormal : {false, true}) {
      const std::vector<double> weights(orthonormal ? c.edges.size() - 1 : 0, 1.0);
      const BinnedShape shape(c.shape, c.edges, weights);
      std::vector<double> at = c.coordinates;
      if (orthonormal && !shape.has_positive_coordinates()) {
        std::ranges::fill(at, 0.1);
      }
      const Contents here = contents_of(shape, at);
      for (std::size_t j = 0; j < at.size(); ++j) {
        const double step = 1e-5;
        std::vector<double> up = at;
        std::vector<double> down = at;
        up[j] += step;
        down[j] -= step;
        const Contents high = contents_of(shape, up);
        const Contents low = contents_of(shape, down);
        for (std::size_t i = 0; i < shape.n_bins(); ++i) {
          const double expected = (high.value[i] - low.value[i]) / (2 * step);
          // Third derivative: (phi step)^2 / 6 with phi <= 50 (orthonormal at bin centres, larger at edges): 4e-8;
          // rounding of the contents: 1e-15 / step = 1e-10 of them.
          EXPECT_NEAR(here.gradient[i * at.size() + j], expected, 1e-7 * (std::abs(expected) + here.value[i] + 1))
              << describe(c.shape) << ", bin " << i << ", parameter " << j;
        }
      }
    }
  }
}

TEST(DijetShape, bin_integrals_are_good_to_1e_9) {
  const std::vector<double> edges{100, 1500, 1600, 4000, 12000, 12950};  // factors of 15, 1.07, 2.5; 1 - x falls by 20
  const std::vector<double> p{-1.3, 10.5, 4.2, 0.1, 0.02};
  const auto density = [&](double mass) {
    const double x = mass / 13000;
    const double l = std::log(x);
    return std::exp(p[0]) * std::pow(1 - x, p[1]) * std::pow(x, -p[2] - p[3] * l - p[4] * l * l);
  };
  const Contents contents = contents_of(BinnedShape(DijetShape{13000, 5}, edges), p);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const double exact =
        boost::math::quadrature::gauss_kronrod<double, 61>::integrate(density, edges[i], edges[i + 1], 15, 1e-13);
    EXPECT_NEAR(contents.value[i] / exact, 1, 1e-9) << "bin " << i;
  }
}

TEST(BernsteinShape, bin_integrals_are_incomplete_beta_functions) {
  const std::vector<double> edges{2, 2.1, 3, 5, 5.5, 6};
  for (const std::size_t order : {0, 1, 4, 9, 39}) {
    const BinnedShape shape(BernsteinShape{order}, edges);
    const Contents contents = contents_of(shape, std::vector<double>(order + 1, 1.0));
    for (std::size_t k = 0; k <= order; ++k) {
      const double a = static_cast<double>(k) + 1;
      const double b = static_cast<double>(order - k) + 1;
      for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const double exact =
            boost::math::ibeta(a, b, (edges[i + 1] - 2) / 4) - boost::math::ibeta(a, b, (edges[i] - 2) / 4);
        EXPECT_NEAR(contents.gradient[i * (order + 1) + k], exact, 1e-13) << order << " " << k << " " << i;
      }
    }
    // All coefficients 1: the polynomials add up to order + 1 times a flat density.
    EXPECT_NEAR(contents.value[2] / (0.5 * static_cast<double>(order + 1)), 1, 1e-13);
  }
}

TEST(DijetShape, orthonormal_coordinates_describe_the_same_function) {
  const std::vector<double> edges{1500, 1700, 2000, 2500, 3500, 4000, 7000};
  const DijetShape dijet{13000, 5};
  const BinnedShape shape(dijet, edges, std::vector<double>{9000, 5000, 2000, 500, 50, 5});
  const std::vector<double> coordinates{500, -40, 3, 0.5, -0.2};
  std::vector<double> quoted(5);
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      quoted[i] += shape.to_quoted()[i * 5 + j] * coordinates[j];
    }
  }
  const Contents a = contents_of(shape, coordinates);
  const Contents b = contents_of(BinnedShape(dijet, edges), quoted);
  for (std::size_t i = 0; i < a.value.size(); ++i) {
    // Quoted terms of the exponent reach 1e4 and cancel: 1e4 * 1e-16 * 10.
    EXPECT_NEAR(a.value[i] / b.value[i], 1, 1e-10) << "bin " << i;
  }
}

TEST(BackgroundShape, refuses_what_it_cannot_describe) {
  const std::vector<double> edges{1, 2, 3};
  expect_throws_with<base::InputError>([&] { BinnedShape(DijetShape{13, 6}, edges); }, "6", "3, 4 or 5");
  expect_throws_with<base::InputError>([&] { BinnedShape(DijetShape{2.5, 3}, edges); }, "2.5", "unit of the mass");
  expect_throws_with<base::InputError>([&] { BinnedShape(BernsteinShape{40}, edges); }, "40", "39", "lower order");
}

}  // namespace
}  // namespace eddy::stats
