#include <eddy/base/json.hpp>
#include <eddy/report/html.hpp>
#include <report/synthetic_output.hpp>

#include <eddy/report/evidence/abcd/abcd_tables.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/tables.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

using testing::HasSubstr;
using testing::Not;

const search::Finding& output() {
  static const search::Finding value = report_test::synthetic_output({.n_data = 4000, .n_template = 4000});
  return value;
}

std::string page_of(const Json& result) { return report_test::rendered(result, output()); }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++n;
  }
  return n;
}

TEST(RenderReport, EveryFigureHasItsPlaceAndButtons) {
  const std::string page = page_of(report_test::result_of(output()));
  const std::size_t n_figures = figures_of(output())["figures"].size();
  EXPECT_EQ(count(page, "data-figure=\""), n_figures);
  EXPECT_EQ(count(page, "class=\"svg\""), n_figures);
  EXPECT_EQ(count(page, "class=\"csv\""), n_figures);
}

TEST(RenderReport, NeedsNothingFromOutside) {
  const std::string page = page_of(report_test::result_of(output()));
  EXPECT_THAT(page, Not(HasSubstr("<script src")));
  EXPECT_THAT(page, Not(HasSubstr("<link rel=\"stylesheet\"")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
}

TEST(RenderReport, ScriptsEndWhereTheyShould) {
  Json result = report_test::result_of(output());
  result["name"] = "</script><script>alert(1)</script>";
  const std::string page = page_of(result);
  EXPECT_EQ(count(page, "<script"), 3U + count(page, "\\u003cscript"));
  EXPECT_EQ(count(page, "</script>"), 3U);
}

TEST(RenderReport, TextIsEscaped) {
  Json result = report_test::result_of(output());
  result["name"] = "a < b & {{found}}";
  result["warnings"] = {"<img src=x>"};
  const std::string page = page_of(result);
  EXPECT_THAT(page, HasSubstr("<h1>a &lt; b &amp; {{found}}</h1>"));
  EXPECT_THAT(page, HasSubstr("<li>&lt;img src=x&gt;</li>"));
}

TEST(RenderReport, WarningsOnlyWhereThereAreSome) {
  Json result = report_test::result_of(output());
  EXPECT_THAT(page_of(result), HasSubstr("class=\"warnings\""));
  result["warnings"] = Json::array();
  EXPECT_THAT(page_of(result), Not(HasSubstr("class=\"warnings\"")));
}

TEST(RenderReport, AFailedGateIsSaid) {
  Json result = report_test::result_of(output());
  EXPECT_THAT(page_of(result), HasSubstr("Validity gate passed."));
  result["gate"]["passed"] = false;
  EXPECT_THAT(page_of(result), HasSubstr("Validity gate failed."));
}

TEST(RenderReport, RunFactsMayBeAbsent) {
  const Json result = report_test::result_of(output());
  EXPECT_THAT(render_report(result, {{"figures", Json::array()}}, nullptr), Not(HasSubstr("Timing and machine")));
}

TEST(WorkingPointTable, RoundsAndCarriesGarwoodErrors) {
  Json result = report_test::result_of(output());
  Json& point = result["working_points"][0];
  point["observed"] = 10;
  point["observed_interval"] = {6.891424, 14.266950};
  point["predicted"] = 8.827;
  point["predicted_error"] = 0.367;
  const std::string table = working_point_table(result);
  EXPECT_THAT(table, HasSubstr("10 <span class=\"interval\"><span>+4</span><span>−3</span></span>"));
  EXPECT_THAT(table, HasSubstr("8.8 ± 0.4"));
}

TEST(WorkingPointTable, TruthOnlyWhereKnown) {
  EXPECT_THAT(working_point_table(report_test::result_of(output())), HasSubstr("true background"));
  const auto unlabelled =
      report_test::synthetic_output({.n_data = 4000, .n_template = 4000, .n_injected = 0, .with_labels = false});
  EXPECT_THAT(working_point_table(report_test::result_of(unlabelled)), Not(HasSubstr("true background")));
  EXPECT_EQ(evaluation_table(report_test::result_of(unlabelled)), "");
}

TEST(InputTable, NamesFilesAndHashes) {
  const std::string table = input_table(report_test::result_of(output()));
  EXPECT_THAT(table, HasSubstr("data/monojet.h5:template"));
  EXPECT_THAT(table, HasSubstr(std::string(64, 'a')));
  EXPECT_THAT(table, HasSubstr("3 / 0 / 12"));
}

TEST(FactTable, JoinsNestedKeys) {
  EXPECT_THAT(fact_table({{"timing", {{"flow", 1.5}}}}), HasSubstr("timing.flow"));
  EXPECT_EQ(fact_table(nullptr), "");
  EXPECT_EQ(fact_table(Json::object()), "");
}

}  // namespace
}  // namespace eddy::report
