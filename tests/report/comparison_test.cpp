#include <report/figure_json.hpp>
#include <report/synthetic_extrapolation.hpp>
#include <report/synthetic_output.hpp>
#include <report/synthetic_resonant.hpp>

#include <eddy/base/json.hpp>
#include <eddy/report/closure_figure.hpp>
#include <eddy/report/comparison.hpp>
#include <eddy/report/comparison_figures.hpp>
#include <eddy/report/comparison_html.hpp>
#include <eddy/report/comparison_tables.hpp>
#include <eddy/report/figure.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/sensitivity_figures.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <report/judged_again.hpp>

namespace eddy::report {
namespace {

using report_test::trace_named;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const search::Finding& conrad_output() {
  static const search::Finding value = report_test::synthetic_output();
  return value;
}

const search::Finding& resonant_output() {
  static const search::Finding value = report_test::synthetic_resonant();
  return value;
}

const Json& conrad() {
  static const Json value = report_test::result_of(conrad_output());
  return value;
}

const Json& resonant() {
  static const Json value = report_test::result_of(resonant_output());
  return value;
}

const Json& extrapolation() {
  static const Json value = report_test::result_of(report_test::synthetic_extrapolation());
  return value;
}

const Json& blind() {
  static const Json value = report_test::result_of(report_test::synthetic_extrapolation({.stage = "cr"}));
  return value;
}

/// A second method on the same data: its own score, the same benchmarks.
Json other_method(Json result) {
  result["method"] = "cathode";
  result["name"] = "second";
  result["evaluation"][0]["name"] = "CATHODE";
  result["evaluation"][0]["auc"] = 0.6;
  result["evaluation"][0]["sic"]["max"] = 1.5;
  result["sculpting"]["curves"][0]["name"] = "CATHODE";
  result["sculpting"]["curves"][0]["points"][0]["median"] = 7.5;
  return result;
}

Json run_of(const Json& result, const std::string& folder) {
  return compared_run(folder, result, {{"wall_seconds", 41.0}, {"threads", 2}});
}

Json comparison_of(const std::vector<Json>& results) {
  std::vector<Json> runs;
  for (std::size_t i = 0; i < results.size(); ++i) {
    runs.push_back(run_of(results[i], "runs/" + std::to_string(i)));
  }
  return compare(runs);
}

std::vector<std::string> labels_of(const Json& list) {
  std::vector<std::string> labels;
  for (const Json& item : list) {
    labels.push_back(item["label"]);
  }
  return labels;
}

Json figure_named(const Json& comparison, const std::string& id) {
  return report_test::figure_of(comparison_figures(comparison), id);
}

std::vector<std::string> benchmark_names(const Json& result) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < result["evaluation"].size(); ++i) {
    names.push_back(result["evaluation"][i]["name"]);
  }
  return names;
}

TEST(Comparison, LabelsAreNameAndMethodAndUnique) {
  EXPECT_THAT(labels_of(comparison_of({resonant(), other_method(resonant())})["runs"]),
              ElementsAre(resonant()["name"].get<std::string>() + " (LaCATHODE)", "second (CATHODE)"));
  const std::string name = conrad()["name"].get<std::string>() + " (CONRAD), runs/";
  EXPECT_THAT(labels_of(comparison_of({conrad(), conrad()})["runs"]), ElementsAre(name + "0", name + "1"));
}

TEST(Comparison, BenchmarksWithTheSameNumbersAreListedOnce) {
  const Json detectors = comparison_of({resonant(), other_method(resonant())})["detectors"];
  const auto names = benchmark_names(resonant());
  ASSERT_EQ(detectors.size(), 2 + names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(detectors[2 + i]["label"], names[i]);
    EXPECT_EQ(detectors[2 + i]["runs"].size(), 2);
  }
}

TEST(Comparison, BenchmarksThatDifferSayWhoseTheyAre) {
  Json other = other_method(resonant());
  other["evaluation"][1]["auc"] = 0.51;
  const auto labels = labels_of(comparison_of({resonant(), other})["detectors"]);
  const std::string name = benchmark_names(resonant()).front();
  EXPECT_THAT(labels, testing::Contains(name + ", second (CATHODE)"));
  EXPECT_THAT(labels, testing::Contains(name + ", " + labels[0]));
  EXPECT_THAT(labels, Not(testing::Contains(name)));
}

