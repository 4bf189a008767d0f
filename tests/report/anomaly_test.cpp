#include <eddy/base/json.hpp>
#include <eddy/report/anomaly.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/excess_spectrum.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_check.hpp>
#include <report/figure_json.hpp>
#include <report/synthetic_blind.hpp>
#include <report/synthetic_extrapolation.hpp>
#include <report/synthetic_output.hpp>
#include <report/synthetic_quak.hpp>
#include <report/synthetic_resonant.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace eddy::report {
namespace {

using testing::HasSubstr;
using testing::Not;

const search::Finding& labelled() {
  static const search::Finding finding = report_test::synthetic_output();
  return finding;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++n;
  }
  return n;
}

TEST(AnomalyResult, has_the_spectra_and_the_named_events) {
  const Json anomaly = result_of(labelled())["anomaly"];
  const Json& selected = anomaly["selected"];
  EXPECT_EQ(selected["background"], "template");
  EXPECT_EQ(selected["efficiency"], labelled().working_points[selected["working_point"]].efficiency);
  ASSERT_EQ(selected["spectra"].size(), 4U);
  const Json& spectrum = selected["spectra"][0];
  EXPECT_EQ(spectrum["name"], "m_j1");
  EXPECT_EQ(spectrum["edges"].size(), spectrum["observed"].size() + 1);
  EXPECT_NEAR(report_test::sum(spectrum["observed"]), selected["n_events"].get<double>(), 0);
  ASSERT_EQ(anomaly["events"].size(), 20U);
  EXPECT_LE(anomaly["events"][0]["background_efficiency"], anomaly["events"][19]["background_efficiency"]);
  EXPECT_EQ(anomaly["events"][0]["features"].size(), 3U);
  EXPECT_TRUE(anomaly["events"][0]["labelled_signal"].is_boolean());
}

TEST(AnomalyResult, names_events_by_identity_and_injected_ones_by_none) {
  search::Finding finding = labelled();
  search::ScoredSample& events = finding.anomaly->most_signal_like;
  events.identity = {{"run", std::vector<std::int64_t>(20, 9007199254740993)},
                     {"event", std::vector<std::int64_t>(20, search::kNoIdentity)}};
  const Json anomaly = result_of(finding)["anomaly"];
  EXPECT_EQ(anomaly["identity"], (Json{"run", "event"}));
  EXPECT_EQ(anomaly["events"][0]["identity"], (Json{9007199254740993, nullptr}));  // exact: above 2^53
  EXPECT_THAT(signal_like_table(result_of(finding)), HasSubstr("<td>9007199254740993</td><td>–</td>"));
}

/// Values are checked by the names of their keys: columns called like numbers that have a range must not be.
TEST(AnomalyResult, takes_features_of_any_name) {
  search::Finding finding = report_test::synthetic_extrapolation();
  finding.features[0].name = "n_tracks";
  finding.features[1].name = "p_value";
  finding.anomaly->most_signal_like.x(0, 0) = -3;
  finding.anomaly->most_signal_like.x(0, 1) = 7;
  EXPECT_NO_THROW(require_result(result_of(finding)));
}

TEST(AnomalyResult, is_absent_where_there_is_none) {
  EXPECT_FALSE(result_of(report_test::blind_tail()).contains("anomaly"));
  EXPECT_FALSE(result_of(report_test::blind_bump()).contains("anomaly"));
  EXPECT_FALSE(result_of(report_test::synthetic_quak()).contains("anomaly"));
  EXPECT_FALSE(result_of(report_test::synthetic_extrapolation({.stage = "cr"})).contains("anomaly"));
}

