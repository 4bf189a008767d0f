#include <eddy/search/validation/learned_sample.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

TEST(DrawRows, IsAPoissonNumberWithTheGivenMean) {
  const std::vector<std::size_t> rows = {3, 5, 8};
  double sum = 0;
  double squares = 0;
  constexpr int kTrials = 2000;
  for (int i = 0; i < kTrials; ++i) {
    const auto n = static_cast<double>(draw_rows(rows, 20, {{static_cast<std::uint64_t>(i)}, "rows"}).size());
    sum += n;
    squares += (n - 20) * (n - 20);
  }
  EXPECT_NEAR(sum / kTrials, 20, 5 * std::sqrt(20.0 / kTrials));
  EXPECT_NEAR(squares / kTrials, 20, 5 * std::sqrt((2 * 400 + 20.0) / kTrials));
}

TEST(DrawRows, FollowsTheWeights) {
  const std::vector<std::size_t> rows = {3, 5, 8};
  const std::vector<std::size_t> drawn = draw_rows(rows, 40000, {{1}, "weights"}, {1, 0, 3});
  const auto n = static_cast<double>(drawn.size());
  EXPECT_EQ(std::ranges::count(drawn, 5U), 0);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(drawn, 8U)) / n, 0.75, 5 * std::sqrt(0.75 * 0.25 / n));
  const std::vector<std::size_t> equal = draw_rows(rows, 40000, {{1}, "weights"});
  EXPECT_NEAR(static_cast<double>(std::ranges::count(equal, 3U)) / static_cast<double>(equal.size()), 1.0 / 3,
              5 * std::sqrt(2.0 / 9 / n));
}

/// In float32, a sum of 2^24 would not grow by 0.4 any more.
TEST(DrawRows, LosesNoSmallWeights) {
  std::vector<float> weight(1001, 0.4F);
  weight.front() = 16777216.0F;
  std::vector<std::size_t> rows(weight.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const std::vector<std::size_t> drawn = draw_rows(rows, 2e6, {{1}, "small"}, weight);
  const auto small = static_cast<double>(std::ranges::count_if(drawn, [](std::size_t row) { return row > 0; }));
  const double expected = 2e6 * 400 / (16777216.0 + 400);
  EXPECT_NEAR(small, expected, 5 * std::sqrt(expected));
}

TEST(NullInputsLike, KeepNamesAndForgetEvents) {
  SearchInputs inputs;
  inputs.features = {{"a", "GeV"}};
  inputs.contexts = {{"m", "TeV"}};
  inputs.n_injected = 7;
  inputs.data.truth = {1};
  inputs.signal_template_masses = {3.5F};
  const SearchInputs drawn = null_inputs_like(inputs);
  EXPECT_EQ(drawn.features.front().name, "a");
  EXPECT_EQ(drawn.contexts.front().unit, "TeV");
  EXPECT_EQ(drawn.signal_template_masses, inputs.signal_template_masses);
  EXPECT_EQ(drawn.n_injected, 0U);
  EXPECT_TRUE(drawn.data.truth.empty());
  EXPECT_EQ(drawn.records.front().role, "data");
}

}  // namespace
}  // namespace eddy::search
