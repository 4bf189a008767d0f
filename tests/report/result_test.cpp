#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <report/synthetic_output.hpp>

#include <eddy/stats/intervals.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace eddy::report {
namespace {

const search::ConradOutput& output() {
  static const search::ConradOutput value = report_test::synthetic_output();
  return value;
}

TEST(ConradResult, WorkingPointsHoldWhatTheSearchFound) {
  const Json result = conrad_result(output());
  ASSERT_EQ(result["working_points"].size(), output().working_points.size());
  for (std::size_t i = 0; i < output().working_points.size(); ++i) {
    const search::WorkingPoint& point = output().working_points[i];
    const Json& json = result["working_points"][i];
    EXPECT_EQ(json["observed"], point.counts.a);
    EXPECT_EQ(json["predicted"], point.prediction.predicted);
    EXPECT_EQ(json["regions"]["D"], point.counts.d);
    EXPECT_EQ(json["threshold"].size(), point.thresholds.size());
    EXPECT_EQ(json["expected_upper_limit"]["median"], point.fit.expected_limit[2]);
    EXPECT_EQ(json["true_background"], *point.true_background);
  }
}

TEST(ConradResult, RegionsAddUpToTheSelectedData) {
  for (const Json& point : conrad_result(output())["working_points"]) {
    const Json& r = point["regions"];
    EXPECT_EQ(r["A"].get<double>() + r["B"].get<double>() + r["C"].get<double>() + r["D"].get<double>(),
              static_cast<double>(output().data.size()));
  }
}

TEST(ConradResult, ObservedHasItsGarwoodInterval) {
  for (const Json& point : conrad_result(output())["working_points"]) {
    const stats::Interval interval = stats::garwood(point["observed"].get<double>());
    EXPECT_EQ(point["observed_interval"][0], interval.low);
    EXPECT_EQ(point["observed_interval"][1], interval.high);
  }
}

TEST(ConradResult, EqualOutputsGiveEqualBytes) {
  EXPECT_EQ(conrad_result(output()).dump(2), conrad_result(report_test::synthetic_output()).dump(2));
}

TEST(ConradResult, MethodComesFirstInTheEvaluation) {
  const Json evaluation = conrad_result(output())["evaluation"];
  ASSERT_EQ(evaluation.size(), output().evaluations.size());
  EXPECT_EQ(evaluation[0]["name"], "CONRAD");
  for (const Json& point : evaluation[0]["sic"]["curve"]) {
    EXPECT_GE(point["n_background"].get<std::size_t>(), classify::kMinBackgroundForSic);
  }
}

TEST(ConradResult, SicBelowTheCutOffIsNull) {
  search::ConradOutput changed = output();
  changed.evaluations[0].sic.at_1e3 = 0;
  EXPECT_TRUE(conrad_result(changed)["evaluation"][0]["sic"]["at_1e-3"].is_null());
}

TEST(ConradResult, WithoutLabelsNothingThatNeedsThem) {
  const Json result = conrad_result(report_test::synthetic_output({.n_injected = 0, .with_labels = false}));
  EXPECT_FALSE(result.contains("evaluation"));
  EXPECT_FALSE(result["working_points"][0].contains("true_background"));
  EXPECT_FALSE(result["setup"].contains("injected_s_over_sqrt_b"));
}

TEST(ConradResult, WhatIsNotFiniteIsNullAndNotZero) {
  search::ConradOutput changed = output();
  changed.working_points[0].fit.z = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(conrad_result(changed)["working_points"][0]["z"].is_null());
}

}  // namespace
}  // namespace eddy::report
