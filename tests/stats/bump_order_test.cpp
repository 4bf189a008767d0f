#include <eddy/base/error.hpp>
#include <eddy/stats/bump_order.hpp>
#include <eddy/stats/bump_scan.hpp>

#include <gtest/gtest.h>

#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

FitQuality quality(double deviance, std::size_t n_dof) { return {deviance, deviance, n_dof, 0.5}; }

TEST(FTest, is_the_incomplete_beta_function) {
  // P(F(1, n) >= f) = I_{n / (n + f)}(n / 2, 1 / 2).
  const double f = (40.0 - 30.0) / (30.0 / 20);
  EXPECT_NEAR(f_test(quality(40, 21), quality(30, 20)), boost::math::ibeta(10.0, 0.5, 20 / (20 + f)), 1e-12);
  EXPECT_EQ(f_test(quality(30, 21), quality(30, 20)), 1);
}

/// Histograms of a parabola, c = (3000, 400, 2500).
BumpToys parabolas(const std::vector<double>& edges, const BumpModel& model) {
  const BumpData none{std::vector<double>(edges.size() - 1), std::vector<bool>(edges.size() - 1, true), {}};
  return {model, evaluate(model, none, {3000, 400, 2500, 0}), base::RandomStream({6}, "order")};
}

TEST(ChooseOrder, finds_the_parabola_and_one_more_as_often_as_the_threshold_says) {
  std::vector<double> edges;
  for (int i = 0; i <= 30; ++i) {
    edges.push_back(i);
  }
  const BumpToys toys = parabolas(edges, {BinnedShape(BernsteinShape{2}, edges), {}, {}});
  const std::size_t n = 300;
  double too_low = 0;
  double too_high = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const OrderChoice choice = choose_order({edges, toys.draw(i).counts}, BernsteinShape{1}, {{10, 14}});
    const std::size_t order = std::get<BernsteinShape>(choice.shape).order;
    too_low += order < 2 ? 1.0 / n : 0;
    too_high += order > 2 ? 1.0 / n : 0;
    EXPECT_GE(choice.steps.size(), order);
  }
  EXPECT_EQ(too_low, 0);  // the second order is worth hundreds of units of deviance
  EXPECT_NEAR(too_high, 0.05, 4 * std::sqrt(0.05 * 0.95 / n));
}

TEST(ChooseOrder, ends_where_shapes_or_bins_end) {
  const MassHistogram histogram{{2, 3, 4, 5, 6, 7}, {900, 310, 80, 31, 9}};
  const OrderChoice dijet = choose_order(histogram, DijetShape{13, 5});
  EXPECT_EQ(dijet.steps.size(), 1U);
  OrderOptions options;
  options.threshold = 0.999999;
  options.largest_order = 2;
  const OrderChoice bernstein = choose_order(histogram, BernsteinShape{0}, {}, options);
  EXPECT_LE(std::get<BernsteinShape>(bernstein.shape).order, 2U);
  options.threshold = 0;
  test::expect_throws_with<base::InputError>(
      [&] { static_cast<void>(choose_order(histogram, BernsteinShape{0}, {}, options)); }, "threshold", "0.05");
}

}  // namespace
}  // namespace eddy::stats
