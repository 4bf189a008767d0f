#include <report/synthetic_extrapolation.hpp>

#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/wording.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A result whose second working point has this significance, by both estimates of the background, and whose
/// background closes in both regions.
Json result_with(double z, double p, double z_abcd) {
  static const Json result = report_test::result_of(report_test::synthetic_extrapolation());
  Json changed = result;
  changed["working_points"][0]["z"] = -1.0;
  changed["closure_tests"][3]["auc"] = {0.5, 0.5};
  Json& point = changed["working_points"][1];
  report_test::set_point(point, z, p);
  point["true_background"] = 113;
  point["true_signal"] = 10;
  point["abcd"]["z"] = z_abcd;
  point["abcd"]["predicted"] = 90.1;
  point["abcd"]["predicted_error"] = 4.2;
  return changed;
}

Json blind() {
  static const Json result = report_test::result_of(report_test::synthetic_extrapolation({.stage = "cr"}));
  return result;
}

/// AUCs of method, simulation and idealized in the control region, two runs each.
Json blind_with(const std::vector<double>& method, const std::vector<double>& simulation,
                const std::vector<double>& idealized) {
  Json result = blind();
  result["closure_tests"][0]["auc"] = method;
  result["closure_tests"][1]["auc"] = simulation;
  result["closure_tests"][2]["auc"] = idealized;
  return result;
}

TEST(ExtrapolationWording, SaysWhatWasSearched) {
  const Json result = result_with(0.4, 0.34, 0.5);
  const std::string text = report_test::word(result).searched;
  EXPECT_THAT(text,
              HasSubstr("of the signal region ht > 600 && met > 75 for an anomaly in mjj and tau21, with Morph (2 "
                        "background models trained on "));
  EXPECT_THAT(text, HasSubstr("simulated events, conditional on ht and met)"));
}

TEST(ExtrapolationWording, SaysWhatWasFound) {
  EXPECT_EQ(
      report_test::word(result_with(2.13, 0.0166, 1.9)).found,
      "With the cut that 1 % of the background passes, the most significant of 2 working points, it observed 123 "
      "events where 100 ± 6 are predicted: an excess of Z = 2.1, local p = 0.017; more than 45 signal events there "
      "are excluded at 95 % confidence level (expected 8.2). ABCD, the other estimate of the background, agrees "
      "(local Z = 1.9). According to the labels, 113 of them are background, 1.0 standard deviations above the "
      "prediction, and 10 signal. Uncalibrated: how often a search without signal claims as much was not measured.");
}

TEST(ExtrapolationWording, ComparesEstimatesBeforeTheCorrectionThatOneOfThemHas) {
  Json result = result_with(2.13, 0.0166, 1.9);
  for (Json& point : result["working_points"]) {
    point["raw"] = {{"predicted", 90}, {"predicted_error", 5}, {"p_value", 0.002}, {"z", 2.9}};
  }
  EXPECT_THAT(report_test::word(result).found,
              HasSubstr("agrees (local Z = 1.9, 2.9 here before the correction, which ABCD has not)"));
}

TEST(ExtrapolationWording, VerdictsNameTheLocalZ) {
  EXPECT_EQ(report_test::word(result_with(2.13, 0.0166, 1.9)).verdict, "Mild excess (local Z = 2.1, uncalibrated)");
  EXPECT_EQ(report_test::word(result_with(5.4, 3e-8, 5)).verdict, "Excess beyond 5 σ (local Z = 5.4, uncalibrated)");
  EXPECT_EQ(report_test::word(result_with(1.2, 0.12, 1)).level, "none");
}

TEST(ExtrapolationWording, DisagreementWithAbcdIsSaid) {
  EXPECT_THAT(report_test::word(result_with(2.13, 0.0166, 3.2)).found,
              HasSubstr("disagrees: it expects 90 ± 4 there, local Z = 3.2. Understand why before quoting either."));
  EXPECT_THAT(report_test::word(result_with(2.13, 0.0166, 3.1)).found, HasSubstr("agrees (local Z = 3.1)"));
}

TEST(ExtrapolationWording, WithoutLabelsNothingIsSaidOfThem) {
  Json result = result_with(1, 0.2, 1);
  result["working_points"][1].erase("true_background");
  EXPECT_THAT(report_test::word(result).found, Not(HasSubstr("labels")));
}

