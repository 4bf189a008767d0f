#include <eddy/base/json.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <report/figure_json.hpp>
#include <report/synthetic_resonant.hpp>

#include <eddy/stats/intervals.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace eddy::report {
namespace {

using report_test::figure_of;
using report_test::ids;
using report_test::sum;
using report_test::synthetic_resonant;
using report_test::trace_of;

const search::Finding& output() {
  static const search::Finding value = synthetic_resonant();
  return value;
}

const Json& all_figures() {
  static const Json figures = figures_of(output());
  return figures;
}

template <class Visit>
void for_each_panel(const Json& figures, Visit visit) {
  for (const Json& f : figures["figures"]) {
    for (const Json& panel : f["panels"]) {
      visit(panel, f["id"].get<std::string>() + "/" + panel["id"].get<std::string>());
    }
  }
}

TEST(ResonantFigures, AllFiguresInTheOrderOfTheReport) {
  EXPECT_THAT(ids(all_figures()), testing::ElementsAre("bump", "scan", "signal-region", "anomaly", "weighted-spectrum",
                                                       "sculpting", "spectra", "scores", "mass-plane", "features",
                                                       "latent-data", "training", "argos", "sic", "roc"));
}

TEST(ResonantFigures, SectionsStandTogether) {
  std::vector<std::string> sections;
  for (const Json& f : all_figures()["figures"]) {
    if (sections.empty() || sections.back() != f["section"]) {
      sections.push_back(f["section"]);
    }
    EXPECT_GT(f["caption"].get<std::string>().size(), 80U) << f["id"];
  }
  EXPECT_THAT(sections,
              testing::ElementsAre("Bump hunt", "What is the anomaly?", "Cross-check without a cut", "Sculpting",
                                   "Score", "Features", "The flow", "Choosing without labels", "Sensitivity"));
}

TEST(ResonantFigures, AxesHaveLabelsAndRisingRanges) {
  for_each_panel(all_figures(), [](const Json& panel, const std::string& where) {
    for (const char* name : {"x", "y"}) {
      const Json& axis = panel[name];
      EXPECT_FALSE(axis["label"].get<std::string>().empty()) << where;
      if (axis.contains("range")) {
        EXPECT_LT(axis["range"][0].get<double>(), axis["range"][1].get<double>()) << where;
        EXPECT_TRUE(axis["scale"] == "linear" || axis["range"][0].get<double>() > 0) << where;
      }
    }
  });
}

TEST(ResonantFigures, ArraysOfATraceFitTogether) {
  for_each_panel(all_figures(), [](const Json& panel, const std::string& where) {
    Json traces = panel["traces"];
    for (const Json& trace : panel.contains("below") ? panel["below"]["traces"] : Json::array()) {
      traces.push_back(trace);
    }
    for (const Json& t : traces) {
      const std::size_t n = t.contains("y") ? t["y"].size() : t.contains("low") ? t["low"].size() : 0;
      const std::size_t n_x = t.contains("x_choices") ? t["x_choices"][0].size() : t.contains("x") ? t["x"].size() : 0;
      if (t["kind"] == "step") {
        EXPECT_EQ(n_x, n + 1) << where;
      } else if (t["kind"] == "points" || t["kind"] == "line") {
        EXPECT_EQ(n_x, n) << where;
      } else if (t["kind"] == "band") {
        EXPECT_TRUE(n_x == n || n_x == n + 1) << where;
      }
    }
  });
}

TEST(BumpFigure, OnePanelPerWorkingPointWithAllItsEvents) {
  const Json panels = figure_of(all_figures(), "bump")["panels"];
  ASSERT_EQ(panels.size(), output().working_points.size());
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const Json& counts = std::get<search::BumpHunt>(output().working_points[i].evidence).spectrum.counts;
    EXPECT_EQ(sum(trace_of(panels[i]["traces"], "data", "points")["counts"]), sum(counts));
    EXPECT_EQ(panels[i]["y"]["scale"], "log");
  }
}

// Merged bins are shown per width of the narrowest: y = n * narrowest / width.
TEST(BumpFigure, MergedBinsDoNotJump) {
  const auto& hunt = std::get<search::BumpHunt>(output().working_points.back().evidence);
  const Json data = trace_of(figure_of(all_figures(), "bump")["panels"].back()["traces"], "data", "points");
  const std::size_t last = hunt.spectrum.n_bins() - 1;
  const double width = hunt.spectrum.edges[last + 1] - hunt.spectrum.edges[last];
  ASSERT_GT(width, 0.15);  // the narrowest is 0.1 TeV wide
  EXPECT_NEAR(data["y"][last].get<double>(), hunt.spectrum.counts[last] * 0.1 / width,
              1e-5 * data["y"][last].get<double>());  // six digits
}

