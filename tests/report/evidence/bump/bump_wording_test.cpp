#include <report/synthetic_resonant.hpp>

#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/wording.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A result whose second working point has this significance and all others a deficit.
Json result_with(double z, double p) {
  static const Json result = report_test::result_of(report_test::synthetic_resonant());
  Json changed = result;
  for (Json& point : changed["working_points"]) {
    point["z"] = -1.0;
    point["fit"]["goodness_of_fit"] = 0.4;
  }
  Json& point = changed["working_points"][1];
  report_test::set_point(point, z, p);
  point["fit"]["scan_signal_region"]["global_z"] = 1.234;
  point["fit"]["scan_signal_region"]["global_p_is_bound"] = false;
  return changed;
}

TEST(ResonantWording, SaysWhatWasSearched) {
  EXPECT_EQ(report_test::word(result_with(0.4, 0.34)).searched,
            "eddy searched 120,210 data events for a resonance in m_jj between 3.3 and 3.7 TeV (10,962 events), with "
            "LaCATHODE (classifiers in z against N(0, 1) samples) in m_j1, dm, tau21_j1 and tau21_j2.");
}

TEST(ResonantWording, NamesSpaceAndReferenceOfEveryMethod) {
  Json result = result_with(0.4, 0.34);
  result["method"] = "anode";
  result["setup"]["classifier_space"] = "ratio";
  result["setup"]["reference"] = "none";
  EXPECT_THAT(report_test::word(result).searched, HasSubstr("ANODE (the ratio of two densities)"));
  result["method"] = "cwola";
  result["setup"]["classifier_space"] = "x";
  result["setup"]["reference"] = "control_region";
  EXPECT_THAT(report_test::word(result).searched, HasSubstr("CWoLa (classifiers in x against data of the sidebands)"));
  result["method"] = "cathode";
  result["setup"]["reference"] = "flow samples";
  EXPECT_THAT(report_test::word(result).searched, HasSubstr("CATHODE (classifiers in x against samples of the flow)"));
}

TEST(ResonantWording, SaysWhatWasFound) {
  EXPECT_EQ(
      report_test::word(result_with(2.13, 0.0166)).found,
      "With the cut that keeps 10 % of the signal region, the most significant of 3 working points, it observed "
      "123 events where the sidebands predict 100 ± 6: an excess of Z = 2.1, local p = 0.017, global Z = 1.2; "
      "more than 45 signal events are excluded at 95 % confidence level (expected 8.2). Uncalibrated: how often a "
      "search without signal claims as much was not measured.");
}

TEST(ResonantWording, VerdictHasLocalAndGlobal) {
  EXPECT_EQ(report_test::word(result_with(2.13, 0.0166)).verdict,
            "Mild excess (local Z = 2.1, global Z = 1.2, uncalibrated)");
  EXPECT_EQ(report_test::word(result_with(3.2, 7e-4)).level, "excess");
  EXPECT_EQ(report_test::word(result_with(1.2, 0.12)).level, "none");
  Json bound = result_with(5.4, 3e-8);
  bound["working_points"][1]["fit"]["scan_signal_region"]["global_p_is_bound"] = true;
  EXPECT_EQ(report_test::word(bound).verdict, "Excess beyond 5 σ (local Z = 5.4, global Z > 1.2, uncalibrated)");
}

TEST(ResonantWording, APoorFitIsNotQuotedAndSaid) {
  Json result = result_with(6, 1e-9);
  result["working_points"][1]["fit"]["goodness_of_fit"] = 0.002;
  const Wording wording = report_test::word(result);
  EXPECT_EQ(wording.level, "none");  // the others have deficits
  EXPECT_THAT(wording.found, HasSubstr("The background fit is poor at 10 %"));
  EXPECT_THAT(wording.found, HasSubstr("must not be quoted"));
}

TEST(ResonantWording, WhereEveryFitIsPoorTheVerdictSaysSo) {
  Json result = result_with(6, 1e-9);
  for (Json& point : result["working_points"]) {
    point["fit"]["goodness_of_fit"] = 0.002;
  }
  const Wording wording = report_test::word(result);
  EXPECT_EQ(wording.level, "invalid");
  EXPECT_EQ(wording.verdict, "Background fit is poor: Z must not be quoted");
  EXPECT_THAT(wording.found, HasSubstr("poor at no cut, 10 % and 3 %"));
}

TEST(ResonantWording, OnlyConvergedWorkingPointsCount) {
  search::Finding output = report_test::synthetic_resonant();
  report_test::fail_fits(output.working_points[2]);
  const Wording wording = report_test::word(report_test::result_of(output));
  EXPECT_THAT(wording.found, HasSubstr("No fit was possible at 3 %: what passes there is not judged"));
  EXPECT_THAT(wording.found, HasSubstr("keeps 10 %"));
}

TEST(ResonantWording, ASignalThatLeavesTheFitNoEventsIsNotNoExcess) {
  search::Finding output = report_test::synthetic_resonant();
  report_test::fail_fits(output.working_points[1]);
  report_test::fail_fits(output.working_points[2]);
  Json result = report_test::result_of(output);
  result["working_points"][0]["z"] = 0.5;
  EXPECT_EQ(report_test::word(report_test::judged_again(result)).verdict,
            "No significant excess where a fit was possible");
}

TEST(ResonantWording, WithoutAConvergedFitThereIsNoSignificance) {
  search::Finding output = report_test::synthetic_resonant();
  for (auto& point : output.working_points) {
    report_test::fail_fits(point);
  }
  const Wording wording = report_test::word(report_test::result_of(output));
  EXPECT_EQ(wording.level, "invalid");
  EXPECT_EQ(wording.verdict, "No fit was possible");
  EXPECT_THAT(wording.found, HasSubstr("the background fit did not converge"));
}

TEST(ResonantWording, AnUndeterminedPredictionIsNotQuoted) {
  Json result = result_with(4, 3e-5);
  result["working_points"][1]["predicted"] = 1e13;
  result["working_points"][1]["predicted_error"] = 3e14;
  EXPECT_THAT(report_test::word(result).found,
              HasSubstr("123 events, whose background the sidebands do not determine"));
}

TEST(ResonantWording, AFailedGateWarnsButDoesNotInvalidate) {
  Json result = result_with(3.2, 7e-4);
  result["gate"]["passed"] = false;
  const Wording wording = report_test::word(result);
  EXPECT_EQ(wording.level, "excess");
  EXPECT_THAT(wording.found, HasSubstr("the bump hunt does not rest on it"));
  result["gate"] = nullptr;
  EXPECT_THAT(report_test::word(result).found, Not(HasSubstr("N(0, 1) (AUC")));
}

TEST(ResonantWording, WithoutSidebandsItIsABenchmark) {
  const Wording wording = report_test::word(
      report_test::result_of(report_test::synthetic_resonant({.n_background = 4000, .with_sidebands = false})));
  EXPECT_EQ(wording.verdict, "Benchmark only");
  EXPECT_EQ(wording.level, "none");
  EXPECT_THAT(wording.found, HasSubstr("LaCATHODE improves S/√B by up to"));
  EXPECT_THAT(wording.found, HasSubstr("supervised"));
}

}  // namespace
}  // namespace eddy::report
