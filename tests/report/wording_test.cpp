#include <eddy/base/json.hpp>
#include <eddy/report/wording.hpp>
#include <report/synthetic_output.hpp>

#include <eddy/report/result.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A result whose second working point has this significance.
Json result_with(double z, double p) {
  static const Json result = report_test::result_of(report_test::synthetic_output());
  Json changed = result;
  changed["working_points"][0]["z"] = -1.0;
  Json& point = changed["working_points"][1];
  report_test::set_point(point, z, p);
  point["fit"]["p_value_extrapolated"] = false;
  return changed;
}

TEST(Wording, SaysWhatWasSearched) {
  const std::string text = report_test::word(result_with(0.4, 0.34)).searched;
  EXPECT_THAT(text, HasSubstr("20,150 data events"));
  EXPECT_THAT(text, HasSubstr("signal region met > 1000 GeV"));
  EXPECT_THAT(text, HasSubstr("m_j1, tau21 and tau32"));
  EXPECT_THAT(text, HasSubstr("CONRAD (classifiers in x′ against control-region data)"));
  EXPECT_THAT(text, HasSubstr("template of 30,000 events"));
}

TEST(Wording, SaysWhatWasFound) {
  EXPECT_EQ(
      report_test::word(result_with(2.13, 0.0166)).found,
      "At the 1 % working point, the more significant of two, it observed 123 events where 100 ± 6 are expected: an "
      "excess of Z = 2.1, local p = 0.017; more than 45 signal events there are excluded at 95 % confidence level "
      "(expected 8.2). Uncalibrated: how often a search without signal claims as much was not measured.");
}

TEST(Wording, LevelsFollowTheSignificance) {
  EXPECT_EQ(report_test::word(result_with(-0.5, 0.69)).level, "none");
  EXPECT_EQ(report_test::word(result_with(1.99, 0.023)).level, "none");
  EXPECT_EQ(report_test::word(result_with(2.0, 0.022)).level, "mild");
  EXPECT_EQ(report_test::word(result_with(3.0, 0.0013)).level, "excess");
  EXPECT_THAT(report_test::word(result_with(3.0, 0.0013)).verdict, HasSubstr("Evidence"));
  EXPECT_THAT(report_test::word(result_with(5.2, 1e-7)).verdict, HasSubstr("beyond 5 σ"));
}

TEST(Wording, ADeficitIsNoExcess) {
  EXPECT_THAT(report_test::word(result_with(-0.54, 0.7)).found, HasSubstr("no excess (Z = −0.5)"));
  EXPECT_THAT(report_test::word(result_with(1.2, 0.12)).found, HasSubstr("no significant excess (Z = 1.2)"));
}

TEST(Wording, AnExtrapolatedPValueIsApproximate) {
  Json result = result_with(4.2, 1.3e-5);
  result["working_points"][1]["fit"]["p_value_extrapolated"] = true;
  EXPECT_THAT(report_test::word(result).found, HasSubstr("local p ≈ 1.3 × 10⁻⁵"));
}

TEST(Wording, AFailedGateOverridesEverything) {
  Json result = result_with(6, 1e-9);
  result["gate"]["passed"] = false;
  const Wording wording = report_test::word(result);
  EXPECT_EQ(wording.level, "invalid");
  EXPECT_THAT(wording.verdict, HasSubstr("Not valid"));
  EXPECT_THAT(wording.verdict, Not(HasSubstr("Excess")));
  EXPECT_THAT(wording.found, HasSubstr("must not be quoted"));
}

TEST(Wording, APointWithoutZIsNeverTheMostSignificant) {
  Json result = result_with(1.2, 0.12);
  result["working_points"][0]["z"] = nullptr;  // nothing seen, nothing expected
  EXPECT_THAT(report_test::word(result).found, HasSubstr("At the 1 % working point, the more significant of two"));
}

TEST(Wording, WhereNoPointHasAZThereIsNothingToTest) {
  Json result = result_with(1.2, 1);
  for (Json& point : result["working_points"]) {
    point["z"] = nullptr;
  }
  const Wording wording = report_test::word(result);
  EXPECT_EQ(wording.verdict, "Nothing to test");
  EXPECT_EQ(wording.level, "none");
  EXPECT_THAT(wording.found, HasSubstr("no excess, and no Z"));
}

TEST(Wording, WithoutWorkingPoints) {
  Json result = result_with(1, 0.2);
  result["working_points"] = Json::array();
  EXPECT_THAT(report_test::word(result).found, HasSubstr("No working point"));
}

}  // namespace
}  // namespace eddy::report
