#include <eddy/search/validation/learned_sample.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

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
