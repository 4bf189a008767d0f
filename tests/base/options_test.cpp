#include <eddy/base/json.hpp>
#include <eddy/base/options.hpp>
#include <eddy/base/options_json.hpp>

#include <gtest/gtest.h>

namespace eddy::base {

struct ExampleSettings {
  bool enabled = true;
  std::int64_t layers = 4;
  double learning_rate = 1e-4;
  std::string space = "z";
  std::vector<double> efficiency = {0.01, 0.001};
  std::vector<std::string> context = {"met"};
};

void describe(ExampleSettings& settings, OptionVisitor& visitor) {
  visitor.visit({"enabled", "use it"}, settings.enabled);
  visitor.visit({"layers", "number of layers", 1, 64}, settings.layers);
  visitor.visit({"learning_rate", "initial rate of Adam", 0, 1}, settings.learning_rate);
  visitor.visit({.key = "space", .meaning = "where the classifier works", .choices = {"z", "x_prime"}}, settings.space);
  visitor.visit({"efficiency", "working points", 0, 1}, settings.efficiency);
  visitor.visit({"context", "columns"}, settings.context);
}

namespace {

const std::vector<std::string> kKeys = {"epochs", "learning_rate", "batch", "layers", "k"};

TEST(SettingsToJson, HoldsEveryOptionWithItsType) {
  EXPECT_EQ(settings_to_json(ExampleSettings{}), Json::parse(R"({"enabled": true, "layers": 4, "learning_rate": 1e-4,
      "space": "z", "efficiency": [0.01, 0.001], "context": ["met"]})"));
}

TEST(SettingsToJson, ChangesWithEachSetting) {
  ExampleSettings changed;
  changed.layers = 5;
  EXPECT_NE(settings_to_json(changed), settings_to_json(ExampleSettings{}));
}

TEST(NearestName, FindsMisspellings) {
  EXPECT_EQ(nearest_name("epoch", kKeys), "epochs");
  EXPECT_EQ(nearest_name("learningrate", kKeys), "learning_rate");
  EXPECT_EQ(nearest_name("lerning_rat", kKeys), "learning_rate");
  EXPECT_EQ(nearest_name("btach", kKeys), "batch");
  EXPECT_EQ(nearest_name("layers", kKeys), "layers");
}

TEST(NearestName, SuggestsNothingFarAway) {
  EXPECT_EQ(nearest_name("temperature", kKeys), "");
  EXPECT_EQ(nearest_name("epochs", {}), "");
}

TEST(NearestName, SuggestsNothingThatSharesNoLetter) {
  EXPECT_EQ(nearest_name("x", kKeys), "");
  EXPECT_EQ(nearest_name("xy", kKeys), "");
  EXPECT_EQ(nearest_name("", kKeys), "");
}

TEST(NearestName, TakesTheFirstOfEquallyNearOnes) { EXPECT_EQ(nearest_name("tau2", {"tau21", "tau23"}), "tau21"); }

}  // namespace
}  // namespace eddy::base
