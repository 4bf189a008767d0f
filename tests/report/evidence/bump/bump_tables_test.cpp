#include <report/synthetic_resonant.hpp>

#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/bump_tables.hpp>
#include <eddy/report/result.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

using testing::HasSubstr;
using testing::Not;

const search::Finding& output() {
  static const search::Finding value = report_test::synthetic_resonant();
  return value;
}

std::string page_of(const Json& result) { return report_test::rendered(result, output()); }

TEST(ResonantPage, HasItsOwnFindingsInTheCommonPage) {
  const std::string page = page_of(report_test::result_of(output()));
  EXPECT_THAT(page, HasSubstr("global Z: region / range"));
  EXPECT_THAT(page, HasSubstr("Shapes, fits and thresholds"));
  EXPECT_THAT(page, HasSubstr("Quality of the flow: passed."));
  EXPECT_THAT(page, Not(HasSubstr("figure of merit of the CONRAD paper")));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST(ResonantPage, WithoutAFlowNothingIsSaidOfIt) {
  Json result = report_test::result_of(output());
  result["gate"] = nullptr;
  EXPECT_THAT(page_of(result), Not(HasSubstr("Quality of the flow")));
}

TEST(HuntTable, RoundsAndCarriesErrors) {
  Json result = report_test::result_of(output());
  Json& point = result["working_points"][1];
  point["observed"] = 10;
  point["observed_interval"] = {6.891424, 14.266950};
  point["predicted"] = 8.827;
  point["predicted_error"] = 0.367;
  point["fit"]["signal"]["strength"] = 4.21;
  point["fit"]["signal"]["strength_error"] = 2.34;
  const std::string table = hunt_table(result);
  EXPECT_THAT(table, HasSubstr("10 <span class=\"interval\"><span>+4</span><span>−3</span></span>"));
  EXPECT_THAT(table, HasSubstr("8.8 ± 0.4"));
  EXPECT_THAT(table, HasSubstr("4.2 ± 2.3"));
}

TEST(HuntTable, MarksAPoorFit) {
  Json result = report_test::result_of(output());
  EXPECT_THAT(hunt_table(result), Not(HasSubstr("poor")));
  result["working_points"][0]["fit"]["goodness_of_fit"] = 0.003;
  result = report_test::judged_again(result);
  EXPECT_THAT(hunt_table(result), HasSubstr("<strong class=\"poor\">poor: 0.003</strong>"));
}

TEST(HuntTable, AnUndeterminedPredictionIsADash) {
  Json result = report_test::result_of(output());
  result["working_points"][2]["predicted_error"] = 1e9;
  result["working_points"][2]["predicted"] = 1e8;
  result = report_test::judged_again(result);
  EXPECT_THAT(hunt_table(result), Not(HasSubstr("100,000,000")));
}

TEST(HuntTable, AFailedFitIsDashesAndASentence) {
  search::Finding failed = output();
  report_test::fail_fits(failed.working_points[2]);
  std::get<search::BumpHunt>(failed.working_points[2].evidence).failures = {"a < b did not converge"};
  Json result = report_test::result_of(failed);
  EXPECT_THAT(hunt_table(result), HasSubstr("<td>–</td>"));
  EXPECT_THAT(failure_list(result), HasSubstr("<li>3 %: a &lt; b did not converge</li>"));
  result["warnings"].push_back("at efficiency 0.03: a < b did not converge");
  EXPECT_EQ(failure_list(result), "") << "said once";
  EXPECT_EQ(failure_list(report_test::result_of(output())), "");
}

TEST(HuntTable, WithoutSidebandsASentence) {
  Json result = report_test::result_of(output());
  result["working_points"] = Json::array();
  result = report_test::judged_again(result);
  EXPECT_THAT(hunt_table(result), HasSubstr("no sidebands"));
  EXPECT_THAT(page_of(result), HasSubstr("Benchmark only"));
}

TEST(FitTable, ShowsTheChoiceOfTheOrder) {
  const std::string table = fit_table(report_test::result_of(output()));
  EXPECT_THAT(table, HasSubstr("dijet function with 3 parameters"));
  EXPECT_THAT(table, HasSubstr("F-test p ="));
}

TEST(SculptingTable, TakesTheNearestEfficiency) {
  Json result = report_test::result_of(output());
  result["sculpting"]["curves"] = {{{"name", "LaCATHODE"},
                                    {"points",
                                     {{{"efficiency", 0.0105}, {"median", 1.03}, {"low", 0.9}, {"high", 1.2}},
                                      {{"efficiency", 0.2}, {"median", 7}, {"low", 6}, {"high", 8}}}}}};
  result["sculpting"]["random_subsets"] = Json::array();
  const std::string table = sculpting_table(result);
  EXPECT_THAT(table, HasSubstr("1.03 <span class=\"muted\">[0.90, 1.20]</span>"));
  EXPECT_THAT(table, Not(HasSubstr("7.00")));  // 0.2 is not 0.1
  result["sculpting"] = nullptr;
  EXPECT_EQ(sculpting_table(result), "");
}

}  // namespace
}  // namespace eddy::report
