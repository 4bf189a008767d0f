#include <eddy/base/json.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <report/figure_json.hpp>
#include <report/synthetic_output.hpp>

#include <eddy/report/sample_columns.hpp>
#include <eddy/stats/intervals.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace eddy::report {
namespace {

using report_test::figure_of;
using report_test::find_id;
using report_test::ids;
using report_test::sum;
using report_test::synthetic_output;
using report_test::SyntheticOptions;
using report_test::trace_of;

const search::Finding& labelled() {
  static const search::Finding output = synthetic_output();
  return output;
}

const Json& labelled_figures() {
  static const Json figures = figures_of(labelled());
  return figures;
}

Json figure(const std::string& id) { return figure_of(labelled_figures(), id); }

void for_each_axis(const Json& figures, const std::function<void(const Json&, const std::string&)>& visit) {
  for (const Json& f : figures["figures"]) {
    for (const Json& panel : f["panels"]) {
      const std::string where = f["id"].get<std::string>() + "/" + panel["id"].get<std::string>();
      visit(panel["x"], where + " x");
      visit(panel["y"], where + " y");
      for (const Json& choice : panel.value("x_choices", Json::array())) {
        visit(choice["axis"], where + " x choice");
      }
      if (panel.contains("below")) {
        visit(panel["below"]["y"], where + " lower y");
      }
    }
  }
}

void for_each_trace(const Json& figures, const std::function<void(const Json&, const std::string&)>& visit) {
  for (const Json& f : figures["figures"]) {
    for (const Json& panel : f["panels"]) {
      const std::string where = f["id"].get<std::string>() + "/" + panel["id"].get<std::string>();
      Json traces = panel["traces"];
      for (const Json& trace : panel.contains("below") ? panel["below"]["traces"] : Json::array()) {
        traces.push_back(trace);
      }
      for (const Json& trace : traces) {
        visit(trace, where + "/" + trace["name"].get<std::string>());
      }
    }
  }
}

TEST(ConradFigures, AllFiguresInTheOrderOfTheReport) {
  EXPECT_THAT(ids(labelled_figures()),
              testing::ElementsAre("excess", "abcd", "scores", "anomaly", "closure", "features", "corner",
                                   "latent-template", "latent-data", "training", "sic", "roc"));
}

TEST(ConradFigures, EveryFigureIsExplained) {
  for (const Json& f : labelled_figures()["figures"]) {
    EXPECT_FALSE(f["title"].get<std::string>().empty()) << f["id"];
    EXPECT_GT(f["caption"].get<std::string>().size(), 80U) << f["id"];
    EXPECT_FALSE(f["section"].get<std::string>().empty()) << f["id"];
    EXPECT_FALSE(f["panels"].empty()) << f["id"];
  }
}

TEST(ConradFigures, EveryAxisHasALabelAndARisingRange) {
  for_each_axis(labelled_figures(), [](const Json& axis, const std::string& where) {
    EXPECT_FALSE(axis["label"].get<std::string>().empty()) << where;
    if (axis.contains("range") && !axis["range"].is_null()) {
      EXPECT_LT(axis["range"][0].get<double>(), axis["range"][1].get<double>()) << where;
      EXPECT_TRUE(axis["scale"] == "linear" || axis["range"][0].get<double>() > 0) << where;
    }
  });
}

TEST(ConradFigures, DimensionfulQuantitiesCarryTheirUnit) {
  std::size_t n_seen = 0;
  for_each_axis(labelled_figures(), [&](const Json& axis, const std::string& where) {
    if (axis["label"] == "met" || axis["label"] == "m_j1") {
      EXPECT_EQ(axis["unit"], "GeV") << where;
      ++n_seen;
    }
  });
  EXPECT_GE(n_seen, 5U);
  EXPECT_EQ(find_id(figure("features")["panels"], "m_j1")["y"]["unit"], "1/GeV");
  EXPECT_EQ(find_id(figure("features")["panels"], "tau21")["y"]["unit"], "");
}

TEST(ConradFigures, ArraysOfATraceFitTogether) {
  for_each_trace(labelled_figures(), [](const Json& t, const std::string& where) {
    const std::size_t n = t.contains("y") ? t["y"].size() : t.contains("low") ? t["low"].size() : 0;
    const std::size_t n_x = t.contains("x_choices") ? t["x_choices"][0].size() : t.contains("x") ? t["x"].size() : 0;
    if (t["kind"] == "step") {
      EXPECT_EQ(n_x, n + 1) << where;
    } else if (t["kind"] == "points" || t["kind"] == "line") {
      EXPECT_EQ(n_x, n) << where;
    } else if (t["kind"] == "band") {
      EXPECT_TRUE(n_x == n || n_x == n + 1) << where;
      EXPECT_EQ(t["high"].size(), n) << where;
    }
  });
}

// null stands for "nothing to show" in ratios and empty cells only; positions and shapes are always numbers.
TEST(ConradFigures, PositionsAndShapesAreFinite) {
  for_each_trace(labelled_figures(), [](const Json& t, const std::string& where) {
    for (const Json& value : t.value("x", Json::array())) {
      EXPECT_TRUE(value.is_number()) << where;
    }
    for (const Json& value : t["kind"] == "step" ? t["y"] : Json::array()) {
      EXPECT_TRUE(value.is_number()) << where;
    }
  });
}

TEST(ConradFigures, ErrorBarsEncloseTheirPoint) {
  for_each_trace(labelled_figures(), [](const Json& t, const std::string& where) {
    for (std::size_t i = 0; t["kind"] == "points" && t.contains("low") && i < t["y"].size(); ++i) {
      if (t["y"][i].is_number()) {
        EXPECT_LE(t["low"][i].get<double>(), t["y"][i].get<double>()) << where;
        EXPECT_GE(t["high"][i].get<double>(), t["y"][i].get<double>()) << where;
      }
    }
  });
}

TEST(FeatureFigure, HistogramsHoldEveryEventOfTheRegion) {
  const double n_data = static_cast<double>(feature_column(labelled().data, 0, Region::kSignal).size());
  const double n_template = static_cast<double>(feature_column(labelled().template_sample, 0, Region::kSignal).size());
  for (const char* id : {"m_j1", "tau21", "tau32"}) {
    const Json panel = find_id(figure("features")["panels"], id);
    EXPECT_EQ(sum(trace_of(panel["traces"], "data", "points")["counts"]), n_data) << id;
    EXPECT_EQ(sum(trace_of(panel["traces"], "template", "step")["counts"]), n_template) << id;
  }
  const Json context = find_id(figure("features")["panels"], "met");
  EXPECT_EQ(sum(trace_of(context["traces"], "data", "points")["counts"]), static_cast<double>(labelled().data.size()));
}

TEST(FeatureFigure, SignalRegionThresholdIsABinEdge) {
  const Json context = find_id(figure("features")["panels"], "met");
  const Json edges = trace_of(context["traces"], "template", "step")["x"];
  EXPECT_NE(std::find(edges.begin(), edges.end(), Json(*labelled().context_cut)), edges.end());
}

TEST(CornerFigure, LowerTriangleWithDiagonal) {
  const Json panels = figure("corner")["panels"];
  EXPECT_EQ(panels.size(), 6U);  // 3 pairs and 3 features
  for (const Json& panel : panels) {
    EXPECT_LE(panel["column"].get<int>(), panel["row"].get<int>());
    EXPECT_EQ(!trace_of(panel["traces"], "pull", "heatmap").is_null(), panel["row"] != panel["column"]);
  }
}

// Background of data and template is drawn from one distribution. The median of the square of a normal variable is
// 0.455, with a standard error of 0.064 over some 280 bins.
TEST(CornerFigure, PullsAreStandardNormalForEqualSamples) {
  const search::Finding output = synthetic_output({.n_injected = 0});
  const Json figures = figures_of(output);
  std::vector<double> squares;
  for_each_trace(figures, [&](const Json& t, const std::string&) {
    for (const Json& row : t["role"] == "pull" ? t["z"] : Json::array()) {
      for (const Json& z : row) {
        if (z.is_number()) {
          squares.push_back(z.get<double>() * z.get<double>());
        }
      }
    }
  });
  ASSERT_GT(squares.size(), 200U);
  std::nth_element(squares.begin(), squares.begin() + static_cast<std::ptrdiff_t>(squares.size() / 2), squares.end());
  EXPECT_NEAR(squares[squares.size() / 2], 0.455, 0.2);  // 3 standard errors
}

TEST(ExcessFigure, PointsAreTheCountsOfTheSignalRegion) {
  const Json panel = figure("excess")["panels"][0];
  const Json data = trace_of(panel["traces"], "data", "points");
  const double n = static_cast<double>(selection_column(labelled().data, Region::kSignal).size());
  EXPECT_EQ(sum(data["y"]), n);
  EXPECT_NEAR(sum(trace_of(panel["traces"], "expectation", "step")["y"]), n, 1e-4 * n);  // six digits
  for (std::size_t i = 0; i < data["y"].size(); ++i) {
    const stats::Interval interval = stats::garwood(data["y"][i].get<double>());
    EXPECT_NEAR(data["high"][i].get<double>(), interval.high, 1e-5 * interval.high);
  }
}

TEST(ExcessFigure, RatioIsObservedOverExpected) {
  const Json panel = figure("excess")["panels"][0];
  const Json observed = trace_of(panel["traces"], "data", "points")["y"];
  const Json expected = trace_of(panel["traces"], "expectation", "step")["y"];
  const Json ratio = trace_of(panel["below"]["traces"], "data", "points")["y"];
  EXPECT_NEAR(ratio[2].get<double>(), observed[2].get<double>() / expected[2].get<double>(), 1e-4);
}

TEST(PlaneFigure, HoldsAllDataAndTheFourCounts) {
  const Json traces = figure("abcd")["panels"][0]["traces"];
  EXPECT_EQ(sum(trace_of(traces, "density", "heatmap")["counts"]), static_cast<double>(labelled().data.size()));
  std::set<std::string> notes;
  for (const Json& trace : traces) {
    if (trace["kind"] == "note") {
      notes.insert(trace["text"].get<std::string>().substr(0, 3));
    }
  }
  EXPECT_EQ(notes, (std::set<std::string>{"A =", "B =", "C =", "D ="}));
}

TEST(PlaneFigure, AtMostAThousandSignalPoints) {
  const Json signal = trace_of(figure("abcd")["panels"][0]["traces"], "signal", "points");
  EXPECT_GT(signal["x"].size(), 500U);
  EXPECT_LE(signal["x"].size(), 1000U);
  EXPECT_THAT(signal["name"].get<std::string>(), testing::HasSubstr("of 3,000 events"));
}

TEST(SicFigure, ChoicesDescribeTheSamePoints) {
  const Json method = trace_of(figure("sic")["panels"][0]["traces"], "method", "line");
  ASSERT_EQ(method["x_choices"].size(), 3U);
  const Json background = method["x_choices"][0];
  const Json signal = method["x_choices"][1];
  const Json rejection = method["x_choices"][2];
  for (std::size_t i = 0; i < background.size(); ++i) {
    const double b = background[i].get<double>();
    EXPECT_NEAR(rejection[i].get<double>() * b, 1, 1e-4);  // both have six digits
    EXPECT_NEAR(method["y"][i].get<double>(), signal[i].get<double>() / std::sqrt(b),
                1e-4 * method["y"][i].get<double>());
    EXPECT_GE(method["counts"][i].get<double>(), 20);  // the statistics cut-off
  }
}

TEST(SicFigure, RandomLineIsTheSquareRoot) {
  const Json random = trace_of(figure("sic")["panels"][0]["traces"], "reference", "line");
  for (std::size_t i = 0; i < random["y"].size(); ++i) {
    const double y = random["y"][i].get<double>();
    EXPECT_NEAR(y * y, random["x_choices"][0][i].get<double>(), 1e-5);
  }
}

TEST(ClosureFigure, HasEveryCurveItsBandAndTheGuides) {
  const Json traces = figure("closure")["panels"][0]["traces"];
  std::size_t n_points = 0;
  std::set<double> guides;
  for (const Json& trace : traces) {
    n_points += trace["kind"] == "points" ? 1 : 0;
    if (trace["kind"] == "horizontal_line") {
      guides.insert(trace["y"][0].get<double>());
    }
  }
  EXPECT_EQ(n_points, labelled().closure.size());
  EXPECT_EQ(guides, (std::set<double>{0.9, 1.0, 1.1}));
}

TEST(LatentFigure, ContextBinsShareTheEventsEqually) {
  const Json panel = find_id(figure("latent-template")["panels"], "z1");
  const double quarter = static_cast<double>(labelled().template_sample.size()) / 4;
  for (const char* role : {"context_1", "context_2", "context_3", "context_4"}) {
    EXPECT_NEAR(sum(trace_of(panel["traces"], role, "step")["counts"]), quarter, 2) << role;
  }
}

TEST(TrainingFigure, MarksTheEpochThatWasKept) {
  const Json panel = find_id(figure("training")["panels"], "flow");
  const Json best = trace_of(panel["traces"], "series_1", "points");
  const search::TrainingCurve& curve = labelled().training.front();
  EXPECT_EQ(best["x"][0].get<double>(), static_cast<double>(curve.best_epoch + 1));
}

TEST(ConradFigures, StaySmall) { EXPECT_LT(labelled_figures().dump().size(), 600000U); }

TEST(ConradFigures, AreTheSameEveryTime) { EXPECT_EQ(figures_of(labelled()).dump(), labelled_figures().dump()); }

TEST(ConradFiguresWithoutLabels, NoSignalAndNoSensitivity) {
  const Json figures = figures_of(synthetic_output({.n_injected = 0, .with_labels = false}));
  EXPECT_THAT(ids(figures), testing::Not(testing::Contains("sic")));
  EXPECT_THAT(ids(figures), testing::Not(testing::Contains("roc")));
  for_each_trace(figures, [](const Json& t, const std::string& where) { EXPECT_NE(t["role"], "signal") << where; });
}

TEST(ConradFiguresWithoutSignalSample, LabelledDataStandInForIt) {
  search::Finding output = labelled();
  output.signal = {};
  const Json figures = figures_of(output);
  const Json panel = find_id(figure_of(figures, "features")["panels"], "met");
  EXPECT_EQ(sum(trace_of(panel["traces"], "signal", "step")["counts"]), static_cast<double>(output.n_injected));
}

TEST(ConradFiguresOfNothing, AreNone) {
  search::Finding output;
  output.features = {{"m_j1", "GeV"}};
  EXPECT_TRUE(figures_of(output)["figures"].empty());
}

TEST(ConradFiguresOfParts, EachSampleMayBeEmpty) {
  using Member = search::ScoredSample search::Finding::*;
  for (const Member member : {Member{&search::Finding::data}, Member{&search::Finding::template_sample}}) {
    search::Finding output = labelled();
    output.*member = {};
    const Json figures = figures_of(output);
    EXPECT_THAT(ids(figures), testing::Contains("features"));
    EXPECT_THAT(ids(figures), testing::Not(testing::Contains("corner")));
  }
}

TEST(ConradFiguresOfParts, SignalRegionMayBeEmpty) {
  search::Finding output = labelled();
  std::fill(output.data.in_signal_region.begin(), output.data.in_signal_region.end(), std::uint8_t{0});
  const auto names = ids(figures_of(output));
  EXPECT_THAT(names, testing::Contains("features"));
  EXPECT_THAT(names, testing::Not(testing::Contains("corner")));
  EXPECT_THAT(names, testing::Not(testing::Contains("excess")));
}

TEST(ConradFiguresOfParts, ConstantFeatureIsDrawn) {
  search::Finding output = labelled();
  for (search::ScoredSample* sample : {&output.data, &output.template_sample}) {
    for (std::size_t row = 0; row < sample->x.rows(); ++row) {
      sample->x(row, 1) = 0.5F;
    }
  }
  const Json panel = find_id(figure_of(figures_of(output), "features")["panels"], "tau21");
  EXPECT_EQ(trace_of(panel["traces"], "template", "step")["y"].size(), 1U);
}

TEST(CutWithUnit, OnlyPlainCutsOnTheContext) {
  const search::Quantity met{"met", "GeV"};
  EXPECT_EQ(cut_with_unit("met > 1000", met), "met > 1000 GeV");
  EXPECT_EQ(cut_with_unit("met > 1000 && ht > 3", met), "met > 1000 && ht > 3");
  EXPECT_EQ(cut_with_unit("ht > 3", met), "ht > 3");
  EXPECT_EQ(cut_with_unit("met > 1000", {"met", ""}), "met > 1000");
  EXPECT_EQ(cut_with_unit("", met), "");
}

}  // namespace
}  // namespace eddy::report
