#include <eddy/base/json.hpp>
#include <eddy/exchange/figure_tables.hpp>

#include <gtest/gtest.h>

namespace eddy::exchange {
namespace {

using base::Json;

Json figure_with(const Json& traces) {
  return {{"id", "masses"},
          {"title", "Masses"},
          {"caption", "What passes."},
          {"panels",
           {{{"id", "p"},
             {"title", ""},
             {"x", {{"label", "mjj"}, {"unit", "GeV"}}},
             {"y", {{"label", "events"}, {"unit", ""}}},
             {"traces", traces}}}}};
}

TEST(FigureTables, TracesOfTheSameBinsAreColumnsOfOneTable) {
  const std::vector<DataTable> tables =
      tables_of_figure(figure_with({{{"kind", "step"}, {"name", "fit"}, {"x", {1, 2, 4}}, {"y", {10, 5}}},
                                    {{"kind", "points"},
                                     {"name", "data"},
                                     {"x", {1.5, 3}},
                                     {"y", {11, nullptr}},
                                     {"low", {8, nullptr}},
                                     {"high", {15, nullptr}}},
                                    {{"kind", "horizontal_line"}, {"name", ""}, {"y", {1}}}}));
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].name, "masses");
  const Json& data = tables[0].data;
  EXPECT_EQ(data["independent_variables"],
            Json({{{"header", {{"name", "mjj"}, {"units", "GeV"}}},
                   {"values", {{{"low", 1.0}, {"high", 2.0}}, {{"low", 2.0}, {"high", 4.0}}}}}}));
  ASSERT_EQ(data["dependent_variables"].size(), 2U);
  const Json& points = data["dependent_variables"][1]["values"];
  EXPECT_EQ(points[0]["errors"][0]["asymerror"], (Json{{"minus", -3.0}, {"plus", 4.0}}));
  EXPECT_EQ(points[1], (Json{{"value", "-"}}));
}

TEST(FigureTables, OtherPlacesAreAnotherTable) {
  const std::vector<DataTable> tables = tables_of_figure(
      figure_with({{{"kind", "line"}, {"name", "a"}, {"x", {1, 2, 3}}, {"y", {1, 1, 1}}},
                   {{"kind", "band"}, {"name", "b"}, {"x", {1, 2}}, {"low", {1, 2}}, {"high", {3, 2}}}}));
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[1].name, "masses (2)");
  const Json& band = tables[1].data["dependent_variables"][0]["values"];
  EXPECT_EQ(band[0]["value"], 2.0);
  EXPECT_EQ(band[0]["errors"][0]["asymerror"]["plus"], 1.0);
  EXPECT_FALSE(band[1].contains("errors"));  // of no width: HEPData knows no error of 0
}

TEST(FigureTables, AHeatmapHasARowForEachCell) {
  const std::vector<DataTable> tables = tables_of_figure(
      figure_with({{{"kind", "heatmap"}, {"name", "data"}, {"x", {0, 1, 2}}, {"y", {0, 5}}, {"z", {{7, nullptr}}}}}));
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].data["dependent_variables"][0]["values"], Json({{{"value", 7}}, {{"value", "-"}}}));
  EXPECT_EQ(tables[0].data["independent_variables"][1]["values"][1], (Json{{"low", 0.0}, {"high", 5.0}}));
}

TEST(FigureTables, TicksStandForTheirPlaces) {
  Json figure = figure_with({{{"kind", "points"}, {"name", "auc"}, {"x", {1, 2}}, {"y", {0.5, 0.6}}}});
  figure["panels"][0]["x"]["ticks"] = {"first", "second"};
  EXPECT_EQ(tables_of_figure(figure)[0].data["independent_variables"][0]["values"],
            Json({{{"value", "first"}}, {{"value", "second"}}}));
}

}  // namespace
}  // namespace eddy::exchange
