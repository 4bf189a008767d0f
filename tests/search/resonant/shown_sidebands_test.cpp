#include <eddy/search/resonant/shown_sidebands.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace eddy::search {
namespace {

/// Masses 0, 0.01, ... 9.99 with a window from 4 to 5; one feature, equal to the mass.
ScoredSample comb() {
  constexpr std::size_t kEvents = 1000;
  ScoredSample data;
  data.x = base::Matrix(kEvents, 1);
  data.context = base::Matrix(kEvents, 1);
  for (std::size_t i = 0; i < kEvents; ++i) {
    const float mass = static_cast<float>(i) / 100;
    data.x(i, 0) = data.context(i, 0) = mass;
    data.in_signal_region.push_back(mass >= 4 && mass <= 5 ? 1 : 0);
    data.background_efficiency.push_back(mass / 10);
  }
  return data;
}

TEST(ShownSidebands, lie_within_one_width_of_the_window_on_each_side) {
  const ShownBackground background = shown_sidebands(comb(), {4, 5});
  ASSERT_EQ(background.parts.size(), 2U);
  EXPECT_EQ(background.parts[0].source.front(), 300U);
  EXPECT_EQ(background.parts[0].source.back(), 399U);
  EXPECT_EQ(background.parts[1].source.front(), 501U);
  EXPECT_EQ(background.parts[1].source.back(), 600U);
  EXPECT_EQ(background.parts[1].columns(0, 0), 5.01F);
  EXPECT_FLOAT_EQ(background.parts[1].background_efficiency[0], 0.501F);
  EXPECT_EQ(background.parts[0].weight, std::vector<float>(100, 1.0F));
}

TEST(ShownSidebands, have_the_mean_of_the_window_of_what_is_linear_in_the_mass) {
  double mean = 0;
  for (const BackgroundEvents& part : shown_sidebands(comb(), {4, 5}).parts) {
    const std::vector<float> x = base::column(part.columns, 0);
    mean += std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size()) / 2;
  }
  EXPECT_NEAR(mean, 4.5, 1e-4);
}

TEST(ShownSidebands, may_be_empty_on_one_side) {
  const ShownBackground background = shown_sidebands(comb(), {4, 12});
  EXPECT_TRUE(background.parts[1].source.empty());
}

}  // namespace
}  // namespace eddy::search
