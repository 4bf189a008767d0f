#include <eddy/base/json.hpp>
#include <eddy/report/calibration.hpp>
#include <report/synthetic_output.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <report/figure_json.hpp>
#include <report/judged_again.hpp>

#include <cmath>
#include <limits>

namespace eddy::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<double> kNullZ = {0.4, 1.2, -0.3, 0.9, 0.8, 1.6, 0.1, 0.5, 0.7, 1.1};

/// The synthetic search with a Z of 3.5 at its first cut, of which null experiments leave less; the second has none.
search::Finding calibrated_finding() {
  search::Finding finding = report_test::synthetic_output();
  finding.working_points[0].z = 3.5;
  finding.working_points[0].p_value = 2.3e-4;
  search::NullCalibration calibration{.source = "a flow", .n_experiments = 11, .n_failed = 1};
  calibration.points.push_back({.efficiency = finding.working_points[0].efficiency,
                                .observed_z = 3.5,
                                .null_z = kNullZ,
                                .moments = stats::null_moments(kNullZ),
                                .p = stats::calibrated_p_value(3.5, kNullZ)});
  calibration.points.push_back({.efficiency = finding.working_points[1].efficiency,
                                .observed_z = std::numeric_limits<double>::quiet_NaN(),
                                .moments = stats::null_moments({})});
  calibration.global_p_value = 0.02;
  calibration.global_z = 2.06;
  finding.working_points[1].z = -1;
  finding.calibration = calibration;
  return finding;
}

TEST(Calibration, StandsInTheResult) {
  const search::Finding finding = calibrated_finding();
  const Json result = report_test::result_of(finding);
  EXPECT_EQ(result["calibration"]["experiments"], 11);
  EXPECT_EQ(result["calibration"]["failed"], 1);
  EXPECT_EQ(result["calibration"]["points"][0]["null_z"].get<std::vector<double>>(), kNullZ);
  EXPECT_DOUBLE_EQ(result["calibration"]["points"][0]["null_mean"].get<double>(), 0.7);
  EXPECT_TRUE(result["calibration"]["points"][1]["null_mean"].is_null());
  const Json& calibrated = result["working_points"][0]["calibrated"];
  EXPECT_EQ(calibrated["experiments"], 10);
  EXPECT_TRUE(calibrated["extrapolated"].get<bool>());
  EXPECT_LT(calibrated["z"].get<double>(), 2.8);
  EXPECT_TRUE(result["working_points"][1]["calibrated"].is_null());
  EXPECT_EQ(result["working_points"][0]["z"], 3.5) << "what the search found stays";
}

TEST(Calibration, DecidesTheVerdict) {
  search::Finding finding = calibrated_finding();
  const Json calibrated = report_test::result_of(finding);
  EXPECT_EQ(calibrated["verdict"]["kind"], "mild_excess");
  const Wording wording = word(calibrated);
  EXPECT_THAT(wording.verdict, HasSubstr("Mild excess (calibrated Z = 2."));
  EXPECT_THAT(wording.verdict, HasSubstr("; local Z = 3.5 before)"));
  EXPECT_THAT(wording.found, HasSubstr(" Calibrated with 10 searches without signal, p ≈ 0.0"));

  finding.calibration.reset();
  const Json plain = report_test::result_of(finding);
  EXPECT_EQ(plain["verdict"]["kind"], "evidence");
  EXPECT_TRUE(plain["calibration"].is_null());
  EXPECT_EQ(word(plain).verdict, "Evidence for an excess (local Z = 3.5, uncalibrated)");
  EXPECT_THAT(word(plain).found, Not(HasSubstr("Calibrated")));
}

TEST(Calibration, LeavesNoVerdictToACutWithoutExperiments) {
  search::Finding finding = calibrated_finding();
  finding.working_points[1].z = 4.5;  // larger than what calibration leaves of the other
  finding.working_points[1].p_value = 3.4e-6;
  const Json result = report_test::result_of(finding);
  EXPECT_EQ(result["verdict"]["working_point"], 0);
  EXPECT_EQ(result["verdict"]["kind"], "mild_excess");
}

TEST(Calibration, IsASectionOfTheReport) {
  const search::Finding finding = calibrated_finding();
  const std::string page = report_test::rendered(report_test::result_of(finding), finding);
  EXPECT_THAT(page, HasSubstr("<h2>Calibration</h2>"));
  EXPECT_THAT(page, HasSubstr("10 whole searches without signal, everything trained anew; events from a flow."));
  EXPECT_THAT(page, HasSubstr("<span class=\"muted\">fitted tail</span>"));
  EXPECT_THAT(page, HasSubstr("Over all cuts, p ≤ 0.02 (Z = 2.1)"));
  const Json figures = figures_of(finding)["figures"];
  const auto at = std::find_if(figures.begin(), figures.end(), [](const Json& f) { return f["id"] == "calibration"; });
  ASSERT_NE(at, figures.end());
  EXPECT_NE(at, figures.begin()) << "what was found comes first";
}

TEST(CalibrationFigure, ShowsExperimentsBesideWhatTheyShouldBe) {
  const search::Finding finding = calibrated_finding();
  const Json figure = to_json(calibration_figure(finding.calibration).value());
  ASSERT_EQ(figure["panels"].size(), 1U) << "a cut without experiments has no panel";
  const Json& panel = figure["panels"][0];
  EXPECT_DOUBLE_EQ(report_test::sum(report_test::trace_named(panel, "null experiments")["y"]), 10);
  EXPECT_NEAR(report_test::sum(report_test::trace_named(panel, "N(0, 1)")["y"]), 10, 0.1);
  EXPECT_THAT(report_test::trace_named(panel, "this search")["x"].get<std::vector<double>>(), ElementsAre(3.5));
  EXPECT_FALSE(calibration_figure(std::nullopt).has_value());
}

TEST(CalibrationLines, SayWhatEachCutIsWorth) {
  const std::vector<std::string> lines = calibration_lines(calibrated_finding().calibration);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("calibrated Z = 2."));
  EXPECT_THAT(lines[0], HasSubstr("10 null experiments have Z = 0.70 ± 0.1"));
  EXPECT_THAT(lines[1], HasSubstr("not calibrated"));
  EXPECT_TRUE(calibration_lines(std::nullopt).empty());
}

}  // namespace
}  // namespace eddy::report
