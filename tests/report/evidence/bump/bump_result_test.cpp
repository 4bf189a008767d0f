#include <eddy/base/json.hpp>
#include <eddy/report/result.hpp>
#include <report/synthetic_resonant.hpp>

#include <gtest/gtest.h>

#include <limits>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

const search::Finding& output() {
  static const search::Finding value = report_test::synthetic_resonant();
  return value;
}

TEST(ResonantResult, WorkingPointsHoldWhatTheHuntFound) {
  const Json result = report_test::result_of(output());
  ASSERT_EQ(result["working_points"].size(), output().working_points.size());
  for (std::size_t i = 0; i < output().working_points.size(); ++i) {
    const search::WorkingPoint& point = output().working_points[i];
    const Json& json = result["working_points"][i];
    EXPECT_EQ(json["observed"], std::get<search::BumpHunt>(point.evidence).observed);
    EXPECT_EQ(json["predicted"], std::get<search::BumpHunt>(point.evidence).prediction->total);
    EXPECT_EQ(json["predicted_error"], std::get<search::BumpHunt>(point.evidence).prediction->total_error);
    EXPECT_EQ(json["p_value"], std::get<search::BumpHunt>(point.evidence).signal->p_value);
    EXPECT_EQ(json["z"], std::get<search::BumpHunt>(point.evidence).signal->z);
    EXPECT_EQ(json["upper_limit"], std::get<search::BumpHunt>(point.evidence).signal->limit.observed);
    EXPECT_EQ(json["expected_upper_limit"]["median"],
              std::get<search::BumpHunt>(point.evidence).signal->limit.expected[2]);
    EXPECT_EQ(json["true_signal"], *point.true_signal);
    EXPECT_EQ(json["threshold"].size(), point.thresholds.size());
  }
}

TEST(ResonantResult, FitHoldsOrderQualityAndScans) {
  const search::BumpHunt& hunt = std::get<search::BumpHunt>(output().working_points[1].evidence);
  const Json fit = report_test::result_of(output())["working_points"][1]["fit"];
  EXPECT_EQ(fit["shape"], hunt.shape);
  ASSERT_EQ(fit["order_steps"].size(), hunt.order_steps.size());
  EXPECT_EQ(fit["order_steps"][0]["n_parameters"], 3);
  EXPECT_EQ(fit["order_steps"][1]["f_p_value"], hunt.order_steps[1].f_p_value);
  EXPECT_EQ(fit["sidebands"]["deviance"], hunt.prediction->fit.quality.deviance);
  EXPECT_EQ(fit["goodness_of_fit"], hunt.prediction->fit.quality.goodness_of_fit);
  EXPECT_EQ(fit["background_only"]["parameters"].size(), hunt.signal->null.parameters.size());
  EXPECT_EQ(fit["signal"]["strength"], hunt.signal->strength);
  EXPECT_EQ(fit["signal"]["q0"], hunt.signal->q0);
  EXPECT_EQ(fit["counting"]["z"], hunt.counting_z);
  EXPECT_EQ(fit["scan"]["mass"], hunt.scan->points[hunt.scan->best].signal.mean);
  EXPECT_EQ(fit["scan_signal_region"]["global_p_value"], hunt.scan_signal_region->global_p_value);
}

// Other programs fit again what is stored: the shape with all that defines it, and every nuisance.
TEST(ResonantResult, TheModelOfTheFitIsStored) {
  search::Finding changed = output();
  auto& hunt = std::get<search::BumpHunt>(changed.working_points[1].evidence);
  hunt.nuisances = {{"closure", stats::NuisanceTarget::kBackground, 0.1, {0, 1}, 1.05},
                    {"signal yield", stats::NuisanceTarget::kSignal, 0.2, {}, 1}};
  const Json model = report_test::result_of(changed)["working_points"][1]["fit"]["model"];
  const auto& dijet = std::get<stats::DijetShape>(*hunt.background_shape);
  EXPECT_EQ(model["background"],
            (Json{{"shape", "dijet"}, {"n_parameters", dijet.n_parameters}, {"sqrt_s", dijet.sqrt_s}}));
  ASSERT_EQ(model["nuisances"].size(), 2U);
  EXPECT_EQ(model["nuisances"][0], (Json{{"name", "closure"},
                                         {"target", "background"},
                                         {"relative_size", 0.1},
                                         {"factor", 1.05},
                                         {"per_bin", {0, 1}}}));
  EXPECT_EQ(model["nuisances"][1]["target"], "signal");
  hunt.background_shape = stats::BernsteinShape{2};
  EXPECT_EQ(report_test::result_of(changed)["working_points"][1]["fit"]["model"]["background"],
            (Json{{"shape", "bernstein"}, {"order", 2}}));
  hunt.background_shape.reset();
  EXPECT_TRUE(report_test::result_of(changed)["working_points"][1]["fit"]["model"].is_null());
}

