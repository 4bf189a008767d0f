#include "check_throws.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/vae/settings.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace eddy::vae {
namespace {

TEST(VaeSettings, default_to_the_network_of_the_paper) {
  const NetworkShape shape = network_shape({}, 12);
  EXPECT_EQ(shape.n_features, 12U);
  EXPECT_THAT(shape.hidden, testing::ElementsAre(50, 30, 20));
  EXPECT_EQ(shape.n_latent, 4U);
  EXPECT_EQ(shape.n_flow_layers, 10U);
  EXPECT_EQ(shape.reconstruction, Reconstruction::kSquaredError);
}

TEST(VaeSettings, each_option_is_declared) {
  const base::Json json = base::settings_to_json(VaeSettings{});
  for (const char* key : {"hidden", "latent", "flow_layers", "flow_hidden", "reconstruction", "divergence", "beta",
                          "validation_fraction", "epochs", "batch_size", "learning_rate"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
}

TEST(VaeSettings, widths_are_whole_numbers) {
  for (const double width : {2.5, 0.0, -3.0, 1e6, std::numeric_limits<double>::quiet_NaN()}) {
    VaeSettings settings;
    settings.hidden = {50, width};
    test::expect_throws_with<base::InputError>([&] { (void)network_shape(settings, 12); },
                                               fmt::format("width {}", width), "whole numbers");
  }
}

TEST(VaeSettings, unknown_choices_are_refused) {
  VaeSettings settings;
  settings.divergence = "middle";
  test::expect_throws_with<base::InputError>([&] { (void)network_shape(settings, 12); }, "'middle'", "use final");
}

}  // namespace
}  // namespace eddy::vae