TEST(Comparison, ABenchmarkThatIsARunOfItsOwnIsThatRun) {
  Json supervised = resonant();
  supervised["method"] = "supervised";
  std::swap(supervised["evaluation"][0], supervised["evaluation"][1]);
  std::swap(supervised["sculpting"]["curves"][0], supervised["sculpting"]["curves"][1]);
  ASSERT_EQ(supervised["evaluation"][0]["name"], "supervised");
  supervised["evaluation"].erase(1);
  supervised["sculpting"]["curves"].erase(1);
  const Json detectors = comparison_of({resonant(), supervised})["detectors"];
  EXPECT_FALSE(detectors[1]["benchmark"]);
  EXPECT_EQ(detectors[1]["runs"].size(), 2);
  EXPECT_EQ(detectors.size(), resonant()["evaluation"].size());
}

TEST(Comparison, RunsOnTheSameDataDoNotDiffer) {
  EXPECT_THAT(comparison_of({resonant(), other_method(resonant())})["differences"], IsEmpty());
}

TEST(Comparison, EveryDifferenceIsOneSentenceWithBothValues) {
  Json other = other_method(resonant());
  for (Json& input : other["inputs"]) {
    input["sha256"] = std::string(64, 'f');
  }
  other["setup"]["selection"] = "m1 > 1";
  other["setup"]["signal_region"] = "mjj > 4";
  other["setup"]["n_injected"] = 0;
  const Json sentences = comparison_of({resonant(), other})["differences"];
  ASSERT_EQ(sentences.size(), 4);
  EXPECT_THAT(sentences[0].get<std::string>(), HasSubstr("data files differ"));
  EXPECT_THAT(sentences[0].get<std::string>(), HasSubstr("(ffffffffffff) in second (CATHODE)."));
  EXPECT_THAT(sentences[1].get<std::string>(), HasSubstr("“m1 > 1” in second (CATHODE)."));
  EXPECT_THAT(sentences[2].get<std::string>(), HasSubstr("“mjj > 4”"));
  EXPECT_THAT(sentences[3].get<std::string>(), HasSubstr("none in second (CATHODE)."));
  EXPECT_THAT(sentences[3].get<std::string>(), HasSubstr("210 events"));
}

TEST(Comparison, ARenamedFileIsTheSameFile) {
  Json other = other_method(resonant());
  for (Json& input : other["inputs"]) {
    input["file"] = "elsewhere/" + input["file"].get<std::string>();
  }
  const Json comparison = comparison_of({resonant(), other});
  for (const Json& sentence : comparison["differences"]) {
    EXPECT_THAT(sentence.get<std::string>(), Not(HasSubstr("data files differ")));
  }
}

TEST(Comparison, PointsCarryTheNumbersOfBothFamilies) {
  const Json comparison = comparison_of({conrad(), resonant()});
  const Json& tail = comparison["significance"][0]["points"][0];
  EXPECT_EQ(tail["strength"], conrad()["working_points"][0]["fit"]["signal"]);
  EXPECT_EQ(tail["strength_error"], conrad()["working_points"][0]["fit"]["signal_error"]);
  EXPECT_TRUE(tail["global_signal_region"].is_null());
  const Json bump = resonant()["working_points"][1];
  const Json& point = comparison["significance"][1]["points"][1];
  EXPECT_EQ(point["strength"], bump["fit"]["signal"]["strength"]);
  EXPECT_EQ(point["global_signal_region"], bump["fit"]["scan_signal_region"]);
  for (const char* key : {"efficiency", "observed", "predicted", "z", "p_value", "upper_limit"}) {
    EXPECT_EQ(point[key], bump[key]) << key;
  }
}

TEST(Comparison, NumbersThatMustNotBeQuotedAreMarked) {
  Json invalid = conrad();
  invalid["gate"]["passed"] = false;
  Json poor = resonant();
  poor["working_points"][1]["fit"]["goodness_of_fit"] = 0.003;
  const Json comparison = comparison_of({report_test::judged_again(invalid), report_test::judged_again(poor)});
  EXPECT_FALSE(comparison["significance"][0]["points"][0]["quotable"]);
  EXPECT_TRUE(comparison["significance"][1]["points"][0]["quotable"]);
  EXPECT_FALSE(comparison["significance"][1]["points"][1]["quotable"]);
  EXPECT_THAT(significance_table(comparison), HasSubstr("<span class=\"poor\">"));
  const std::string label = comparison["runs"][1]["label"];
  const Json panel = figure_named(comparison, "significance")["panels"][0];
  const Json open = trace_named(panel, label + ", not to be quoted or a lower bound");
  EXPECT_THAT(open["x"], ElementsAre(rounded(poor["working_points"][1]["efficiency"].get<double>())));
  EXPECT_EQ(trace_named(panel, label)["x"].size(), poor["working_points"].size());
}