TEST(BumpFigure, PullsAreInUnitsOfTheFitsError) {
  const auto& hunt = std::get<search::BumpHunt>(output().working_points.front().evidence);
  const Json panel = figure_of(all_figures(), "bump")["panels"][0];
  const Json pulls = trace_of(panel["below"]["traces"], "data", "points")["y"];
  for (std::size_t bin = 0; bin < hunt.spectrum.n_bins(); ++bin) {
    const double fit = hunt.prediction->fit.background[bin];
    EXPECT_NEAR(pulls[bin].get<double>(), (hunt.spectrum.counts[bin] - fit) / std::sqrt(fit), 1e-4);
  }
}

TEST(BumpFigure, AFailedFitLeavesTheSpectrumAndSaysSo) {
  search::Finding failed = output();
  report_test::fail_fits(failed.working_points[0]);
  const Json figures = figures_of(failed);
  const Json panel = figure_of(figures, "bump")["panels"][0];
  EXPECT_FALSE(panel.contains("below"));
  EXPECT_TRUE(trace_of(panel["traces"], "expectation", "line").is_null());
  EXPECT_THAT(trace_of(panel["traces"], "note", "note")["text"].get<std::string>(), testing::HasSubstr("converged"));
  EXPECT_EQ(figure_of(figures, "signal-region")["panels"].size(), 2U);
}

// An excess that runs away outside the sidebands' reach must not decide the axis.
TEST(BumpFigure, AnUndeterminedBackgroundDoesNotSetTheAxis) {
  search::Finding wild = output();
  auto& prediction = *std::get<search::BumpHunt>(wild.working_points[2].evidence).prediction;
  prediction.fit.background.back() = 1e13;
  wild.working_points[2].predicted_error = 1e13;
  search::judge(wild);
  const Json figures = figures_of(wild);
  EXPECT_LT(figure_of(figures, "bump")["panels"][2]["y"]["range"][1].get<double>(), 1e6);
  EXPECT_EQ(figure_of(figures, "signal-region")["panels"].size(), 2U);
}

TEST(ScanFigure, LinesAtOneToFiveSigma) {
  const Json panel = figure_of(all_figures(), "scan")["panels"][0];
  std::vector<double> lines;
  std::size_t n_notes = 0;
  for (const Json& trace : panel["traces"]) {
    if (trace["kind"] == "horizontal_line") {
      lines.push_back(trace["y"][0].get<double>());
    }
    n_notes += trace["kind"] == "note" ? 1 : 0;
  }
  ASSERT_EQ(lines.size(), 5U);
  for (int sigma = 1; sigma <= 5; ++sigma) {
    const double p = stats::to_p_value({static_cast<double>(sigma)}).value;
    EXPECT_NEAR(lines[static_cast<std::size_t>(sigma - 1)], p, 1e-5 * p);  // six digits
  }
  EXPECT_EQ(n_notes, output().working_points.size());
}

TEST(ScanFigure, CurvesAreTheLocalPValues) {
  const Json panel = figure_of(all_figures(), "scan")["panels"][0];
  const auto& scan = *std::get<search::BumpHunt>(output().working_points[1].evidence).scan;
  const Json line = trace_of(panel["traces"], "series_2", "line");
  ASSERT_EQ(line["y"].size(), scan.points.size());
  EXPECT_NEAR(line["y"][10].get<double>(), scan.points[10].p_value, 1e-5);
  EXPECT_LT(panel["y"]["range"][0].get<double>(), scan.points[scan.best].p_value);
}

TEST(ScanFigure, NoGlobalSignificanceWithoutToys) {
  const Json figures = figures_of(synthetic_resonant({.n_background = 60000, .n_toys = 0}));
  const Json traces = figure_of(figures, "scan")["panels"][0]["traces"];
  EXPECT_THAT(trace_of(traces, "note", "note")["text"].get<std::string>(), testing::Not(testing::HasSubstr("global")));
}

TEST(SignalRegionFigure, ShowsPredictionAndDataOfTheSignalBins) {
  const auto& hunt = std::get<search::BumpHunt>(output().working_points[0].evidence);
  const Json panel = figure_of(all_figures(), "signal-region")["panels"][0];
  EXPECT_EQ(sum(trace_of(panel["traces"], "data", "points")["counts"]), hunt.observed);
  EXPECT_NEAR(sum(trace_of(panel["traces"], "expectation", "step")["y"]), hunt.prediction->total,
              1e-4 * hunt.prediction->total);
  const Json ratio = trace_of(panel["below"]["traces"], "data", "points")["y"];
  const std::size_t first = hunt.signal_bins.first;
  EXPECT_NEAR(ratio[0].get<double>(), hunt.spectrum.counts[first] / hunt.prediction->expected[0], 1e-4);
}

