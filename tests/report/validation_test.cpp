#include <eddy/base/json.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/validation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <report/figure_json.hpp>
#include <report/judged_again.hpp>
#include <report/synthetic_output.hpp>

#include <algorithm>

namespace eddy::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The first cut was corrected by 1.1 +- 5 %; at the second too few experiments have a prediction.
search::Finding validated_finding() {
  search::Finding finding = report_test::synthetic_output();
  finding.validation =
      search::Validation{.source = "a flow", .n_experiments = 3, .n_failed = 1, .fresh = {.beside = 2, .inside = 10}};
  search::WorkingPoint& point = finding.working_points.front();
  point.raw = search::RawNumbers{.predicted = 100, .predicted_error = 8, .p_value = 0.01, .z = 2.33};
  point.predicted = 110;
  point.predicted_error = 12;
  point.z = 1.25;
  point.correction = {.factor = 1.1, .error = 0.05};
  finding.validation->cuts = {
      {.efficiency = point.efficiency,
       .observed = {220, 210},
       .predicted = {200, 190},
       .is_known = true,
       .experiments = {.factor = 1.05, .error = 0.04},
       .windows =
           stats::SharedShift{.mean = 0.06, .mean_error = 0.02, .p_value = 0.002, .applied = 0.05, .error = 0.03},
       .correction = point.correction},
      {.efficiency = finding.working_points[1].efficiency, .observed = {4, 5}, .predicted = {search::kNoNumber, 5}}};
  finding.validation->tried.windows = {
      {.low = 2.9,
       .high = 3.3,
       .cuts = {{.efficiency = point.efficiency, .observed = 130, .predicted = 100, .predicted_error = 5}},
       .failure = {}},
      {.low = 3.7, .high = 4.1, .cuts = {}, .failure = "no fit"}};
  finding.validation->tried.axis = {"mjj", "TeV"};
  finding.validation->tried.signal_region = {3.3, 3.7};
  return finding;
}

TEST(Validation, IsInTheResult) {
  const Json result = report_test::result_of(validated_finding());
  const Json& validation = result.at("validation");
  EXPECT_EQ(validation.at("experiments"), 3);
  EXPECT_EQ(validation.at("cuts").at(0).at("correction"), Json({{"factor", 1.1}, {"error", 0.05}}));
  EXPECT_TRUE(validation.at("cuts").at(1).at("correction").is_null());
  EXPECT_TRUE(validation.at("cuts").at(1).at("predicted").at(0).is_null());
  EXPECT_EQ(validation.at("cuts").at(0).at("experiments"), Json({{"factor", 1.05}, {"error", 0.04}}));
  EXPECT_EQ(validation.at("cuts").at(0).at("windows").at("applied"), 0.05);
  EXPECT_TRUE(validation.at("cuts").at(1).at("windows").is_null());
  EXPECT_EQ(validation.at("windows_axis"), Json({{"name", "mjj"}, {"unit", "TeV"}}));
  EXPECT_EQ(validation.at("windows").at(0).at("cuts").at(0).at("observed"), 130);
  EXPECT_EQ(validation.at("windows").at(1).at("failure"), "no fit");
  const Json& point = result.at("working_points").at(0);
  EXPECT_EQ(point.at("raw").at("predicted"), 100);
  EXPECT_EQ(point.at("raw").at("z"), 2.33);
  EXPECT_EQ(point.at("predicted"), 110);
  EXPECT_FALSE(result.at("working_points").at(1).contains("raw"));
  EXPECT_TRUE(report_test::result_of(report_test::synthetic_output()).at("validation").is_null());
}