TEST(Comparison, RefusesWhatIsNoResult) {
  EXPECT_THROW((void)run_of(Json::object(), "x"), Json::exception);
  EXPECT_THROW((void)run_of(Json::array(), "x"), Json::exception);
  for (const char* key :
       {"name", "method", "seed", "eddy", "setup", "inputs", "working_points", "warnings", "verdict", "evidence"}) {
    Json result = conrad();
    result.erase(key);
    EXPECT_THROW((void)run_of(result, "x"), Json::exception) << key;
  }
}

TEST(Comparison, KnowsItsOwnDocuments) {
  EXPECT_TRUE(is_comparison(comparison_of({conrad(), conrad()})));
  EXPECT_FALSE(is_comparison(conrad()));
  EXPECT_FALSE(is_comparison(Json::array()));
}

/// The same events give the same line as in the report of the run alone.
TEST(ComparisonFigures, SicLinesAreThoseOfTheSingleReport) {
  const Json comparison = comparison_of({resonant(), other_method(resonant())});
  const Json panel = figure_named(comparison, "sic")["panels"][0];
  const Json alone = to_json(sic_figure(resonant_output()).value())["panels"][0];
  const Json mine = trace_named(panel, comparison["runs"][0]["label"]);
  const Json theirs = trace_named(alone, resonant_output().evaluations[0].name);
  ASSERT_FALSE(mine.is_null());
  EXPECT_EQ(mine["y"], theirs["y"]);
  EXPECT_EQ(mine["x_choices"], theirs["x_choices"]);
}

TEST(ComparisonFigures, ClosurePointsAreThoseOfTheSingleReport) {
  const Json comparison = comparison_of({conrad(), conrad()});
  const Json panel = figure_named(comparison, "closure")["panels"][0];
  const Json alone = to_json(abcd_closure_figure(conrad_output()).value())["panels"][0];
  const Json theirs = trace_named(alone, panel["title"]);
  for (const auto& label : labels_of(comparison["runs"])) {
    const Json mine = trace_named(panel, label);
    for (const char* key : {"x", "y", "low", "high"}) {
      EXPECT_EQ(mine[key], theirs[key]) << key;
    }
  }
}

TEST(ComparisonFigures, ARunHasOneColourEverywhere) {
  const Json comparison = comparison_of({resonant(), other_method(resonant())});
  for (const auto& label : labels_of(comparison["runs"])) {
    const Json role = trace_named(figure_named(comparison, "sic")["panels"][0], label)["role"];
    EXPECT_EQ(trace_named(figure_named(comparison, "significance")["panels"][0], label)["role"], role);
    EXPECT_EQ(trace_named(figure_named(comparison, "sculpting")["panels"][0], label)["role"], role);
  }
  EXPECT_EQ(trace_named(figure_named(comparison, "sculpting")["panels"][0], "random subsets (68 %)")["role"],
            "data_band");
}

TEST(ComparisonFigures, MixedFamiliesShowWhatEachHas) {
  const Json comparison = comparison_of({conrad(), resonant()});
  EXPECT_EQ(figure_named(comparison, "closure")["panels"][0]["traces"][0]["name"], comparison["runs"][0]["label"]);
  EXPECT_FALSE(
      trace_named(figure_named(comparison, "sculpting")["panels"][0], comparison["runs"][1]["label"]).is_null());
  EXPECT_EQ(figure_named(comparison, "significance")["panels"].size(), 2);
}

TEST(ComparisonFigures, NothingIsShownOfRunsWithoutNumbers) {
  Json empty = conrad();
  empty["working_points"] = Json::array();
  empty["closure"] = Json::array();
  empty.erase("evaluation");
  empty = report_test::judged_again(empty);
  const Json comparison = comparison_of({empty, empty});
  EXPECT_THAT(comparison_figures(comparison)["figures"], IsEmpty());
  EXPECT_EQ(significance_table(comparison) + sensitivity_table(comparison) + closure_table(comparison) +
                comparison_sculpting_table(comparison),
            "");
  EXPECT_THAT(render_comparison(comparison, comparison_figures(comparison)), HasSubstr("Comparison of 2 runs"));
}

