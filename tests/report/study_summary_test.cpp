#include <eddy/base/json.hpp>
#include <eddy/report/study_summary.hpp>
#include <report/synthetic_study.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace eddy::report {
namespace {

using report_test::axis;
using report_test::metrics;
using report_test::point;
using testing::ElementsAre;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
/// Half of what a normal distribution has within one standard deviation.
const double kOneSigma = std::erf(1 / std::sqrt(2.0)) / 2;

std::vector<Json> up_to(std::size_t n) {
  std::vector<Json> values;
  for (std::size_t i = 0; i < n; ++i) {
    values.emplace_back(i);
  }
  return values;
}

TEST(StudySummary, bands_are_the_quantiles_of_equal_steps) {
  // Numbers 0, 1, ..., 100 in a shuffled order (7 is no divisor of 101): the q-quantile is 100 q.
  std::vector<StudyPoint> points;
  for (std::size_t i = 0; i < 101; ++i) {
    points.push_back(point({i}, std::to_string(i), static_cast<double>(i * 7 % 101), 0));
  }
  const StudyTable table =
      make_study_table("s", {axis("inject.seed", up_to(101), AxisRole::kRepeat)}, metrics(), points);
  const std::vector<StudyCurve> curves = study_curves(table);
  ASSERT_EQ(curves.size(), 3U);
  ASSERT_EQ(curves[0].points.size(), 1U);
  const StudyBand& band = curves[0].points[0];
  EXPECT_EQ(band.n, 101U);
  EXPECT_DOUBLE_EQ(band.median, 50);
  EXPECT_NEAR(band.low, 100 * (0.5 - kOneSigma), 1e-9);  // rounding of a few doubles of order 100
  EXPECT_NEAR(band.high, 100 * (0.5 + kOneSigma), 1e-9);
  EXPECT_EQ(curves[1].points[0].median, 9);
  EXPECT_EQ(curves[1].points[0].low, 9);
}

TEST(StudySummary, what_does_not_count_is_counted) {
  StudyPoint failed{.place = {4, 0}, .error = "no"};
  const StudyTable table = make_study_table(
      "s", {axis("inject.seed", up_to(5), AxisRole::kRepeat), axis("folds.k", {2}, AxisRole::kX)}, metrics(),
      {point({0, 0}, "a", 1, 0), point({1, 0}, "b", kNan, 0), point({2, 0}, "c", 3, 0), point({3, 0}, "a", 1, 0),
       failed});
  const StudyBand band = study_curves(table)[0].points[0];
  EXPECT_EQ(band.n, 2U);
  EXPECT_EQ(band.n_missing, 1U);
  EXPECT_EQ(band.n_repeated, 1U);
  EXPECT_EQ(band.n_failed, 1U);
  EXPECT_EQ(band.median, 2);
}

TEST(StudySummary, one_curve_for_each_group_and_one_point_for_each_x) {
  std::vector<StudyPoint> points;
  for (std::size_t x = 0; x < 3; ++x) {
    for (std::size_t method = 0; method < 2; ++method) {
      for (std::size_t seed = 0; seed < 2; ++seed) {
        const auto sic = static_cast<double>(100 * x + 10 * method + seed);
        points.push_back(point({x, method, seed}, std::to_string(sic), sic, 0));
      }
    }
  }
  const StudyTable table =
      make_study_table("s",
                       {axis("a.x", {5, 6, 7}, AxisRole::kX), axis("search.method", {"one", "two"}, AxisRole::kCurve),
                        axis("search.seed", {1, 2}, AxisRole::kRepeat)},
                       metrics(), points);
  const std::vector<StudyCurve> curves = study_curves(table);
  ASSERT_EQ(curves.size(), 6U);  // three columns, two methods
  EXPECT_THAT(curves[1].group, ElementsAre(1));
  for (std::size_t x = 0; x < 3; ++x) {
    EXPECT_EQ(curves[1].points[x].x, x);
    EXPECT_DOUBLE_EQ(curves[1].points[x].median, 100.0 * static_cast<double>(x) + 10.5);
  }
}

TEST(StudySummary, groups_without_a_number_have_no_curve) {
  StudyPoint other = point({1}, "b", 2, 0);
  other.numbers[0] = {{"evaluation[B].sic.max", "B", ElementKind::kName, 0, 2}};
  const StudyTable table = make_study_table("s", {axis("search.method", {"one", "two"}, AxisRole::kCurve)}, metrics(),
                                            {point({0}, "a", 1, kNan), other});
  std::vector<std::pair<std::string, std::size_t>> seen;
  for (const StudyCurve& curve : study_curves(table)) {
    seen.emplace_back(table.columns[curve.column].path, curve.group.front());
  }
  // z does not exist for the first method, but its result says so: there is a curve without points to draw.
  EXPECT_THAT(seen, ElementsAre(std::pair("evaluation[A].sic.max", 0), std::pair("evaluation[best].sic.max", 0),
                                std::pair("evaluation[B].sic.max", 1), std::pair("working_points[0.01].z", 0),
                                std::pair("working_points[0.01].z", 1)));
}

TEST(StudySummary, document) {
  StudyPoint failed{.place = {1}, .error = "no"};
  const Json document = study_document(
      make_study_table("s", {axis("a.x", {5, 6}, AxisRole::kX)}, metrics(), {point({0}, "a", 1, kNan), failed}));
  EXPECT_EQ(document["format"], "eddy-study-1");
  EXPECT_EQ(document["n_failed"], 1);
  EXPECT_EQ(document["points"][0]["numbers"], Json({1.0, 9.0, nullptr}));
  EXPECT_EQ(document["points"][1]["error"], "no");
  EXPECT_EQ(document["curves"][0]["points"][0]["x"], 5);
  EXPECT_EQ(document["curves"][0]["points"][1]["median"], nullptr);
  EXPECT_EQ(document["curves"][0]["points"][1]["n_failed"], 1);
}

}  // namespace
}  // namespace eddy::report
