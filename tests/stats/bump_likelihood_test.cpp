#include <eddy/base/error.hpp>
#include <eddy/stats/bump_likelihood.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

using test::expect_throws_with;

struct Example {
  BumpModel model;
  BumpData data;
  std::vector<double> at;
};

/// Both shapes with signal, two nuisances, and one bin left out.
std::vector<Example> examples() {
  const std::vector<LogNormalNuisance> nuisances{
      {"efficiency", NuisanceTarget::kSignal, 0.2, {}},
      {"tilt", NuisanceTarget::kBackground, 0.1, {-1, -0.5, 0, 0.5, 1}, 1.2}};
  const std::vector<double> edges{2, 2.5, 3, 4, 5, 6};
  const std::vector<double> signal{0, 0.1, 0.7, 0.2, 0};
  const BumpData data{{900, 400, 350, 120, 40}, {true, true, true, false, true}, {0.3, -0.2}};
  return {{{BinnedShape(DijetShape{13, 3}, edges, data.counts), signal, nuisances}, data, {200, 5, 2, 30, 0.5, -0.4}},
          {{BinnedShape(BernsteinShape{2}, edges), signal, nuisances}, data, {1500, 300, 60, 30, 0.5, -0.4}}};
}

TEST(BumpLikelihood, a_factor_multiplies_its_target) {
  for (Example e : examples()) {
    const BumpPoint with = evaluate(e.model, e.data, e.at);
    e.model.nuisances[1].factor = 1;
    const BumpPoint without = evaluate(e.model, e.data, e.at);
    for (std::size_t i = 0; i < with.mean.size(); ++i) {
      EXPECT_NEAR(with.background[i], without.background[i] * std::pow(1.2, e.model.nuisances[1].per_bin[i]),
                  1e-12 * with.background[i]);
      EXPECT_NEAR(with.mean[i] - with.background[i], without.mean[i] - without.background[i], 1e-9);
    }
  }
}

TEST(BumpLikelihood, gradients_agree_with_finite_differences) {
  for (Example e : examples()) {
    if (!e.model.background.has_positive_coordinates()) {
      const std::vector<double> start = starting_point(e.model, e.data);
      std::copy_n(start.begin(), 3, e.at.begin());
    }
    const BumpPoint here = evaluate(e.model, e.data, e.at);
    const std::vector<double> slope = gradient(e.model, e.data, here);
    for (std::size_t j = 0; j < e.at.size(); ++j) {
      const double step = 1e-5 * std::max(1.0, std::abs(e.at[j]));
      std::vector<double> up = e.at;
      std::vector<double> down = e.at;
      up[j] += step;
      down[j] -= step;
      const BumpPoint high = evaluate(e.model, e.data, up);
      const BumpPoint low = evaluate(e.model, e.data, down);
      // Rounding of values of order 1000: 1e-13 / step = 1e-8; third derivatives: step^2 of the values.
      EXPECT_NEAR(slope[j], (high.half_deviance - low.half_deviance) / (2 * step), 1e-6 * (1 + std::abs(slope[j])))
          << j;
      for (std::size_t i = 0; i < here.mean.size(); ++i) {
        EXPECT_NEAR(here.jacobian[i * e.at.size() + j], (high.mean[i] - low.mean[i]) / (2 * step), 1e-6 * here.mean[i])
            << "bin " << i << ", parameter " << j;
      }
    }
  }
}

TEST(BumpLikelihood, minimum_is_where_the_gradient_vanishes_and_the_left_out_bin_does_not_matter) {
  for (Example e : examples()) {
    const BumpMinimum minimum = minimise(e.model, e.data, {}, starting_point(e.model, e.data));
    ASSERT_TRUE(minimum.converged);
    EXPECT_LT(minimum.edm, kStalledEdm);
    const std::vector<double> slope = gradient(e.model, e.data, minimum.point);
    for (std::size_t j = 0; j < slope.size(); ++j) {
      // |slope| <= sqrt(2 edm information)
      EXPECT_LE(std::abs(slope[j]) * std::sqrt(minimum.covariance(j, j)), std::sqrt(2 * minimum.edm) * 30 + 1e-7) << j;
    }
    e.data.counts[3] = 1e6;
    const BumpMinimum other = minimise(e.model, e.data, {}, starting_point(e.model, e.data));
    EXPECT_EQ(other.point.parameters, minimum.point.parameters);
  }
}

TEST(BumpLikelihood, a_mean_that_is_not_positive_is_infinitely_unlikely) {
  Example e = examples()[1];
  e.at[3] = -1e6;
  EXPECT_EQ(evaluate(e.model, e.data, e.at).half_deviance, std::numeric_limits<double>::infinity());
}

TEST(BumpLikelihood, coefficients_stop_at_zero_and_slopes_push_outwards_there) {
  // A spectrum that falls faster than any sum of two straight lines: c1 wants to be negative.
  const std::vector<double> edges{0, 1, 2, 3, 4};
  const BumpModel model{BinnedShape(BernsteinShape{1}, edges), {}, {}};
  const BumpData data{{1000, 100, 10, 1}, {true, true, true, true}, {}};
  const BumpMinimum minimum = minimise(model, data, {}, starting_point(model, data));
  ASSERT_TRUE(minimum.converged);
  EXPECT_EQ(minimum.point.parameters[1], 0);
  EXPECT_FALSE(minimum.free[1]);
  EXPECT_GT(gradient(model, data, minimum.point)[1], 0);
  EXPECT_NEAR(minimum.point.parameters[0], 1111, 1e-3);  // extended likelihood: as many events as seen
  for (const double mean : minimum.point.mean) {
    EXPECT_GT(mean, 0);
  }
}

TEST(BumpLikelihood, a_descent_that_cannot_end_says_so) {
  // Two parameters that do the same: the information is singular.
  const std::vector<double> edges{0, 1, 2, 3};
  const BumpModel model{BinnedShape(BernsteinShape{0}, edges), {1, 1, 1}, {}};
  const BumpData data{{10, 12, 9}, {true, true, true}, {}};
  EXPECT_FALSE(minimise(model, data, {}, starting_point(model, data)).converged);
}

TEST(BumpModel, is_refused_when_it_makes_no_sense) {
  const std::vector<double> edges{0, 1, 2, 3};
  const auto check = [&](std::vector<double> signal, LogNormalNuisance nuisance) {
    return [=] { check_model({BinnedShape(BernsteinShape{0}, edges), signal, {nuisance}}); };
  };
  const LogNormalNuisance good{"lumi", NuisanceTarget::kSignal, 0.1, {}};
  check({0, 1, 0}, good)();
  expect_throws_with<base::InputError>(check({0, -1, 0}, good), "holds -1 in bin 1", "events per unit");
  expect_throws_with<base::InputError>(check({0, 1}, good), "2 bins", "3", "alike");
  expect_throws_with<base::InputError>(check({}, {"lumi", NuisanceTarget::kSignal, 0, {}}), "'lumi'", "has 0", "0.1");
  expect_throws_with<base::InputError>(check({}, {"lumi", NuisanceTarget::kSignal, 0.1, {}, 0}), "'lumi'", "factor",
                                       "has 0");
  expect_throws_with<base::InputError>(check({}, {"jes", NuisanceTarget::kSignal, 0.1, {1, 2}}), "'jes'", "on 2 bins",
                                       "3");
  expect_throws_with<base::InputError>(
      check({}, {"jes", NuisanceTarget::kSignal, 0.1, {1, std::numeric_limits<double>::quiet_NaN(), 1}}), "'jes'",
      "nan", "bin 1");
}

}  // namespace
}  // namespace eddy::stats