// (k + 1) / (n + 1) is a bound on p when no toy reaches the data, k = 0.
TEST(ResonantResult, AGlobalPValueThatNoToyReachedIsABound) {
  search::Finding changed = output();
  stats::MassScan& scan = *std::get<search::BumpHunt>(changed.working_points[0].evidence).scan;
  scan.n_toys = 99;
  scan.global_p_value = 0.01;
  EXPECT_TRUE(report_test::result_of(changed)["working_points"][0]["fit"]["scan"]["global_p_is_bound"].get<bool>());
  scan.global_p_value = 0.02;
  EXPECT_FALSE(report_test::result_of(changed)["working_points"][0]["fit"]["scan"]["global_p_is_bound"].get<bool>());
}

TEST(ResonantResult, WithoutToysNoGlobalPValue) {
  search::Finding changed = output();
  std::get<search::BumpHunt>(changed.working_points[0].evidence).scan->n_toys = 0;
  const Json scan = report_test::result_of(changed)["working_points"][0]["fit"]["scan"];
  EXPECT_TRUE(scan["global_p_value"].is_null());
  EXPECT_TRUE(scan["global_z"].is_null());
  EXPECT_TRUE(scan["local_z"].is_number());
}

TEST(ResonantResult, AFailedFitLeavesNoNumber) {
  search::Finding changed = output();
  report_test::fail_fits(changed.working_points[0]);
  const Json point = report_test::result_of(changed)["working_points"][0];
  for (const char* key : {"predicted", "predicted_error", "s_over_sqrt_b", "p_value", "z", "upper_limit"}) {
    EXPECT_TRUE(point[key].is_null()) << key;
  }
  for (const char* key : {"shape", "sidebands", "background_only", "signal", "counting", "scan", "goodness_of_fit"}) {
    EXPECT_TRUE(point["fit"][key].is_null()) << key;
  }
  EXPECT_EQ(point["fit"]["failures"].size(), 1U);
  EXPECT_EQ(point["observed"], std::get<search::BumpHunt>(changed.working_points[0].evidence).observed);
}

TEST(ResonantResult, GoodnessOfFitIsThatOfAllBinsWithoutASidebandFit) {
  search::Finding changed = output();
  std::get<search::BumpHunt>(changed.working_points[0].evidence).prediction.reset();
  EXPECT_EQ(report_test::result_of(changed)["working_points"][0]["fit"]["goodness_of_fit"],
            std::get<search::BumpHunt>(changed.working_points[0].evidence).signal->best.quality.goodness_of_fit);
}

TEST(ResonantResult, EvaluationHoldsRetrainingsAndBand) {
  const Json evaluation = report_test::result_of(output())["evaluation"];
  ASSERT_EQ(evaluation.size(), output().evaluations.size());
  EXPECT_EQ(evaluation[0]["retrainings"].size(), output().evaluations[0].retrainings.size());
  EXPECT_EQ(evaluation[1]["retrainings"][3]["sic"]["max"], output().evaluations[1].retrainings[3].sic.max);
  EXPECT_EQ(evaluation[0]["band"][5]["median"], output().evaluations[0].band[5].median);
}

TEST(ResonantResult, SculptingOfEveryDetector) {
  const Json sculpting = report_test::result_of(output())["sculpting"];
  ASSERT_EQ(sculpting["curves"].size(), output().sculpting->curves.size());
  EXPECT_EQ(sculpting["curves"][1]["points"][4]["median"], output().sculpting->curves[1].points[4].median);
  EXPECT_EQ(sculpting["random_subsets"].size(), output().sculpting->random_subsets.size());
}

TEST(ResonantResult, WhatIsAbsentIsNull) {
  search::Finding changed = report_test::synthetic_resonant({.n_background = 4000, .with_sidebands = false});
  changed.gate.reset();
  const Json result = report_test::result_of(changed);
  EXPECT_TRUE(result["gate"].is_null());
  EXPECT_TRUE(result["sculpting"].is_null());
  EXPECT_TRUE(result["working_points"].empty());
  EXPECT_TRUE(result.contains("evaluation"));
}

TEST(ResonantResult, WhatIsNotFiniteIsNull) {
  search::Finding changed = output();
  changed.working_points[0].upper_limit = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(report_test::result_of(changed)["working_points"][0]["upper_limit"].is_null());
}

TEST(ResonantResult, EqualOutputsGiveEqualBytes) {
  EXPECT_EQ(report_test::result_of(output()).dump(2),
            report_test::result_of(report_test::synthetic_resonant()).dump(2));
}

}  // namespace
}  // namespace eddy::report
