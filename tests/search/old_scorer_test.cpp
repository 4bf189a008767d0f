#include <eddy/base/json.hpp>
#include <eddy/search/old_scorer.hpp>

#include <gtest/gtest.h>

namespace eddy::search {
namespace {

using base::Json;

TEST(UpgradedScorer, of_folds_of_classifiers_has_one_detector_in_each) {
  const Json old = {{"space", "z"},
                    {"fixed_context", 2.5},
                    {"flows", {"flow 0", "flow 1"}},
                    {"folds", {{{"classifiers", {"a", "b", "c"}}, {"calibration", "k"}}}}};
  const Json now = upgraded_scorer(old);
  EXPECT_EQ(now.at("flows"), old.at("flows"));
  const Json& fold = now.at("folds").at(0);
  EXPECT_EQ(fold.at("calibration"), "k");
  ASSERT_EQ(fold.at("detectors").size(), 1U);
  const Json& detector = fold.at("detectors").at(0);
  EXPECT_EQ(detector.at("classifiers"), Json({"a", "b", "c"}));
  EXPECT_EQ(detector.at("flows"), Json({0, 1}));
  EXPECT_EQ(detector.at("fixed_context"), 2.5);
  EXPECT_EQ(upgraded_scorer(now), now);
}

TEST(UpgradedScorer, of_detectors_with_flows_collects_them) {
  const Json old = {{"detector_folds",
                     {{{"detectors", {{{"background", "b"}, {"data", "d"}}, {{"space", "x"}}}}, {"calibration", "k"}},
                      {{"detectors", {{{"background", "e"}}}}, {"calibration", "l"}}}}};
  const Json now = upgraded_scorer(old);
  EXPECT_EQ(now.at("flows"), Json({"b", "d", "e"}));
  const Json& first = now.at("folds").at(0).at("detectors");
  EXPECT_EQ(first.at(0), Json({{"flows", {0}}, {"data", 1}}));
  EXPECT_EQ(first.at(1), Json({{"flows", Json::array()}, {"space", "x"}}));
  EXPECT_EQ(now.at("folds").at(1).at("detectors").at(0).at("flows"), Json::array({2}));
  EXPECT_FALSE(now.contains("detector_folds"));
}

TEST(UpgradedScorer, of_this_version_is_the_same) {
  const Json now = {{"flows", {"f"}}, {"folds", {{{"detectors", Json::array()}}}}};
  EXPECT_EQ(upgraded_scorer(now), now);
}

}  // namespace
}  // namespace eddy::search