TEST(SculptingFigure, EveryDetectorHasItsColourOfTheSicFigure) {
  const Json traces = figure_of(all_figures(), "sculpting")["panels"][0]["traces"];
  EXPECT_EQ(trace_of(traces, "method", "line")["name"], "LaCATHODE");
  EXPECT_EQ(trace_of(traces, "benchmark_2", "line")["name"], "idealized (x)");
  EXPECT_FALSE(trace_of(traces, "data_band", "band").is_null());
  const Json sic = figure_of(all_figures(), "sic")["panels"][0]["traces"];
  EXPECT_EQ(trace_of(sic, "benchmark_2", "line")["name"], "idealized (x)");
}

// chi2/ndof is zero by construction where the cut keeps everything; on a logarithmic axis that point has no place.
TEST(SculptingFigure, LeavesOutThePointWithoutACut) {
  const Json figure = figure_of(all_figures(), "sculpting");
  for (const Json& trace : figure["panels"][0]["traces"]) {
    for (const Json& y : trace.value("y", Json::array())) {
      EXPECT_GT(y.get<double>(), 0);
    }
  }
}

TEST(SpectraFigure, MergesToAReadableNumberOfBins) {
  const Json panels = figure_of(all_figures(), "spectra")["panels"];
  ASSERT_EQ(panels.size(), 2U);
  const Json before = trace_of(panels[0]["traces"], "data", "step");
  EXPECT_LE(before["y"].size(), 45U);
  EXPECT_EQ(sum(before["counts"]), sum(output().spectra[0].histogram.counts));
  EXPECT_EQ(sum(trace_of(panels[0]["traces"], "method", "step")["counts"]), sum(output().spectra[1].histogram.counts));
}

TEST(MassPlaneFigure, QuantileLinesLieWhereTheFractionIsKept) {
  const Json traces = figure_of(all_figures(), "mass-plane")["panels"][0]["traces"];
  EXPECT_EQ(sum(trace_of(traces, "density", "heatmap")["counts"]), static_cast<double>(output().n_scored));
  const Json half = trace_of(traces, "series_4", "line");
  ASSERT_EQ(half["y"].size(), 20U);
  for (const Json& y : half["y"]) {
    // The score does not depend on the mass; 0.02 is three binomial errors of a slice of 6,000 events, in log10.
    EXPECT_NEAR(y.get<double>(), -std::log10(0.5), 0.02);
  }
}

TEST(SicFigure, HasTheBandOfTheRetrainings) {
  const Json traces = figure_of(all_figures(), "sic")["panels"][0]["traces"];
  const Json band = trace_of(traces, "benchmark_1_band", "band");
  ASSERT_EQ(band["low"].size(), output().evaluations[1].band.size());
  EXPECT_NEAR(band["high"][3].get<double>(), output().evaluations[1].band[3].high, 1e-4);
  EXPECT_EQ(band["legend"], "supervised");
  const Json method = trace_of(traces, "method_band", "band");
  EXPECT_THAT(method["name"].get<std::string>(), testing::HasSubstr("retrainings"));
}

TEST(FeatureFigure, ComparesTheSignalRegionWithTheSidebands) {
  const Json panels = figure_of(all_figures(), "features")["panels"];
  ASSERT_EQ(panels.size(), output().features.size());
  const double n_signal_region = sum(trace_of(panels[0]["traces"], "data", "points")["counts"]);
  const double n_sidebands = sum(trace_of(panels[0]["traces"], "control", "step")["counts"]);
  EXPECT_EQ(n_signal_region + n_sidebands, static_cast<double>(output().data.size()));
  EXPECT_EQ(n_signal_region, static_cast<double>(output().inputs[0].n_signal_region));
}

TEST(ResonantFiguresWithoutAFlow, HaveNoLatentAndNoFlowSection) {
  search::Finding cwola = output();
  cwola.data.latent = {};
  cwola.training.erase(cwola.training.begin(), cwola.training.begin() + 2);
  const Json figures = figures_of(cwola);
  EXPECT_THAT(ids(figures), testing::Not(testing::Contains("latent-data")));
  EXPECT_EQ(figure_of(figures, "training")["section"], "Training");
}

TEST(ResonantFiguresWithoutSidebands, ShowSensitivityAlone) {
  const auto names = ids(figures_of(synthetic_resonant({.n_background = 4000, .with_sidebands = false})));
  for (const char* id : {"bump", "scan", "signal-region", "sculpting", "spectra"}) {
    EXPECT_THAT(names, testing::Not(testing::Contains(id)));
  }
  EXPECT_THAT(names, testing::Contains("sic"));
}

TEST(ResonantFiguresOfNothing, AreNone) {
  search::Finding nothing;
  nothing.features = {{"m_j1", "TeV"}};
  EXPECT_TRUE(figures_of(nothing)["figures"].empty());
}

TEST(ResonantFigures, StaySmall) { EXPECT_LT(all_figures().dump().size(), 600000U); }

TEST(ResonantFigures, AreTheSameEveryTime) { EXPECT_EQ(figures_of(output()).dump(), all_figures().dump()); }

}  // namespace
}  // namespace eddy::report