TEST(ComparisonTables, EqualCutsStandBelowEachOther) {
  Json first = resonant();
  Json second = other_method(resonant());
  first["name"] = "first";
  const std::string table = significance_table(comparison_of({first, second}));
  std::size_t at = 0;
  for (std::size_t i = 0; i < resonant()["working_points"].size(); ++i) {
    for (const char* label : {"first (LaCATHODE)", "second (CATHODE)"}) {
      at = table.find(label, at + 1);
      ASSERT_NE(at, std::string::npos) << i << label;
    }
  }
}

TEST(ComparisonTables, SculptingAtTheWorkingPoints) {
  const Json comparison = comparison_of({resonant(), other_method(resonant())});
  const std::string table = comparison_sculpting_table(comparison);
  for (const Json& point : resonant()["working_points"]) {
    if (point["efficiency"].get<double>() < 1) {
      EXPECT_THAT(table, HasSubstr(">" + format_percent(point["efficiency"].get<double>()) + " kept</th>"));
    }
  }
  EXPECT_THAT(table, HasSubstr("random subsets"));
}

TEST(ComparisonOfExtrapolations, PointsHaveNoFittedSignal) {
  const Json comparison = comparison_of({extrapolation(), conrad()});
  EXPECT_EQ(comparison["runs"][0]["family"], "extrapolation");
  const Json& point = comparison["significance"][0]["points"][0];
  EXPECT_TRUE(point["strength"].is_null());
  EXPECT_TRUE(point["global_range"].is_null());
  EXPECT_TRUE(point["quotable"].get<bool>());
  EXPECT_EQ(point["z"], extrapolation()["working_points"][0]["z"]);
  EXPECT_THAT(run_table(comparison), HasSubstr("Morph: 2 background models"));
  EXPECT_FALSE(trace_named(figure_named(comparison, "sic")["panels"][0], comparison["runs"][0]["label"]).is_null());
}

TEST(ComparisonOfExtrapolations, ClosureTestsStandSideBySide) {
  Json other = extrapolation();
  other["method"] = "generate";
  other["closure_tests"][0]["name"] = "Generate";
  other["closure_tests"][3]["name"] = "Generate";
  const Json comparison = comparison_of({extrapolation(), other});
  const std::string table = closure_test_comparison_table(comparison);
  EXPECT_THAT(table, HasSubstr("<td>darkqcd (Morph)</td><td>Morph</td>"));
  EXPECT_THAT(table, HasSubstr("<td>darkqcd (Generate)</td><td>Generate</td>"));
  const Json panel = figure_named(comparison, "closure-auc")["panels"][0];
  EXPECT_EQ(trace_named(panel, "darkqcd (Generate)")["y"].size(), 2U);
}

TEST(ComparisonOfExtrapolations, ABlindRunHasClosureButNoWorkingPoints) {
  const Json comparison = comparison_of({blind(), extrapolation()});
  EXPECT_THAT(comparison["significance"][0]["points"], IsEmpty());
  EXPECT_EQ(comparison["closure_tests"].size(), 2U);
  const std::string page = render_comparison(comparison, comparison_figures(comparison));
  EXPECT_THAT(page, HasSubstr("darkqcd (Morph), runs/0 is blind: the signal region is closed"));
}

TEST(ComparisonOfExtrapolations, RefusesWhatIsNoResult) {
  for (const char* key : {"features", "signal_region", "n_models"}) {
    Json result = extrapolation();
    result["setup"].erase(key);
    EXPECT_THROW((void)run_of(result, "x"), Json::exception) << key;
  }
}

TEST(ComparisonPage, EscapesNamesAndShowsWarnings) {
  Json other = other_method(resonant());
  other["name"] = "<b>x</b>";
  other["setup"]["selection"] = "m1 > 1";
  other["warnings"] = {"few events"};
  const Json comparison = comparison_of({resonant(), other});
  const std::string page = render_comparison(comparison, comparison_figures(comparison));
  EXPECT_THAT(page, Not(HasSubstr("<b>x</b>")));
  EXPECT_THAT(page, HasSubstr("These runs differ in more than the method"));
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;x&lt;/b&gt; (CATHODE): few events"));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

}  // namespace
}  // namespace eddy::report
