#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <report/synthetic_output.hpp>

#include <eddy/stats/intervals.hpp>

#include <gtest/gtest.h>

#include <limits>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

const search::Finding& output() {
  static const search::Finding value = report_test::synthetic_output();
  return value;
}

TEST(ConradResult, WorkingPointsHoldWhatTheSearchFound) {
  const Json result = report_test::result_of(output());
  ASSERT_EQ(result["working_points"].size(), output().working_points.size());
  for (std::size_t i = 0; i < output().working_points.size(); ++i) {
    const search::WorkingPoint& point = output().working_points[i];
    const Json& json = result["working_points"][i];
    EXPECT_EQ(json["observed"], std::get<search::Abcd>(point.evidence).counts.a);
    EXPECT_EQ(json["predicted"], point.predicted);
    EXPECT_EQ(json["regions"]["D"], std::get<search::Abcd>(point.evidence).counts.d);
    EXPECT_EQ(json["threshold"].size(), point.thresholds.size());
    EXPECT_EQ(json["expected_upper_limit"]["median"], point.expected_limit[2]);
    EXPECT_EQ(json["true_background"], *point.true_background);
  }
}

TEST(ConradResult, RegionsAddUpToTheSelectedData) {
  const Json result = report_test::result_of(output());
  for (const Json& point : result["working_points"]) {
    const Json& r = point["regions"];
    EXPECT_EQ(r["A"].get<double>() + r["B"].get<double>() + r["C"].get<double>() + r["D"].get<double>(),
              static_cast<double>(output().data.size()));
  }
}

TEST(ConradResult, ObservedHasItsGarwoodInterval) {
  const Json result = report_test::result_of(output());
  for (const Json& point : result["working_points"]) {
    const stats::Interval interval = stats::garwood(point["observed"].get<double>());
    EXPECT_EQ(point["observed_interval"][0], interval.low);
    EXPECT_EQ(point["observed_interval"][1], interval.high);
  }
}

TEST(ConradResult, EqualOutputsGiveEqualBytes) {
  EXPECT_EQ(report_test::result_of(output()).dump(2), report_test::result_of(report_test::synthetic_output()).dump(2));
}

TEST(ConradResult, MethodComesFirstInTheEvaluation) {
  const Json evaluation = report_test::result_of(output())["evaluation"];
  ASSERT_EQ(evaluation.size(), output().evaluations.size());
  EXPECT_EQ(evaluation[0]["name"], "CONRAD");
  for (const Json& point : evaluation[0]["sic"]["curve"]) {
    EXPECT_GE(point["n_background"].get<std::size_t>(), classify::kMinBackgroundForSic);
  }
}

TEST(ConradResult, SicBelowTheCutOffIsNull) {
  search::Finding changed = output();
  changed.evaluations[0].sic.at_1e3 = 0;
  EXPECT_TRUE(report_test::result_of(changed)["evaluation"][0]["sic"]["at_1e-3"].is_null());
}

TEST(ConradResult, WithoutLabelsNothingThatNeedsThem) {
  const Json result = report_test::result_of(report_test::synthetic_output({.n_injected = 0, .with_labels = false}));
  EXPECT_FALSE(result.contains("evaluation"));
  EXPECT_FALSE(result["working_points"][0].contains("true_background"));
  EXPECT_FALSE(result["setup"].contains("injected_s_over_sqrt_b"));
}

TEST(ConradResult, WhatIsNotFiniteIsNullAndNotZero) {
  search::Finding changed = output();
  changed.working_points[0].z = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(report_test::result_of(changed)["working_points"][0]["z"].is_null());
}

}  // namespace
}  // namespace eddy::report
