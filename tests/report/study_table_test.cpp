#include <eddy/base/json.hpp>
#include <eddy/report/study_table.hpp>
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

StudyTable small_table() {
  StudyPoint failed{.place = {1, 1}, .error = "no \"signal\", sorry"};
  return make_study_table(
      "small", {axis("inject.count", {0, 100}, AxisRole::kX), axis("search.method", {"one", "two"}, AxisRole::kCurve)},
      metrics(), {point({0, 0}, "a", 0.1, kNan), point({0, 1}, "b", 2, -1.5), failed});
}

TEST(StudyTable, columns_are_those_of_all_points) {
  StudyTable table = small_table();
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0].path, "evaluation[A].sic.max");
  EXPECT_EQ(table.columns[0].metric, "evaluation.sic.max");
  EXPECT_EQ(table.columns[2].path, "working_points[0.01].z");
  EXPECT_THAT(table.values[1], ElementsAre(2, 9, -1.5));
  for (const double value : table.values[2]) {
    EXPECT_TRUE(std::isnan(value));
  }
  // Another method brings another column, which the first points lack.
  StudyPoint other = point({1, 0}, "c", 5, 1);
  other.numbers[0][0].path = "evaluation[B].sic.max";
  table.points.push_back(other);
  const StudyTable more = make_study_table("more", table.axes, metrics(), table.points);
  ASSERT_EQ(more.columns.size(), 4U);
  EXPECT_EQ(more.columns[2].path, "evaluation[B].sic.max");
  EXPECT_TRUE(std::isnan(more.values[0][2]));
  EXPECT_EQ(more.values[3][2], 5);
}

TEST(StudyTable, csv) {
  EXPECT_EQ(study_csv(small_table()),
            "point,inject.count,search.method,status,evaluation[A].sic.max,evaluation[best].sic.max,"
            "working_points[0.01].z,error\n"
            "1,0,one,finished,0.1,9,,\n"
            "2,0,two,finished,2,9,-1.5,\n"
            "3,100,two,failed,,,,\"no \"\"signal\"\", sorry\"\n");
}

TEST(StudyTable, columns_for_hdf5) {
  const events::Events columns = study_columns(small_table());
  EXPECT_EQ(columns.size(), 3U);
  EXPECT_THAT(columns.values("inject.count").as<std::int64_t>(), ElementsAre(0, 0, 100));
  EXPECT_THAT(columns.column("search.method"), ElementsAre(0, 1, 1));
  EXPECT_EQ(columns.unit("search.method"), "0 = one, 1 = two");
  EXPECT_EQ(columns.unit("inject.count"), "");
  EXPECT_THAT(columns.column("failed"), ElementsAre(0, 0, 1));
  EXPECT_EQ(columns.column("evaluation[A].sic.max")[0], 0.1F);
  EXPECT_TRUE(std::isnan(columns.column("working_points[0.01].z")[0]));
}

TEST(StudyTable, a_number_of_two_metrics_is_one_column_of_hdf5) {
  StudyPoint twice = point({0}, "a", 1, 2);
  twice.numbers[1] = {twice.numbers[0][0]};
  const StudyTable table =
      make_study_table("s", {axis("a.x", {1}, AxisRole::kX)}, {"evaluation.sic.max", "evaluation[A].sic.max"}, {twice});
  EXPECT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(study_columns(table).names().size(), 4U);  // axis, failed, two numbers
}

TEST(StudyTable, texts_of_values) {
  EXPECT_EQ(value_text("two"), "two");
  EXPECT_EQ(value_text(0.5), "0.5");
  EXPECT_EQ(value_text(Json({"m", "tau21"})), "[\"m\",\"tau21\"]");
}

}  // namespace
}  // namespace eddy::report
