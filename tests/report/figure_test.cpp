#include <eddy/base/json.hpp>
#include <eddy/report/figure.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace eddy::report {
namespace {

TEST(Rounded, SixDigitsAndExactIntegers) {
  EXPECT_EQ(rounded(1.0 / 3).dump(), "0.333333");
  EXPECT_EQ(rounded(123456.789).dump(), "123457");
  EXPECT_EQ(rounded(1234567.0).dump(), "1234567");
  EXPECT_EQ(rounded(-0.0).dump(), "0");
}

TEST(Rounded, WhatIsNotFiniteIsNull) {
  EXPECT_TRUE(rounded(std::numeric_limits<double>::infinity()).is_null());
  EXPECT_TRUE(rounded(std::numeric_limits<double>::quiet_NaN()).is_null());
}

TEST(FigureJson, HeatmapIsNestedByRow) {
  Figure figure{.id = "f", .section = "s", .title = "t", .caption = "c"};
  Trace map{.kind = TraceKind::kHeatmap, .x = {0, 1, 2}, .y = {0, 1, 2, 3}, .z = {1, 2, 3, 4, 5, 6}};
  figure.panels = {Panel{.id = "p", .traces = {map}}};
  const Json trace = to_json(figure)["panels"][0]["traces"][0];
  EXPECT_EQ(trace["kind"], "heatmap");
  EXPECT_EQ(trace["z"].dump(), "[[1,2],[3,4],[5,6]]");
}

TEST(FigureJson, AbsentPartsAreLeftOut) {
  Figure figure{.id = "f", .section = "s", .title = "t", .caption = "c"};
  figure.panels = {Panel{.id = "p", .traces = {Trace{.kind = TraceKind::kNote, .x = {0}, .y = {0}, .text = "n"}}}};
  const Json json = to_json(figure);
  EXPECT_FALSE(json.contains("colors"));
  EXPECT_FALSE(json["panels"][0].contains("below"));
  EXPECT_FALSE(json["panels"][0].contains("x_choices"));
  EXPECT_FALSE(json["panels"][0]["traces"][0].contains("low"));
  EXPECT_FALSE(json["panels"][0]["x"].contains("range"));
}

}  // namespace
}  // namespace eddy::report
