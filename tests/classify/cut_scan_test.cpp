#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/classify/cut_scan.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "check_throws.hpp"

namespace eddy::classify {
namespace {

/// Normal losses; those of signal shifted by `shift` towards more background loss and less signal loss.
base::Matrix losses(std::size_t n, std::size_t n_dimensions, float shift, const char* name) {
  base::Matrix x(n, n_dimensions);
  base::fill_normal(base::RandomStream({3}, name), 0, x.values());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t d = 0; d < n_dimensions; ++d) {
      x(i, d) += d == 0 ? shift : -shift;
    }
  }
  return x;
}

std::size_t count(const RectangularCut& cut, base::MatrixView x) {
  std::size_t passing = 0;
  for (std::size_t i = 0; i < x.rows; ++i) {
    bool passes = x(i, 0) >= cut.limits[0];
    for (std::size_t d = 1; d < x.cols; ++d) {
      passes = passes && x(i, d) <= cut.limits[d];
    }
    passing += passes ? 1 : 0;
  }
  return passing;
}

class CutScanIn : public testing::TestWithParam<std::size_t> {};

TEST_P(CutScanIn, counts_what_the_cuts_say) {
  const base::Matrix background = losses(500, GetParam(), 0, "background");
  const base::Matrix signal = losses(300, GetParam(), 1, "signal");
  const base::Matrix other_background = losses(400, GetParam(), 0, "other background");
  const base::Matrix other_signal = losses(200, GetParam(), 1, "other signal");
  const std::vector<CutPoint> chosen = choose_cuts(background, signal, {6});
  const std::vector<CutPoint> judged = evaluate_cuts(chosen, other_background, other_signal);
  ASSERT_EQ(judged.size(), chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    EXPECT_EQ(chosen[i].n_background, count(chosen[i].cut, background)) << i;
    EXPECT_EQ(chosen[i].n_signal, count(chosen[i].cut, signal)) << i;
    EXPECT_EQ(judged[i].cut.limits, chosen[i].cut.limits) << i;
    EXPECT_EQ(judged[i].n_background, count(chosen[i].cut, other_background)) << i;
    EXPECT_EQ(judged[i].n_signal, count(chosen[i].cut, other_signal)) << i;
    EXPECT_EQ(judged[i].efficiency_signal, static_cast<double>(judged[i].n_signal) / 200) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Dimensions, CutScanIn, testing::Values(1, 2, 3, 4));

TEST(CutScan, keeps_the_upper_envelope_of_all_pairs_of_limits) {
  const base::Matrix background = losses(80, 2, 0, "background");
  const base::Matrix signal = losses(60, 2, 1, "signal");
  // With as many limits as events every pair of losses is a cut: loop over them all.
  const std::vector<CutPoint> chosen = choose_cuts(background, signal, {1000});
  std::vector<float> y = {-std::numeric_limits<float>::infinity()};
  std::vector<float> x = {std::numeric_limits<float>::infinity()};
  for (const base::Matrix* sample : {&background, &signal}) {
    for (std::size_t i = 0; i < sample->rows(); ++i) {
      y.push_back((*sample)(i, 0));
      x.push_back((*sample)(i, 1));
    }
  }
  std::vector<std::size_t> best(81, 0);  // signal by number of background events
  for (const float a : y) {
    for (const float b : x) {
      const RectangularCut cut{{a, b}};
      std::size_t& so_far = best[count(cut, background)];
      so_far = std::max(so_far, count(cut, signal));
    }
  }
  std::size_t most = 0;
  std::size_t at = 0;
  for (std::size_t b = 0; b < best.size(); ++b) {
    if (best[b] > most) {
      most = best[b];
      ASSERT_LT(at, chosen.size());
      EXPECT_EQ(chosen[at].n_background, b);
      EXPECT_EQ(chosen[at].n_signal, most);
      ++at;
    }
  }
  EXPECT_EQ(at, chosen.size());
}

TEST(CutScan, is_optimistic_where_it_chose_and_fair_elsewhere) {
  // Signal that looks like background: the truth is the diagonal, of area 1/2.
  const base::Matrix all = losses(1000, 3, 0, "all");
  const auto area = [&](const std::vector<CutPoint>& points) { return area_under(roc_of_cuts(points, {all}, {all})); };
  const std::vector<CutPoint> chosen = choose_cuts(losses(1000, 3, 0, "a"), losses(1000, 3, 0, "b"), {20});
  EXPECT_GT(area(chosen), 0.53);
  // The area of independent events has an error of sqrt(2 / 12 / 1000) = 0.013.
  EXPECT_NEAR(area(evaluate_cuts(chosen, losses(1000, 3, 0, "c"), losses(1000, 3, 0, "d"))), 0.5, 4 * 0.013);
}

TEST(CutScan, of_one_dimension_is_a_roc_curve) {
  const base::Matrix background = losses(4000, 1, 0, "background");
  const base::Matrix signal = losses(4000, 1, 1, "signal");
  const std::vector<RocPoint> curve = roc_of_cuts(choose_cuts(background, signal, {200}), {background}, {signal});
  // 200 straight lines under a concave curve, each with 1/200 of the events: lost area below 1 / 200^2 a line.
  EXPECT_NEAR(area_under(curve), auc(background.values(), signal.values()), 1.0 / 200);
  EXPECT_EQ(curve.front().n_background, 0U);
  EXPECT_EQ(curve.back().n_signal, 4000U);
}

TEST(CutScan, further_useful_dimensions_help) {
  const std::vector<CutPoint> one = choose_cuts(losses(3000, 1, 0, "a"), losses(3000, 1, 1, "b"), {30});
  const std::vector<CutPoint> two = choose_cuts(losses(3000, 2, 0, "a"), losses(3000, 2, 1, "b"), {30});
  const auto held_out = [](const std::vector<CutPoint>& cuts, std::size_t n) {
    const base::Matrix background = losses(3000, n, 0, "c");
    const base::Matrix signal = losses(3000, n, 1, "d");
    return area_under(roc_of_cuts(evaluate_cuts(cuts, background, signal), {background}, {signal}));
  };
  EXPECT_GT(held_out(two, 2), held_out(one, 1) + 0.03);  // Phi(1 / sqrt 2) = 0.76 against at most Phi(1) = 0.84
}

TEST(CutScan, refuses_what_it_cannot_scan) {
  const base::Matrix good = losses(10, 2, 0, "a");
  const auto refuses = [](base::MatrixView b, base::MatrixView s, std::int64_t n, const char* value,
                          const char* remedy) {
    test::expect_throws_with<base::InputError>([&] { static_cast<void>(choose_cuts(b, s, {n})); }, value, remedy);
  };
  refuses(base::Matrix(0, 2), good, 5, "background events but got 0", "selection");
  refuses(good, losses(10, 3, 0, "b"), 5, "signal events have 3 losses where 2", "same");
  refuses(losses(10, 6, 0, "b"), losses(10, 6, 0, "b"), 40, "40 values in each of 6", "train a classifier");
  refuses(good, good, 0, "0 values", "number of values");
  base::Matrix bad = good;
  bad(3, 1) = NAN;
  refuses(good, bad, 5, "loss 1 of signal event 3", "check the features");
  const std::vector<CutPoint> chosen = choose_cuts(good, good, {2});
  test::expect_throws_with<base::InputError>(
      [&] { static_cast<void>(evaluate_cuts(chosen, losses(10, 3, 0, "b"), good)); }, "3 losses where 2", "same");
}

TEST(CutScan, whole_weights_stand_for_copies_and_ones_for_nothing) {
  const base::Matrix background = losses(300, 2, 0, "a");
  const base::Matrix signal = losses(200, 2, 1, "b");
  std::vector<float> weight(300);
  std::vector<std::size_t> copies;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    weight[i] = static_cast<float>(i % 3);
    copies.insert(copies.end(), i % 3, i);
  }
  const base::Matrix repeated = base::take_rows(background, copies);
  const std::vector<CutPoint> chosen = choose_cuts(background, signal, {10});
  const std::vector<CutPoint> weighted = evaluate_cuts(chosen, {background, weight}, {signal});
  const std::vector<CutPoint> copied = evaluate_cuts(chosen, repeated, signal);
  ASSERT_EQ(weighted.size(), copied.size());
  for (std::size_t i = 0; i < weighted.size(); ++i) {
    EXPECT_NEAR(weighted[i].efficiency_background, copied[i].efficiency_background, 1e-12);
    EXPECT_EQ(weighted[i].efficiency_signal, copied[i].efficiency_signal);
  }
  const std::vector<float> ones(300, 1.0F);
  const std::vector<CutPoint> with_ones = choose_cuts({background, ones}, {signal}, {10});
  ASSERT_EQ(with_ones.size(), chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    EXPECT_EQ(with_ones[i].cut.limits, chosen[i].cut.limits);
    EXPECT_EQ(with_ones[i].efficiency_background, chosen[i].efficiency_background);
  }
  test::expect_throws_with<base::InputError>(
      [&] {
        static_cast<void>(choose_cuts({background, std::vector<float>(300)}, {signal}, {10}));
      },
      "sum 0", "positive");
}

}  // namespace
}  // namespace eddy::classify
