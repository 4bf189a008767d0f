#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <report/synthetic_extrapolation.hpp>

#include <gtest/gtest.h>

#include <limits>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

const search::Finding& output() {
  static const search::Finding value = report_test::synthetic_extrapolation();
  return value;
}

TEST(ExtrapolationResult, WorkingPointsHoldPredictionAndAlternative) {
  const Json result = report_test::result_of(output());
  ASSERT_EQ(result["working_points"].size(), output().working_points.size());
  for (std::size_t i = 0; i < output().working_points.size(); ++i) {
    const search::WorkingPoint& point = output().working_points[i];
    const Json& json = result["working_points"][i];
    EXPECT_EQ(json["observed"], point.observed);
    EXPECT_EQ(json["predicted"], point.predicted);
    EXPECT_EQ(json["predicted_error"], point.predicted_error);
    EXPECT_EQ(json["prediction"]["closure_error"],
              std::get<search::TemplateCount>(point.evidence).prediction.closure_error);
    EXPECT_EQ(json["p_value"], point.p_value);
    EXPECT_EQ(json["z"], point.z);
    EXPECT_EQ(json["expected_upper_limit"]["median"], point.expected_limit[2]);
    EXPECT_EQ(json["abcd"]["z"], std::get<search::TemplateCount>(point.evidence).abcd.fit.z);
    EXPECT_EQ(json["abcd"]["regions"]["C"], std::get<search::TemplateCount>(point.evidence).abcd.counts.c);
    EXPECT_EQ(json["true_signal"], *point.true_signal);
  }
}

TEST(ExtrapolationResult, HoldsWeightsAndClosureTests) {
  const Json result = report_test::result_of(output());
  ASSERT_EQ(result["closure_tests"].size(), output().closure_tests.size());
  EXPECT_EQ(result["closure_tests"][4]["name"], "simulation");
  EXPECT_EQ(result["closure_tests"][4]["auc"][7], output().closure_tests[4].auc[7]);
  EXPECT_EQ(result["closure_tests"][0]["sic_band"][2]["median"], output().closure_tests[0].sic[2].median);
  EXPECT_EQ(result["weights"][1]["effective"], output().weights[1].effective);
  EXPECT_EQ(result["setup"]["contexts"].size(), 2U);
}

TEST(ExtrapolationResult, ABlindSearchHasNothingOfTheSignalRegion) {
  const Json result = report_test::result_of(report_test::synthetic_extrapolation({.stage = "cr"}));
  EXPECT_EQ(result["setup"]["stage"], "cr");
  EXPECT_TRUE(result["working_points"].empty());
  EXPECT_TRUE(result["closure"].empty());
  EXPECT_FALSE(result.contains("evaluation"));
  ASSERT_FALSE(result["closure_tests"].empty());
  for (const Json& test : result["closure_tests"]) {
    EXPECT_EQ(test["region"], "control region");
  }
}

TEST(ExtrapolationResult, WhatIsNotFiniteIsNull) {
  search::Finding changed = output();
  changed.working_points[0].upper_limit = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(report_test::result_of(changed)["working_points"][0]["upper_limit"].is_null());
}

TEST(ExtrapolationResult, EqualOutputsGiveEqualBytes) {
  EXPECT_EQ(report_test::result_of(output()).dump(2),
            report_test::result_of(report_test::synthetic_extrapolation()).dump(2));
}

}  // namespace
}  // namespace eddy::report
