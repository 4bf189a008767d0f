#include <eddy/search/quak/signal_shares.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace eddy::search {
namespace {

constexpr double kOpen = std::numeric_limits<double>::infinity();

/// Two categories behind 1 in the first loss, parted at 2 in the second.
const std::vector<LossBox> kBoxes = {{{1, -kOpen}, {kOpen, 2}}, {{1, 2}, {kOpen, kOpen}}};

LossSample signal() {
  LossSample sample{.name = "signal", .index = {0, 1, 2, 3, 4}, .loss = base::Matrix(5, 2), .mass = {}};
  const std::vector<float> values = {0, 5, 1, 1, 3, 1, 3, 2, 9, 9};
  std::ranges::copy(values, sample.loss.values().begin());
  return sample;
}

TEST(SignalShares, count_events_by_their_losses) {
  const CategoryShares shares = shares_of(signal(), kBoxes);
  EXPECT_EQ(shares.share, (std::vector<double>{0.5, 0.5}));
  EXPECT_DOUBLE_EQ(shares.passing, 0.8);
  EXPECT_DOUBLE_EQ(shares.n_effective, 4);
}

TEST(SignalShares, count_weights) {
  LossSample weighted = signal();
  weighted.weight = {4, 1, 2, 1, 0};
  const CategoryShares shares = shares_of(weighted, kBoxes);
  EXPECT_EQ(shares.share, (std::vector<double>{0.75, 0.25}));
  EXPECT_DOUBLE_EQ(shares.passing, 0.5);
  EXPECT_DOUBLE_EQ(shares.n_effective, 16.0 / 6);
}

TEST(SignalShares, of_events_that_do_not_pass_are_nothing) {
  LossSample none = signal();
  std::ranges::fill(none.loss.values(), 0.0F);
  const CategoryShares shares = shares_of(none, kBoxes);
  EXPECT_EQ(shares.share, (std::vector<double>{0, 0}));
  EXPECT_EQ(shares.passing, 0);
  EXPECT_EQ(shares.n_effective, 0);
}

}  // namespace
}  // namespace eddy::search