TEST(ExtrapolationWording, ABlindSearchSaysNothingOfAnExcess) {
  const Wording wording = report_test::word(blind());
  EXPECT_EQ(wording.verdict, "Blind: the background closes in the control region");
  EXPECT_EQ(wording.level, "none");
  EXPECT_THAT(wording.searched, HasSubstr("eddy prepared a search"));
  EXPECT_THAT(wording.found, HasSubstr("The signal region is closed: nothing is said about an excess."));
  EXPECT_THAT(wording.found, HasSubstr("(mean and spread of 10 runs; simulation as it is "));
  EXPECT_THAT(wording.verdict + wording.found, Not(HasSubstr("Z =")));
}

TEST(ExtrapolationWording, ClosureIsJudgedBySimulationAndIdealized) {
  const std::vector<double> idealized = {0.495, 0.505};  // 0.5 +- 0.007
  EXPECT_THAT(report_test::word(blind_with({0.5, 0.51}, {0.55, 0.56}, idealized)).found,
              HasSubstr("which the simulation is not"));
  const Wording part = report_test::word(blind_with({0.52, 0.53}, {0.55, 0.56}, idealized));
  EXPECT_EQ(part.level, "mild");
  EXPECT_EQ(part.verdict, "Blind: the background closes only in part");
  const Wording fails = report_test::word(blind_with({0.57, 0.58}, {0.55, 0.56}, idealized));
  EXPECT_EQ(fails.level, "invalid");
  EXPECT_EQ(fails.verdict, "Blind: the background does not close");
  EXPECT_THAT(fails.found, HasSubstr("do not trust the extrapolation"));
}

TEST(ExtrapolationWording, ATestThatCannotSeeTheSimulationSaysSo) {
  EXPECT_THAT(report_test::word(blind_with({0.5, 0.5}, {0.504, 0.506}, {0.49, 0.51})).found,
              HasSubstr("but so is the simulation, so there are too few events"));
}

TEST(ExtrapolationWording, AnOpenedSearchThatDoesNotCloseIsWarnedOf) {
  Json result = result_with(3.2, 7e-4, 3);
  result["closure_tests"][0]["auc"] = {0.53, 0.53};
  EXPECT_EQ(report_test::word(result).level, "excess");
  EXPECT_THAT(report_test::word(result).found, HasSubstr("better than the simulation, but not as good as truth"));
}

TEST(ExtrapolationWording, LabelsJudgeTheExtrapolation) {
  Json result = result_with(3.2, 7e-4, 3);
  result["closure_tests"][3]["auc"] = {0.52, 0.52};
  EXPECT_THAT(report_test::word(result).found,
              HasSubstr("In the signal region, according to the labels, classifiers tell"));
  result["closure_tests"][3]["auc"] = {0.58, 0.58};
  EXPECT_THAT(report_test::word(result).found,
              HasSubstr("no better than the simulation as it is; do not trust the extrapolation"));
  result["closure_tests"][3]["auc"] = {0.5, 0.5};
  EXPECT_THAT(report_test::word(result).found, Not(HasSubstr("In the signal region")));
}

TEST(ExtrapolationWording, WhereNothingIsSeenThereIsNothingToTest) {
  Json result = result_with(1, 1, 1);
  for (Json& point : result["working_points"]) {
    point["z"] = nullptr;
  }
  const Wording wording = report_test::word(result);
  EXPECT_EQ(wording.verdict, "Nothing to test");
  EXPECT_THAT(wording.found, HasSubstr("nothing to test and no significance"));
}

TEST(ExtrapolationWording, AbcdMayHaveNoZ) {
  Json result = result_with(1.2, 0.12, 1);
  result["working_points"][1]["abcd"]["z"] = nullptr;
  EXPECT_THAT(report_test::word(result).found,
              HasSubstr("ABCD, the other estimate of the background, gives no Z there."));
}

TEST(ExtrapolationWording, WithoutTestsOrWorkingPoints) {
  Json untested = blind();
  untested["closure_tests"] = Json::array();
  EXPECT_EQ(report_test::word(untested).verdict, "Blind: closure not tested");
  Json result = result_with(1, 0.2, 1);
  result["working_points"] = Json::array();
  EXPECT_EQ(report_test::word(result).verdict, "No working point");
}

}  // namespace
}  // namespace eddy::report
