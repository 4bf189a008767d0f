#include <eddy/search/quak/quak_evaluation.hpp>

#include <gtest/gtest.h>
#include <search/synthetic_losses.hpp>

namespace eddy::search {
namespace {

TEST(RejectionAt, is_that_of_the_tightest_cut_that_keeps_enough) {
  const std::vector<classify::RocPoint> curve = {
      {.efficiency_background = 0.001, .efficiency_signal = 0.2, .n_background = 10, .n_signal = 20},
      {.efficiency_background = 0.01, .efficiency_signal = 0.3, .n_background = 100, .n_signal = 30},
      {.efficiency_background = 0.05, .efficiency_signal = 0.6, .n_background = 500, .n_signal = 60}};
  EXPECT_DOUBLE_EQ(rejection_at(curve, 0.3), 100);
  EXPECT_DOUBLE_EQ(rejection_at(curve, 0.5), 20);
  EXPECT_DOUBLE_EQ(rejection_at(curve, 0.1), 100) << "ten events are too few to quote";
  EXPECT_DOUBLE_EQ(rejection_at(curve, 0.9), 0);
}

TEST(SeparateByCuts, a_second_loss_that_knows_the_signal_helps) {
  const std::vector<Separation> separations =
      separate_by_cuts(background_in_losses(20000, 1), signal_in_losses(5000, 2));
  ASSERT_EQ(separations.size(), 2U);
  EXPECT_EQ(separations[0].evaluation.name, "QUAK 1-D");
  EXPECT_EQ(separations[1].evaluation.name, "QUAK 2-D");
  EXPECT_EQ(separations[1].signal, "signal");
  // P(N(0, 1) > 2) = 2.3 % of the background lies above the median of the signal, a rejection of 44.
  EXPECT_NEAR(separations[0].rejection_50, 44, 6) << "2.5 standard deviations of 230 events, and the grid of cuts";
  EXPECT_GT(separations[1].rejection_50, 5 * separations[0].rejection_50);
  EXPECT_GT(separations[1].evaluation.auc, separations[0].evaluation.auc);
}

TEST(SeparateByCuts, of_the_same_distribution_separates_nothing) {
  LossSample other = background_in_losses(5000, 9);
  other.name = "other";
  for (const Separation& separation : separate_by_cuts(background_in_losses(20000, 1), other)) {
    EXPECT_NEAR(separation.evaluation.auc, 0.5, 0.03) << separation.evaluation.name;
  }
}

TEST(RandomCut, keeps_as_much_of_both) {
  const Separation random = random_cut("s");
  EXPECT_DOUBLE_EQ(random.rejection_50, 2);
  for (const classify::RocPoint& point : random.evaluation.curve) {
    EXPECT_EQ(point.efficiency_background, point.efficiency_signal);
  }
}

}  // namespace
}  // namespace eddy::search