TEST(Validation, IsShownBeforeAndAfter) {
  const search::Finding finding = validated_finding();
  const std::string table = validation_table(report_test::result_of(finding));
  EXPECT_THAT(table, HasSubstr("1.10 ± 0.06"));
  EXPECT_THAT(table, HasSubstr("100 ± 8"));
  EXPECT_THAT(table, HasSubstr("110 ± 12"));
  EXPECT_THAT(table, HasSubstr("2.33"));
  EXPECT_THAT(table, HasSubstr("1.25"));
  EXPECT_THAT(table, HasSubstr("2 trainings without signal"));
  EXPECT_TRUE(validation_table(report_test::result_of(report_test::synthetic_output())).empty());
  const std::vector<std::string> lines = validation_lines(finding);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("1.050 times the background they predict, windows beside the signal region 1.060 ± "
                                  "0.020 times what that lets expect"));
  EXPECT_THAT(windows_table(report_test::result_of(finding)), HasSubstr("1.30 ± 0.11"));
  EXPECT_TRUE(windows_table(report_test::result_of(report_test::synthetic_output())).empty());
  EXPECT_THAT(lines[0], HasSubstr("from 100.0 ± 8.0 to 110.0 ± 12.0, Z from 2.33 to 1.25"));
}

TEST(ValidationFigure, HasOnePointForEachExperimentWithAPrediction) {
  const search::Finding finding = validated_finding();
  const Json figures = figures_of(finding)["figures"];
  const auto at = std::find_if(figures.begin(), figures.end(), [](const Json& f) { return f["id"] == "validation"; });
  ASSERT_NE(at, figures.end());
  EXPECT_NE(at, figures.begin()) << "what was found comes first";
  const Json& panel = (*at)["panels"][0];
  EXPECT_THAT(report_test::trace_named(panel, "trainings without signal")["y"].get<std::vector<double>>(),
              ElementsAre(testing::DoubleNear(1.1, 1e-6), testing::DoubleNear(210.0 / 190, 1e-5), 1));
  EXPECT_THAT(
      report_test::trace_named(panel, "correction of the search, with its error")["y"].get<std::vector<double>>(),
      ElementsAre(1.1));
  EXPECT_FALSE(validation_figure(std::nullopt).has_value());
}

TEST(WindowsFigure, ShowsEachWindowBesideTheSignalRegion) {
  const std::optional<Figure> figure = windows_figure(validated_finding().validation);
  ASSERT_TRUE(figure.has_value());
  ASSERT_EQ(figure->panels.size(), 1U) << "a cut without a window that has a prediction is not drawn";
  const Json panel = to_json(*figure)["panels"][0];
  EXPECT_THAT(report_test::trace_named(panel, "validation windows")["x"].get<std::vector<double>>(), ElementsAre(3.1));
  EXPECT_THAT(report_test::trace_named(panel, "validation windows")["y"].get<std::vector<double>>(), ElementsAre(1.3));
  EXPECT_THAT(
      report_test::trace_named(panel, "correction of the search, with its error")["x"].get<std::vector<double>>(),
      ElementsAre(3.3, 3.7));
  EXPECT_FALSE(windows_figure(report_test::synthetic_output().validation).has_value());
}

/// What is known before the signal region is opened: windows, and no experiments.
TEST(WindowsOfAClosedRegion, AreShownWithoutACorrection) {
  search::Finding finding = validated_finding();
  finding.is_blind = true;
  finding.working_points.clear();
  search::Validation& validation = finding.validation.value();
  validation.n_experiments = 0;
  validation.n_failed = 0;
  for (search::ValidatedCut& cut : validation.cuts) {
    cut = {.efficiency = cut.efficiency, .windows = cut.windows};
  }
  const std::vector<std::string> lines = validation_lines(finding);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("windows beside the closed signal region see 1.060 ± 0.020 times the background"));
  const std::optional<Figure> figure = windows_figure(finding.validation);
  ASSERT_TRUE(figure.has_value());
  ASSERT_EQ(figure->panels.size(), 1U);
  EXPECT_EQ(figure->panels[0].traces.size(), 2U) << "the windows and 1: no band, and no trainings without signal";
  EXPECT_THAT(figure->caption, testing::Not(HasSubstr("dashed")));
  EXPECT_FALSE(validation_figure(finding.validation).has_value());
  const Json result = {{"validation", validation_json(validation)}, {"working_points", Json::array()}};
  EXPECT_THAT(windows_table(result), HasSubstr("once the region is opened"));
  EXPECT_TRUE(validation_table(result).empty());
}

}  // namespace
}  // namespace eddy::report
