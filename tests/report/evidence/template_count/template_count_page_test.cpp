#include <eddy/base/json.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <report/figure_json.hpp>
#include <report/synthetic_extrapolation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace eddy::report {
namespace {

using report_test::figure_of;
using report_test::find_id;
using report_test::ids;
using report_test::sum;
using report_test::synthetic_extrapolation;
using report_test::trace_of;
using testing::HasSubstr;

const search::Finding& output() {
  static const search::Finding value = synthetic_extrapolation();
  return value;
}

const Json& all_figures() {
  static const Json figures = figures_of(output());
  return figures;
}

Json panel_of(const std::string& id, const std::string& panel) {
  return find_id(figure_of(all_figures(), id)["panels"], panel);
}

template <class Range>
double total(const Range& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

TEST(ExtrapolationFigures, AllFiguresInTheOrderOfTheReport) {
  EXPECT_THAT(ids(all_figures()),
              testing::ElementsAre("excess", "anomaly", "closure-auc", "closure-sic", "closure", "marginals-control",
                                   "marginals-signal", "weights", "training", "sic", "roc"));
}

TEST(ExtrapolationFigures, ABlindSearchShowsTheControlRegionAlone) {
  const Json figures = figures_of(synthetic_extrapolation({.stage = "cr"}));
  EXPECT_THAT(ids(figures),
              testing::ElementsAre("closure-auc", "closure-sic", "marginals-control", "weights", "training"));
  EXPECT_THAT(figure_of(figures, "closure-auc")["panels"][0]["x"]["ticks"], testing::ElementsAre("control region"));
}

TEST(ExtrapolationFigures, WithoutLabelsTheSignalRegionHasNoClosureTest) {
  const Json figures = figures_of(synthetic_extrapolation({.n_injected = 0, .with_labels = false}));
  EXPECT_EQ(figure_of(figures, "closure-sic")["panels"].size(), 1U);
  EXPECT_EQ(trace_of(figure_of(figures, "marginals-signal")["panels"][0]["traces"], "data", "points")["name"], "data");
  EXPECT_THAT(ids(figures), testing::Not(testing::Contains("sic")));
}

TEST(ExtrapolationFigures, AxesRiseAndArraysFit) {
  for (const Json& figure : all_figures()["figures"]) {
    EXPECT_GT(figure["caption"].get<std::string>().size(), 80U) << figure["id"];
    for (const Json& panel : figure["panels"]) {
      for (const char* axis : {"x", "y"}) {
        if (panel[axis].contains("range")) {
          const Json& range = panel[axis]["range"];
          EXPECT_LT(range[0].get<double>(), range[1].get<double>()) << figure["id"];
          EXPECT_TRUE(panel[axis]["scale"] == "linear" || range[0].get<double>() > 0) << figure["id"];
        }
      }
      for (const Json& t : panel["traces"]) {
        if (t["kind"] == "step") {
          EXPECT_EQ(t["x"].size(), t["y"].size() + 1) << figure["id"];
        }
      }
    }
  }
}

TEST(TemplateCountFigure, ExpectationIsTheEfficiencyTimesAllConstructedEvents) {
  const Json traces = panel_of("excess", "passing")["traces"];
  const Json expected = trace_of(traces, "expectation", "line");
  const double n = total(output().regions[1].weight);
  for (std::size_t i = 0; i < expected["x"].size(); ++i) {
    EXPECT_NEAR(expected["y"][i].get<double>(), n * expected["x"][i].get<double>(), 1e-4 * n);
  }
  const Json data = trace_of(traces, "data", "line");
  EXPECT_EQ(data["counts"][0], static_cast<double>(output().inputs[0].n_signal_region));  // no cut
  EXPECT_EQ(data["x"][10], 0.1);
  EXPECT_EQ(data["counts"][10], output().working_points[0].observed);
}

TEST(TemplateCountFigure, BinsShareNoEventsAndLoseNone) {
  const Json traces = panel_of("excess", "bins")["traces"];
  EXPECT_EQ(sum(trace_of(traces, "data", "points")["counts"]), static_cast<double>(output().inputs[0].n_signal_region));
  const double n = total(output().regions[1].weight);
  EXPECT_NEAR(sum(trace_of(traces, "expectation", "step")["y"]), n, 1e-3 * n);
  EXPECT_EQ(sum(trace_of(traces, "signal", "step")["counts"]), static_cast<double>(output().n_injected));
}

TEST(TemplateCountFigure, PredictionsCarryTheirWholeError) {
  const Json points = trace_of(panel_of("excess", "passing")["traces"], "expectation", "points");
  const search::WorkingPoint& point = output().working_points[1];
  EXPECT_NEAR(points["high"][1].get<double>(), point.predicted + point.predicted_error, 1e-4);
}

TEST(MarginalFigure, EveryFeatureAndContextWithAllEvents) {
  for (const std::size_t r : {std::size_t{0}, std::size_t{1}}) {
    const Json panels = figure_of(all_figures(), r == 0 ? "marginals-control" : "marginals-signal")["panels"];
    const search::RegionComparison& region = output().regions[r];
    ASSERT_EQ(panels.size(), output().features.size() + output().contexts.size());
    for (const Json& panel : panels) {
      const auto n_true = static_cast<double>(region.truth.rows());
      const double n_constructed = total(region.weight);
      EXPECT_EQ(sum(trace_of(panel["traces"], "data", "points")["counts"]), n_true);
      EXPECT_NEAR(sum(trace_of(panel["traces"], "method", "step")["y"]), n_constructed, 1e-4 * n_constructed);
      EXPECT_NEAR(sum(trace_of(panel["traces"], "template", "step")["y"]), n_true, 1e-4 * n_true);
    }
  }
}

// The constructed events have the densities of the data, the simulation has another tau21: chi2 must tell.
TEST(MarginalFigure, Chi2TellsTheSimulationFromTheConstructed) {
  const std::string title = panel_of("marginals-control", "tau21")["title"];
  double constructed = 0;
  double simulation = 0;
  int n_constructed = 0;
  int n_simulation = 0;
  ASSERT_EQ(std::sscanf(title.c_str(), "tau21: χ²/ndof = %lf/%d (simulation %lf/%d)", &constructed, &n_constructed,
                        &simulation, &n_simulation),
            4)
      << title;
  // chi2 of n degrees of freedom has the standard deviation sqrt(2 n): five of them.
  EXPECT_LT(constructed, n_constructed + 5 * std::sqrt(2.0 * n_constructed));
  EXPECT_GT(simulation, 10 * n_simulation);
}

TEST(MarginalFigure, CaptionNamesPredictedAndTrueNumber) {
  EXPECT_THAT(figure_of(all_figures(), "marginals-signal")["caption"].get<std::string>(),
              HasSubstr(std::to_string(output().regions[1].truth.rows() / 1000) + ","));
}

TEST(ClosureAucFigure, MeanSpreadAndEveryRun) {
  const Json panel = figure_of(all_figures(), "closure-auc")["panels"][0];
  EXPECT_THAT(panel["x"]["ticks"], testing::ElementsAre("control region", "signal region"));
  const Json mean = trace_of(panel["traces"], "method", "points");
  ASSERT_EQ(mean["y"].size(), 2U);
  const auto& auc = output().closure_tests[0].auc;
  EXPECT_NEAR(mean["y"][0].get<double>(), total(auc) / static_cast<double>(auc.size()), 1e-5);
  EXPECT_LE(mean["low"][0].get<double>(), mean["y"][0].get<double>());
  EXPECT_LT(std::abs(mean["x"][1].get<double>() - 2), 0.5);
  std::size_t n_runs = 0;
  for (const Json& trace : panel["traces"]) {
    n_runs += trace.value("style", "") == "dots" ? trace["y"].size() : 0;
  }
  EXPECT_EQ(n_runs, 60U);  // three tests of ten runs in two regions
  EXPECT_EQ(trace_of(panel["traces"], "guide", "horizontal_line")["y"][0], 0.5);
}

TEST(ClosureSicFigure, APanelForEachRegionWithTheRandomLine) {
  const Json panels = figure_of(all_figures(), "closure-sic")["panels"];
  ASSERT_EQ(panels.size(), 2U);
  EXPECT_EQ(panels[1]["title"], "signal region");
  const Json median = trace_of(panels[1]["traces"], "method", "line");
  EXPECT_NEAR(median["y"][3].get<double>(), output().closure_tests[3].sic[3].median, 1e-5);
  EXPECT_FALSE(trace_of(panels[1]["traces"], "reference", "line").is_null());
}

TEST(ExtrapolationClosureFigure, HasBothRegions) {
  const Json panel = figure_of(all_figures(), "closure")["panels"][0];
  EXPECT_EQ(trace_of(panel["traces"], "closure_1", "points")["name"], output().closure[0].name);
  EXPECT_EQ(trace_of(panel["traces"], "closure_2", "points")["name"], output().closure[1].name);
}

TEST(WeightFigure, FractionsAddUpAndTheCaptionSaysWhatTheyAmountTo) {
  const Json figure = figure_of(all_figures(), "weights");
  for (const char* role : {"control", "signal_region"}) {
    EXPECT_NEAR(sum(trace_of(figure["panels"][0]["traces"], role, "step")["y"]), 1, 1e-4);
  }
  EXPECT_EQ(figure["panels"][0]["x"]["scale"], "log");
  EXPECT_THAT(figure["caption"].get<std::string>(), HasSubstr("In the signal region, the mean of w(m) is"));
}

TEST(ExtrapolationFiguresOfNothing, AreNone) {
  search::Finding nothing;
  nothing.features = {{"mjj", "GeV"}};
  EXPECT_TRUE(figures_of(nothing)["figures"].empty());
}

TEST(ExtrapolationFigures, AreTheSameEveryTime) { EXPECT_EQ(figures_of(output()).dump(), all_figures().dump()); }

}  // namespace
}  // namespace eddy::report
