#include <eddy/base/json.hpp>
#include <eddy/report/evidence/categories/category_wording.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/wording.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <report/figure_json.hpp>
#include <report/synthetic_quak.hpp>

#include <string>
#include <vector>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

using report_test::figure_of;
using report_test::ids;
using report_test::trace_of;
using testing::HasSubstr;
using testing::Not;

const search::Finding& output() {
  static const search::Finding kOutput = report_test::synthetic_quak();
  return kOutput;
}

const search::CategorySearch& categories(const search::Finding& finding) {
  return std::get<search::CategorySearch>(finding.working_points.at(0).evidence);
}

search::CategorySearch& categories(search::Finding& finding) {
  return std::get<search::CategorySearch>(finding.working_points.at(0).evidence);
}

TEST(QuakResult, MethodTwoIsTheAnswer) {
  const Json result = report_test::result_of(output());
  ASSERT_EQ(result["working_points"].size(), 1U);
  const Json& point = result["working_points"][0];
  const stats::CategoryScan& scan = categories(output()).scan;
  EXPECT_EQ(point["method"], 2);
  EXPECT_EQ(point["mass"], scan.points[scan.best].mass);
  EXPECT_EQ(point["p_value"], scan.points[scan.best].fisher.p.value);
  EXPECT_EQ(point["z"], scan.points[scan.best].fisher.z.z);
  EXPECT_EQ(point["global_z"], scan.global_z);
  EXPECT_EQ(point["categories"].size(), 4U);
  EXPECT_EQ(point["scan"].size(), scan.points.size());
  EXPECT_EQ(point["model"], (Json{{"background", {{"shape", "bernstein"}, {"order", 3}}},
                                  {"signal_width", categories(output()).signal_width}}));
  EXPECT_EQ(point["goodness_of_fit"], categories(output()).goodness_of_fit);
  EXPECT_GT(categories(output()).goodness_of_fit, 0.01);
  EXPECT_EQ(result["setup"]["losses"], Json({"background", "p"}));
}

TEST(QuakResult, AnOpenEndOfABoxIsNull) {
  const Json result = report_test::result_of(output());
  const Json& first = result["working_points"][0]["categories"][0]["losses"];
  EXPECT_EQ(first["low"][0], categories(output()).threshold);
  EXPECT_TRUE(first["low"][1].is_null());
}

TEST(QuakResult, WithoutToysThereIsNoGlobalSignificance) {
  search::Finding changed = output();
  categories(changed).scan.n_toys = 0;
  const Json result = report_test::result_of(changed);
  EXPECT_TRUE(result["working_points"][0]["global_z"].is_null());
  EXPECT_THAT(word(result).found, HasSubstr("without pseudo-experiments"));
}

// (k + 1) / (n + 1) is a bound on p when no toy reaches the data, k = 0.
TEST(QuakResult, AGlobalSignificanceThatNoToyReachedIsABoundWhereverItStands) {
  search::Finding changed = output();
  stats::CategoryScan& scan = categories(changed).scan;
  scan.n_toys = 99;
  scan.global_p_value = 0.01;
  scan.global_z = 2.326;
  const auto note = [&] {
    const Json panel = figure_of(figures_of(changed), "scan")["panels"][0];
    return trace_of(panel["traces"], "note", "note")["text"].get<std::string>();
  };
  EXPECT_TRUE(report_test::result_of(changed)["working_points"][0]["global_p_is_bound"].get<bool>());
  EXPECT_THAT(note(), HasSubstr("global Z > 2.3"));
  EXPECT_THAT(one_line(categories(changed), changed.context), HasSubstr("global Z > 2.33 (p < 0.01)"));
  EXPECT_THAT(word(report_test::result_of(changed)).verdict, HasSubstr("global Z > 2.3"));
  EXPECT_THAT(word(report_test::result_of(changed)).found, HasSubstr("global Z > 2.3"));
  scan.global_p_value = 0.02;
  scan.global_z = 2.054;
  EXPECT_FALSE(report_test::result_of(changed)["working_points"][0]["global_p_is_bound"].get<bool>());
  EXPECT_THAT(note(), HasSubstr("global Z = 2.1"));
  EXPECT_THAT(one_line(categories(changed), changed.context), HasSubstr("global Z = 2.05 (p = 0.02 ± "));
  EXPECT_THAT(word(report_test::result_of(changed)).verdict, HasSubstr("global Z = 2.1"));
}

TEST(QuakResult, MethodOneIsCalledBiasedWhereverItStands) {
  const Json result = report_test::result_of(output());
  EXPECT_EQ(result["cuts"]["biased"], true);
  EXPECT_THAT(result["cuts"]["note"].get<std::string>(), HasSubstr("biased: the best of 4 selections"));
  EXPECT_THAT(word(result).found, HasSubstr("biased: the best of 4 selections"));
  EXPECT_THAT(one_line(*output().loss_space->cuts, output().context), HasSubstr("biased: the best of 4 selections"));
  const std::string report = report_test::rendered(result, output());
  EXPECT_THAT(report, HasSubstr("<strong>Not a significance.</strong> The numbers below are biased: the best of 4"));
}

TEST(QuakResult, WithoutMassThereIsNoBump) {
  search::Finding changed = output();
  changed.context = {};
  changed.working_points.clear();
  changed.loss_space->cuts.reset();
  const Json result = report_test::result_of(changed);
  EXPECT_TRUE(result["working_points"].empty());
  EXPECT_TRUE(result["cuts"].is_null());
  EXPECT_EQ(word(result).verdict, "Separation only");
  EXPECT_THAT(report_test::rendered(result, changed), HasSubstr("no mass is configured"));
}

TEST(QuakWording, SaysWhatWasDoneAndFound) {
  const Wording wording = word(report_test::result_of(output()));
  EXPECT_EQ(wording.searched,
            "eddy looked at 20,060 data events with QUAK, in the space of the losses of 2 autoencoders (background and "
            "p), in a, b and c.");
  EXPECT_THAT(wording.found, HasSubstr("the combination is most significant at 4000 GeV"));
  EXPECT_EQ(wording.level, "excess");
}

TEST(QuakFigures, ShowScanSpectraSpaceSeparationAndTraining) {
  EXPECT_THAT(ids(figures_of(output())),
              testing::ElementsAre("scan", "categories", "best-cut", "loss-plane", "separation", "training"));
}

TEST(QuakFigures, OfOneNetworkHaveNoPlane) {
  search::Finding one = output();
  one.loss_space->losses = {"background"};
  const std::vector<std::string> names = ids(figures_of(one));
  ASSERT_FALSE(names.empty());
  EXPECT_THAT(names, Not(testing::Contains("loss-plane")));
}

TEST(SeparationTable, QuotesNoRejectionBelowTheCutOff) {
  search::Finding changed = output();
  changed.loss_space->separations[0].rejection_30 = 0;
  const Json result = report_test::result_of(changed);
  EXPECT_TRUE(result["separation"][0]["rejection_at_30"].is_null());
  EXPECT_THAT(one_line(changed.loss_space->separations[0]), HasSubstr("rejection – at 30 %"));
  EXPECT_THAT(report_test::rendered(result, changed), HasSubstr("signal: QUAK 2-D"));
}

}  // namespace
}  // namespace eddy::report
