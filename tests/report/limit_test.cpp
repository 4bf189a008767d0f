#include <eddy/base/json.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/limit.hpp>
#include <eddy/report/result.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <report/figure_json.hpp>
#include <report/judged_again.hpp>
#include <report/synthetic_limit.hpp>
#include <report/synthetic_output.hpp>

namespace eddy::report {
namespace {

using report_test::synthetic_limit;
using testing::HasSubstr;
using testing::Not;

TEST(Limit, StandsInItsFile) {
  const Json limit = limit_json(synthetic_limit());
  EXPECT_EQ(limit["format"], "eddy-limit-1");
  EXPECT_EQ(limit["best"], 1);
  EXPECT_TRUE(limit["cross_section"].is_null());
  ASSERT_EQ(limit["cuts"].size(), 3U);
  EXPECT_EQ(limit["cuts"][0]["no_limit"], "not_excluded");
  EXPECT_TRUE(limit["cuts"][0]["observed"].is_null());
  EXPECT_TRUE(limit["cuts"][0]["expected"][4].is_null());
  EXPECT_TRUE(limit["cuts"][1]["no_limit"].is_null());
  EXPECT_EQ(limit["cuts"][1]["observed"], 64);
  EXPECT_EQ(limit["cuts"][1]["expected_of_nulls"]["experiments"], 50);
  EXPECT_EQ(limit["cuts"][2]["no_limit"], "no_fit");
  EXPECT_TRUE(limit["cuts"][2]["signal"].is_null());
  EXPECT_EQ(limit["injections"].size(), 9U);
  EXPECT_EQ(limit["injections"][8]["failure"], "a flow with <nan>");
}

TEST(Limit, IsSaidInEventsOrAsACrossSection) {
  search::LimitResult result = synthetic_limit();
  std::vector<std::string> lines = limit_lines(result);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "no cut: 95 % limit none in the range, expected 180 signal events");
  EXPECT_EQ(lines[1], "efficiency 0.01: 95 % limit 64 signal events, expected 53 signal events");
  EXPECT_THAT(lines[3], HasSubstr("best expected limit: efficiency 0.01"));
  result.cross_section = 0.5;
  result.cross_section_unit = "pb";
  EXPECT_EQ(limit_lines(result)[1], "efficiency 0.01: 95 % limit 32 pb, expected 26.5 pb");
  const std::string section = limit_section(limit_json(result));
  EXPECT_THAT(section, HasSubstr("More than 32 pb are excluded"));
  EXPECT_THAT(section, Not(HasSubstr("excluded at 95 % confidence level; expected without signal are 53")));
}

TEST(Limit, HasASectionWithATableAndFigures) {
  const std::string section = limit_section(limit_json(synthetic_limit()));
  EXPECT_THAT(section, HasSubstr("<h2>Limit</h2>"));
  EXPECT_THAT(section, HasSubstr("More than 64 signal events in the signal region are excluded at 95 %"));
  EXPECT_THAT(section, HasSubstr("no limit in the range: inject more"));
  EXPECT_THAT(section, HasSubstr("no limit: the search has no fit there"));
  EXPECT_THAT(section, HasSubstr("1 % <span class=\"muted\">(quoted)</span>"));
  EXPECT_THAT(section, HasSubstr("<th scope=\"row\">closure</th><td>+0.25 ± 0.75</td><td>+3.25</td><td>-3.5</td>"));
  EXPECT_THAT(section, HasSubstr("<th scope=\"row\">background in C</th><td>–</td><td>+2</td><td>–</td>"));
  EXPECT_THAT(section, HasSubstr("0.900 ± 0.020"));
  EXPECT_THAT(section, HasSubstr("a flow with &lt;nan&gt;"));
  EXPECT_THAT(section, HasSubstr("figure-limit-linearity"));
  EXPECT_EQ(limit_section(nullptr), "");
}

TEST(Limit, SaysThatNoCutHasOne) {
  search::LimitResult result = synthetic_limit();
  result.best.reset();
  EXPECT_THAT(limit_section(limit_json(result)), HasSubstr("No cut has an expected limit in the range"));
}

TEST(Limit, FiguresShowCurvesLimitsAndLinearity) {
  const Json limit = limit_json(synthetic_limit());
  EXPECT_EQ(report_test::ids(limit), (std::vector<std::string>{"limits", "limit-passing", "limit-efficiency",
                                                               "limit-linearity", "limit-impacts"}));
  const Json impacts = report_test::figure_of(limit, "limit-impacts")["panels"];
  ASSERT_EQ(impacts.size(), 2U);
  EXPECT_EQ(impacts[0]["x"]["ticks"], (Json{"closure", "C"}));
  const Json ends = report_test::trace_named(impacts[0], "nuisance at either end");  // about 4 fitted events
  EXPECT_EQ(ends["low"], (Json{0.5, 4}));
  EXPECT_EQ(ends["high"], (Json{7.25, 6}));
  EXPECT_EQ(impacts[1]["x"]["ticks"], (Json{"closure"})) << "a count is pulled by nothing";
  const Json passing = report_test::figure_of(limit, "limit-passing")["panels"][1];
  const Json line = report_test::trace_named(passing, "mean");
  EXPECT_EQ(line["x"].back(), 300);
  EXPECT_NEAR(line["y"].back().get<double>(), 300 * 0.59, 1e-9);
  EXPECT_EQ(report_test::trace_named(passing, "excluded by the counts")["y"][0], 22);
  EXPECT_EQ(report_test::trace_named(passing, "95 % limit")["x"][0], 64);
  const Json limits = report_test::figure_of(limit, "limits")["panels"][0];
  EXPECT_EQ(limits["x"]["ticks"], Json({"no cut", "efficiency 1 %", "efficiency 0.1 %"}));
  EXPECT_EQ(report_test::trace_named(limits, "observed")["y"][0], 64);
  EXPECT_EQ(report_test::trace_named(limits, "expected, 95 %")["low"][0], 32) << "the cut whose band is whole";
  const Json linearity = report_test::figure_of(limit, "limit-linearity")["panels"];
  EXPECT_EQ(linearity.size(), 2U) << "a cut without fits has none";
  const Json fit = report_test::trace_named(linearity[1], "straight line through all");
  EXPECT_NEAR(fit["y"][1].get<double>() - fit["y"][0].get<double>(), 0.9 * fit["x"][1].get<double>(), 1e-4);
}

TEST(Limit, JoinsTheReportOfItsSearch) {
  const search::Finding finding = report_test::synthetic_output();
  const Json result = report_test::result_of(finding);
  const Json figures = figures_of(finding);
  const Json limit = limit_json(synthetic_limit());
  EXPECT_THAT(render_report(result, figures, nullptr, &limit), HasSubstr("data-figure=\"limit-passing\""));
  EXPECT_THAT(render_report(result, figures, nullptr), Not(HasSubstr("<h2>Limit</h2>")));
}

}  // namespace
}  // namespace eddy::report
