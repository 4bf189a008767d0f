#include <eddy/base/json.hpp>
#include <eddy/report/study_figures.hpp>
#include <eddy/report/study_html.hpp>
#include <eddy/report/study_reader.hpp>
#include <eddy/report/study_summary.hpp>
#include <report/synthetic_study.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace eddy::report {
namespace {

using report_test::axis;
using report_test::metrics;
using report_test::point;
using report_test::synthetic_study;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Json strength_study() {
  return synthetic_study(axis("inject.s_over_sqrt_b", {0, 2}, AxisRole::kX),
                         axis("search.method", {"one", "two"}, AxisRole::kCurve));
}

Json traces_of(const Json& panel, const std::string& kind) {
  Json found = Json::array();
  std::ranges::copy_if(panel["traces"], std::back_inserter(found), [&](const Json& t) { return t["kind"] == kind; });
  return found;
}

std::vector<std::string> names(const Json& traces) {
  std::vector<std::string> found;
  std::ranges::transform(traces, std::back_inserter(found), [](const Json& t) { return t["name"]; });
  return found;
}

TEST(StudyFigures, one_for_each_metric_with_a_band_for_each_curve) {
  const Json figures = study_figures(strength_study())["figures"];
  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(figures[0]["title"], "Largest SIC against inject.s_over_sqrt_b");
  EXPECT_EQ(figures[1]["title"], "Local Z against inject.s_over_sqrt_b");
  EXPECT_THAT(figures[0]["caption"], HasSubstr("inject.seed (3 values)"));
  const Json& panel = figures[0]["panels"][0];
  // The benchmark is the same for both methods (but for the failed point): once as long as all numbers agree.
  EXPECT_THAT(names(traces_of(panel, "line")), testing::IsSupersetOf({"one", "two", "one, best"}));
  const Json line = traces_of(panel, "line")[0];
  EXPECT_EQ(line["x"], Json({0, 2}));
  EXPECT_EQ(line["y"], Json({2, 3}));
  EXPECT_EQ(line["counts"], Json({3, 3}));
  const Json band = traces_of(panel, "band")[0];
  EXPECT_LT(band["low"][0], 2);
  EXPECT_GT(band["high"][0], 2);
  EXPECT_EQ(band["legend"], "one");
}

TEST(StudyFigures, equal_benchmarks_are_drawn_once) {
  Json study = strength_study();
  std::size_t n = 0;
  for (const std::vector<Json>& panel : curves_by_panel(study, "evaluation.sic.max")) {
    n += panel.size();
  }
  EXPECT_EQ(n, 4U);  // the benchmark of the second method has one repeat less
  for (Json& curve : study["curves"]) {
    if (column_of(study, curve)["element"] == "best") {
      curve["points"] = study["curves"][2]["points"];
    }
  }
  EXPECT_EQ(curves_by_panel(study, "evaluation.sic.max").front().size(), 3U);
}

TEST(StudyFigures, working_points_have_a_panel_each) {
  const Json panel = study_figures(strength_study())["figures"][1]["panels"][0];
  EXPECT_EQ(panel["title"], "cut at 1 %");
  EXPECT_THAT(names(traces_of(panel, "line")), ElementsAre("one", "two"));
}

TEST(StudyFigures, texts_stand_side_by_side) {
  const Json study =
      synthetic_study(axis("search.method", {"one", "two"}, AxisRole::kX), axis("folds.k", {5}, AxisRole::kCurve));
  const Json panel = study_figures(study)["figures"][0]["panels"][0];
  EXPECT_EQ(panel["x"]["ticks"], Json({"one", "two"}));
  EXPECT_THAT(traces_of(panel, "line"), IsEmpty());
  const Json marks = traces_of(panel, "points");
  ASSERT_EQ(marks.size(), 2U);  // method and benchmark, beside each other
  EXPECT_LT(marks[0]["x"][0], marks[1]["x"][0]);
  EXPECT_LT(marks[0]["low"][0], marks[0]["high"][0]);
}

TEST(StudyFigures, repeats_alone_have_one_place) {
  std::vector<StudyPoint> points = {point({0}, "a", 1, 0), point({1}, "b", 2, 0)};
  const Json study =
      study_document(make_study_table("s", {axis("search.seed", {1, 2}, AxisRole::kRepeat)}, metrics(), points));
  const Json panel = study_figures(study)["figures"][0]["panels"][0];
  EXPECT_EQ(panel["x"]["ticks"], Json({"all repeats"}));
  EXPECT_EQ(traces_of(panel, "points")[0]["y"], Json({1.5}));
}

TEST(StudyFigures, wide_axes_are_logarithmic) {
  const auto scale = [](const std::vector<Json>& values) {
    const Json study =
        synthetic_study(axis("inject.count", values, AxisRole::kX), axis("folds.k", {5}, AxisRole::kCurve));
    return study_figures(study)["figures"][0]["panels"][0]["x"]["scale"];
  };
  EXPECT_EQ(scale({10, 1000}), "log");
  EXPECT_EQ(scale({10, 100}), "linear");
  EXPECT_EQ(scale({0, 1000}), "linear");
}

TEST(StudyPage, shows_axes_numbers_failures_and_source) {
  const Json study = strength_study();
  const std::string page = render_study(study, study_figures(study),
                                        {.study = "[study]\nname = \"<s>\"", .base = "x = 1"}, {{"wall_seconds", 3.5}});
  for (const char* part :
       {"s&lt;1&gt;", "12 searches: 2 values of", "1 of them failed", "11 of 12 searches", "These points failed",
        "inject.s_over_sqrt_b = 2, search.method = two, inject.seed = 3: too few events", "<h2>Sensitivity</h2>",
        "<h2>Working points</h2>", "data-figure=\"metric-1\"", "name = &quot;&lt;s&gt;&quot;", "x = 1", "wall_seconds",
        "<strong>2.00</strong> <span class=\"muted\">[1.32, 2.68]</span>"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(page, Not(HasSubstr("very same search")));
}

}  // namespace
}  // namespace eddy::report
