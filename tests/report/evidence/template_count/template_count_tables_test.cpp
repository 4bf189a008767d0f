#include <report/synthetic_extrapolation.hpp>

#include <eddy/base/json.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/evidence/template_count/template_count_tables.hpp>
#include <eddy/report/html.hpp>
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
  static const search::Finding value = report_test::synthetic_extrapolation();
  return value;
}

const search::Finding& blind() {
  static const search::Finding value = report_test::synthetic_extrapolation({.stage = "cr"});
  return value;
}

std::string page_of(const search::Finding& of) { return report_test::rendered(report_test::result_of(of), of); }

TEST(ExtrapolationPage, AnOpenSearchSaysThatItWasNeverBlinded) {
  const std::string page = page_of(output());
  EXPECT_THAT(page, HasSubstr("This search was never blinded"));
  EXPECT_THAT(page, HasSubstr("Where the error of the prediction comes from"));
  EXPECT_THAT(page, HasSubstr("Can a classifier tell constructed from true background?"));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST(ExtrapolationPage, ABlindSearchHasNoWorkingPoints) {
  const std::string page = page_of(blind());
  EXPECT_THAT(page, HasSubstr("The signal region is closed."));
  EXPECT_THAT(page, HasSubstr("<code>eddy unblind</code>"));
  EXPECT_THAT(page, Not(HasSubstr("<h2>Working points</h2>")));
  EXPECT_THAT(page, Not(HasSubstr("never blinded")));
}

TEST(TemplateWorkingPointTable, RoundsAndCarriesErrors) {
  Json result = report_test::result_of(output());
  Json& point = result["working_points"][0];
  point["observed"] = 10;
  point["observed_interval"] = {6.891424, 14.266950};
  point["predicted"] = 8.827;
  point["predicted_error"] = 0.367;
  point["true_background"] = 9;
  point["true_signal"] = 1;
  const std::string table = template_working_point_table(result);
  EXPECT_THAT(table, HasSubstr("10 <span class=\"interval\"><span>+4</span><span>−3</span></span>"));
  EXPECT_THAT(table, HasSubstr("8.8 ± 0.4"));
  EXPECT_THAT(table, HasSubstr("<td>9 + 1</td>"));
}

TEST(TemplateWorkingPointTable, MarksAnotherSignificanceOfAbcd) {
  Json result = report_test::result_of(output());
  for (Json& point : result["working_points"]) {
    point["abcd"]["z"] = point["z"];
  }
  result = report_test::judged_again(result);
  EXPECT_THAT(template_working_point_table(result), Not(HasSubstr("poor")));
  result["working_points"][0]["z"] = 1.0;
  result["working_points"][0]["abcd"]["z"] = 2.5;
  result = report_test::judged_again(result);
  EXPECT_THAT(template_working_point_table(result), HasSubstr("<strong class=\"poor\">2.50</strong>"));
}

TEST(TemplateWorkingPointTable, WithoutLabelsNoTruth) {
  const Json result =
      report_test::result_of(report_test::synthetic_extrapolation({.n_injected = 0, .with_labels = false}));
  EXPECT_THAT(template_working_point_table(result), Not(HasSubstr("labelled")));
}

TEST(PredictionErrorTable, GivesRelativePartsInEvents) {
  Json result = report_test::result_of(output());
  Json& point = result["working_points"][0];
  point["predicted"] = 200;
  point["prediction"]["closure_error"] = 0.05;
  EXPECT_THAT(prediction_error_table(result), HasSubstr("10 <span class=\"muted\">(5 %)</span>"));
}

TEST(ClosureTestTable, MeanSpreadAndRange) {
  Json result = report_test::result_of(output());
  result["closure_tests"] = {result["closure_tests"][0]};
  result["closure_tests"][0]["auc"] = {0.5, 0.51, 0.52};
  const std::string table = closure_test_table(result);
  EXPECT_THAT(table, HasSubstr("0.5100 ± 0.0100"));
  EXPECT_THAT(table, HasSubstr("0.5000 to 0.5200"));
  result["closure_tests"] = Json::array();
  EXPECT_THAT(closure_test_table(result), HasSubstr("No closure test was made"));
}

TEST(WeightTable, OneRowPerRegion) {
  const std::string table = weight_table(report_test::result_of(output()));
  EXPECT_THAT(table, HasSubstr("<th scope=\"row\">control region</th><td>w(m)</td>"));
  EXPECT_THAT(table, HasSubstr("<th scope=\"row\">signal region</th>"));
}

}  // namespace
}  // namespace eddy::report