TEST(AnomalyFigure, shows_what_is_in_the_result) {
  const Json figure = report_test::figure_of(figures_of(labelled()), "anomaly");
  const Json result = result_of(labelled())["anomaly"]["selected"];
  ASSERT_EQ(figure["panels"].size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const Json& panel = figure["panels"][i];
    const Json& spectrum = result["spectra"][i];
    EXPECT_EQ(panel["id"], spectrum["name"]);
    EXPECT_EQ(report_test::trace_of(panel["traces"], "data", "points")["y"], spectrum["observed"]);
    const Json excess = report_test::trace_of(panel["below"]["traces"], "data", "points");
    ASSERT_EQ(excess["y"].size(), spectrum["observed"].size());
    EXPECT_NEAR(report_test::sum(excess["y"]), result["n_events"].get<double>() - result["predicted"].get<double>(),
                0.01);
    EXPECT_FALSE(report_test::trace_of(panel["below"]["traces"], "signal", "step").is_null());
  }
  EXPECT_THAT(figure["caption"].get<std::string>(), HasSubstr("no evidence"));
}

TEST(AnomalyFigure, says_for_each_kind_of_evidence_where_the_background_comes_from) {
  const auto caption = [](const search::Finding& finding) { return anomaly_figure(finding)->caption; };
  EXPECT_THAT(caption(labelled()), HasSubstr("tail variable may fall otherwise"));
  EXPECT_THAT(caption(report_test::synthetic_resonant()), HasSubstr("features that move with the mass"));
  EXPECT_THAT(caption(report_test::synthetic_extrapolation()), HasSubstr("constructed one"));
}

TEST(AnomalyFigure, has_no_signal_without_labels) {
  const Json figure =
      report_test::figure_of(figures_of(report_test::synthetic_output({.with_labels = false})), "anomaly");
  EXPECT_TRUE(report_test::trace_of(figure["panels"][0]["traces"], "signal", "step").is_null());
}

TEST(AnomalyReport, has_one_section_with_figure_and_table) {
  const Json result = result_of(labelled());
  const std::string page = render_report(result, figures_of(labelled()), Json::object());
  EXPECT_EQ(count_of(page, "<h2>What is the anomaly?</h2>"), 1U);
  EXPECT_EQ(count_of(page, "20 most signal-like events"), 1U);
  const Json none = {{"format", "eddy-figures-1"}, {"figures", Json::array()}};
  const std::string without = render_report(result, none, Json::object());
  EXPECT_EQ(count_of(without, "<h2>What is the anomaly?</h2>"), 1U);
  EXPECT_EQ(count_of(without, "20 most signal-like events"), 1U);
  Json earlier = result;
  earlier.erase("anomaly");
  EXPECT_THAT(render_report(earlier, none, Json::object()), Not(HasSubstr("What is the anomaly?")));
}

TEST(AnomalyReport, leaves_features_that_no_table_can_hold_to_the_result) {
  search::Finding finding = labelled();
  finding.features = std::vector<search::Quantity>(30, {"f", "GeV"});
  finding.anomaly->selected.reset();
  finding.anomaly->most_signal_like.x = base::Matrix(20, 30);
  const std::string table = signal_like_table(result_of(finding));
  EXPECT_EQ(count_of(table, ">f [GeV]</th>"), 12U);
  EXPECT_THAT(table, HasSubstr("12 of 30 features"));
}

TEST(AnomalyLines, say_where_the_excess_is_largest_and_which_event_comes_first) {
  search::Finding finding = labelled();
  const std::vector<std::string> lines = anomaly_lines(finding);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("exceed the background (template,"));
  EXPECT_THAT(lines[0], HasSubstr("no evidence"));
  EXPECT_THAT(lines[1], HasSubstr("row " + std::to_string(finding.anomaly->most_signal_like.index[0])));
  finding.anomaly->most_signal_like.identity = {{"run", std::vector<std::int64_t>(20, 3)},
                                                {"event", std::vector<std::int64_t>(20, 99)}};
  EXPECT_THAT(anomaly_lines(finding)[1], HasSubstr("(run 3, event 99)"));
  finding.anomaly.reset();
  EXPECT_TRUE(anomaly_lines(finding).empty());
}

}  // namespace
}  // namespace eddy::report
