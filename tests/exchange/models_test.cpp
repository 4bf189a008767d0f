#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/models.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace eddy::exchange {
namespace {

using base::Json;
using testing::HasSubstr;

Json count_point() {
  return {{"efficiency", 0.1},
          {"observed", 25.0},
          {"predicted", 20.0},
          {"predicted_error", 5.0},
          {"prediction",
           {{"statistical_error", 3.0}, {"model_error", 4.0}, {"closure_error", 0.0}, {"extrapolation_error", 0.0}}},
          {"p_value", 0.2},
          {"z", 0.84},
          {"upper_limit", 18.0},
          {"expected_upper_limit", {{"median", 14.0}}}};
}

void expect_refused(const std::function<void()>& action, const char* words) {
  try {
    action();
    FAIL() << "it was taken";
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr(words));
  }
}

TEST(CountModel, SourcesOfTheErrorAreOneNuisanceTogetherWhereTheyReachZero) {
  const StatisticalModel model = count_model(count_point(), "cut");
  ASSERT_EQ(model.channels[0].samples[1].shifts.size(), 1U);  // 5 (3 + 4) > 20
  EXPECT_EQ(model.channels[0].samples[1].shifts[0].events[0], 5);
  EXPECT_GT(20 + 5 * model.free[0].low, 0);
  Json small = count_point();
  small["predicted"] = 200.0;
  EXPECT_EQ(count_model(small, "cut").channels[0].samples[1].shifts.size(), 2U);
}

TEST(CountModel, PartsThatDoNotMakeTheErrorAreRefused) {
  Json point = count_point();
  point["prediction"]["model_error"] = 1.0;
  expect_refused([&] { static_cast<void>(count_model(point, "cut_0.1")); },
                 "'predicted_error' of cut_0.1 is 5 but its parts make 3.16");
}

TEST(Models, ARunWithoutNumbersHasNone) {
  Json point = count_point();
  point["z"] = nullptr;
  point["abcd"] = Json::object();
  const Json result = {{"evidence", "template_count"}, {"working_points", {point}}};
  expect_refused([&] { static_cast<void>(models_of(result)); }, "no working point of this run has a fit");
  expect_refused([&] { static_cast<void>(models_of(result, {.spurious_signal = 3})); },
                 "--spurious-signal is of bump hunts, and this search has evidence of the kind 'template_count'");
}

TEST(Models, ASpectrumWithoutItsModelIsOfAnotherVersion) {
  const Json result = {
      {"eddy", "0.0.9"}, {"evidence", "bump"}, {"working_points", {{{"efficiency", 1.0}, {"fit", Json::object()}}}}};
  expect_refused([&] { static_cast<void>(models_of(result)); }, "result.json was written by eddy 0.0.9");
}

TEST(SignalUnit, IsARoundNumberNearby) {
  EXPECT_EQ(signal_unit(0.9), 1);
  EXPECT_EQ(signal_unit(3), 2);
  EXPECT_EQ(signal_unit(61), 50);
  EXPECT_EQ(signal_unit(0), 1);
}

}  // namespace
}  // namespace eddy::exchange
