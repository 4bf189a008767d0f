#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/events/scaler.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <vector>

namespace eddy::events {
namespace {

TEST(Scaler, weights_of_one_change_no_bit_and_whole_ones_stand_for_copies) {
  const std::vector<float> once = {1, 2, 4, 8};
  const std::vector<float> repeated = {1, 2, 2, 4, 8, 8, 8};
  const std::vector<float> ones(once.size(), 1.0F);
  const std::vector<float> weights = {1, 2, 1, 3};
  for (const ScalerKind kind : {ScalerKind::kStandard, ScalerKind::kLog, ScalerKind::kLogit}) {
    EXPECT_EQ(FeatureScaler::fit(kind, "x", once, ones).to_json(), FeatureScaler::fit(kind, "x", once).to_json());
    const FeatureScaler weighted = FeatureScaler::fit(kind, "x", once, weights);
    const FeatureScaler copied = FeatureScaler::fit(kind, "x", repeated);
    for (const float x : once) {
      EXPECT_NEAR(weighted.forward(x), copied.forward(x), 1e-6F) << to_string(kind);
    }
  }
  const std::vector<float> one_event = {0, 0, 1, 0};
  test::expect_throws_with<base::InputError>(
      [&] { (void)FeatureScaler::fit(ScalerKind::kStandard, "x", once, one_event); },
      "no spread among the events that have a weight");
}

}  // namespace
}  // namespace eddy::events
