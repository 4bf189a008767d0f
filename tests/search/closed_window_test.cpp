#include <eddy/search/closed_window.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace eddy::search {
namespace {

SearchConfig config_of(const std::string& signal) {
  SearchConfig config;
  config.features = {.context = {"mjj"}, .x = {"a"}};
  config.regions.signal = signal;
  return config;
}

/// 2000, 2007.3, ... up to 6000, without those inside [low, high].
std::vector<float> sidebands(float low, float high) {
  std::vector<float> masses;
  for (float mass = 2000; mass < 6000; mass += 7.3F) {
    if (mass <= low || mass >= high) {
      masses.push_back(mass);
    }
  }
  return masses;
}

TEST(ClosedWindow, has_the_borders_of_the_expression) {
  const auto window = closed_window(config_of("mjj > 3300 && mjj < 3700"), sidebands(3300, 3700));
  ASSERT_TRUE(window);
  EXPECT_EQ(window->low, 3300);
  EXPECT_EQ(window->high, 3700);
  const auto odd = closed_window(config_of("abs(mjj - 3512.5) < 101.25"), sidebands(3411.25, 3613.75));
  ASSERT_TRUE(odd);
  EXPECT_NEAR(odd->low, 3411.25, 1e-3);  // the spacing of float32 there is 2e-4
  EXPECT_NEAR(odd->high, 3613.75, 1e-3);
  const auto negative = closed_window(config_of("mjj > -2 && mjj < 2"), std::vector<float>{-9, -7, -3, 3, 5});
  ASSERT_TRUE(negative);
  EXPECT_EQ(negative->low, -2);
  EXPECT_EQ(negative->high, 2);
}

TEST(ClosedWindow, is_not_known_without_one_space_between_sidebands) {
  EXPECT_FALSE(closed_window(config_of("mjj > 3300 && a < 2"), sidebands(3300, 3700)));  // another column
  EXPECT_FALSE(closed_window(config_of("mjj > 5000"), sidebands(5000, 9000)));           // no sideband above
  EXPECT_FALSE(closed_window(config_of("mjj > 3300 && mjj < 3700"), sidebands(1, 2)));   // events inside: several
  EXPECT_FALSE(closed_window(config_of("mjj > 8000 && mjj < 9000"), sidebands(1, 2)));   // beyond the masses
  EXPECT_FALSE(closed_window(config_of(""), sidebands(3300, 3700)));
  EXPECT_FALSE(closed_window(config_of("mjj > 3300 && mjj < 3700"), std::vector<float>{}));
}

}  // namespace
}  // namespace eddy::search
