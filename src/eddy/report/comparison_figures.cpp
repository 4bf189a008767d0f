#include <eddy/base/json.hpp>
#include <eddy/report/closure_panel.hpp>
#include <eddy/report/comparison_figures.hpp>
#include <eddy/report/comparison_style.hpp>
#include <eddy/report/evidence/template_count/closure_test_figures.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/sculpting_panel.hpp>
#include <eddy/report/sic_panel.hpp>
#include <eddy/report/significance_figure.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace eddy::report {
namespace {

std::vector<search::MedianBand> band_from(const Json& points) {
  std::vector<search::MedianBand> band;
  for (const Json& point : points) {
    band.push_back({.efficiency = value_of(point, "efficiency"),
                    .median = value_of(point, "median"),
                    .low = value_of(point, "low"),
                    .high = value_of(point, "high")});
  }
  return band;
}

std::vector<classify::RocPoint> curve_from(const Json& points) {
  std::vector<classify::RocPoint> curve;
  for (const Json& point : points) {
    curve.push_back({.threshold = 0,
                     .efficiency_background = value_of(point, "efficiency_background"),
                     .efficiency_signal = value_of(point, "efficiency_signal"),
                     .n_background = point.at("n_background"),
                     .n_signal = point.at("n_signal")});
  }
  return curve;
}

search::ClosureCurve closure_from(const std::string& name, const Json& points) {
  search::ClosureCurve curve{.name = name, .points = {}};
  for (const Json& point : points) {
    curve.points.push_back({.efficiency = value_of(point, "efficiency"),
                            .predicted = value_of(point, "predicted"),
                            .observed = value_of(point, "observed"),
                            .ratio = value_of(point, "ratio"),
                            .ratio_error = value_of(point, "ratio_error"),
                            .observed_error = value_of(point, "observed_error")});
  }
  return curve;
}

/// The scores with labels, without curves yet.
ScoreLine score_line(const Json& comparison, const Json& detector) {
  const LineStyle look = style_of_detector(comparison, detector);
  return {.name = detector.at("label"), .role = look.role, .style = look.style, .median_style = look.style};
}

std::optional<Figure> sic_figure(const Json& comparison) {
  std::vector<ScoreLine> lines;
  for (const Json& detector : comparison.at("detectors")) {
    if (!detector.at("evaluation").is_null()) {
      lines.push_back(score_line(comparison, detector));
      lines.back().curve = curve_from(detector.at("evaluation").at("sic").at("curve"));
    }
  }
  std::erase_if(lines, [](const ScoreLine& line) { return !is_drawable(line); });
  if (lines.empty()) {
    return std::nullopt;
  }
  Figure figure{.id = "sic",
                .section = std::string(kSensitivitySection),
                .title = "Significance improvement of each search",
                .caption = fmt::format(
                    "By how much a cut on the score multiplies S/√B, for labelled events. Solid: the runs, each with "
                    "the score that its search uses (the average of all retrainings); broken: benchmarks that know "
                    "more. Curves end where fewer than {} background events pass.",
                    classify::kMinBackgroundForSic)};
  figure.panels = {sic_panel(lines)};
  return figure;
}

std::optional<Figure> retraining_figure(const Json& comparison) {
  std::vector<ScoreLine> lines;
  for (const Json& detector : comparison.at("detectors")) {
    const Json& evaluation = detector.at("evaluation");
    if (!evaluation.is_null() && evaluation.contains("band")) {
      lines.push_back(score_line(comparison, detector));
      lines.back().band = band_from(evaluation.at("band"));
    }
  }
  if (lines.empty()) {
    return std::nullopt;
  }
  Figure figure{.id = "sic-retrainings",
                .section = std::string(kSensitivitySection),
                .title = "Significance improvement of single retrainings",
                .caption =
                    "Lines: median over retrainings at equal background efficiency; bands: their central 68 %. Two "
                    "methods whose bands overlap are not told apart by one training each."};
  figure.panels = {sic_panel(lines)};
  return figure;
}

/// Working points of runs whose closure is measured after cuts: all but resonant ones.
std::vector<double> closure_cuts(const Json& comparison) {
  std::vector<double> cuts;
  for (std::size_t i = 0; i < comparison.at("runs").size(); ++i) {
    for (const Json& point : comparison.at("significance").at(i).at("points")) {
      const double cut = value_of(point, "efficiency");
      if (!is_of_bumps(comparison.at("runs").at(i)) && cut > 0 && std::ranges::find(cuts, cut) == cuts.end()) {
        cuts.push_back(cut);
      }
    }
  }
  return cuts;
}

std::optional<Figure> closure_figure(const Json& comparison) {
  Figure figure{.id = "closure",
                .section = std::string(kClosureSection),
                .title = "Closure of the background estimate",
                .caption =
                    "Predicted divided by true number of background events in A, against the background "
                    "efficiency, for each sample that it was measured on. Error bars: Poisson errors of B, C and D "
                    "(ABCD), or of the constructed events and all else that is uncertain (extrapolations); shaded: "
                    "Poisson error of the count in A, around one; dashed lines at ± 10 %."};
  for (const Json& group : comparison.at("closure")) {
    Panel panel = empty_closure_panel(fmt::format("closure-{}", figure.panels.size() + 1), group.at("name"));
    for (const Json& curve : group.at("curves")) {
      if (!curve.at("points").empty()) {
        const std::string label = curve.at("run");
        add_closure_curve(panel, closure_from(label, curve.at("points")), run_style(comparison, label).role, label);
      }
    }
    if (!panel.traces.empty()) {
      finish_closure_panel(panel, closure_cuts(comparison));
      figure.panels.push_back(std::move(panel));
    }
  }
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(figure);
}

/// AUC of the closure classifiers: each run's method, and the tests that all runs share.
std::optional<Figure> closure_test_figure(const Json& comparison) {
  std::vector<ClosureSeries> series;
  for (const Json& run : comparison.at("closure_tests")) {
    ClosureSeries of_run{.name = run.at("run"), .role = run_style(comparison, run.at("run")).role};
    const std::string method = run.at("tests").at(0).at("name");
    for (const Json& test : run.at("tests")) {
      if (test.at("name") == method) {
        of_run.tests.push_back({.region = test.at("region"), .name = method, .auc = test.at("auc"), .sic = {}});
      }
    }
    series.push_back(std::move(of_run));
  }
  if (series.empty()) {
    return std::nullopt;
  }
  Figure figure{.id = "closure-auc",
                .section = std::string(kClosureSection),
                .title = "Can a classifier tell constructed from true background?",
                .caption =
                    "AUC of classifiers that try to tell the background that each run constructs from true "
                    "background, on events that no other training has seen; 0.5 is perfect. Dots: single runs of the "
                    "test; points with bars: mean and central 68 %. The table has simulation as it is, and two true "
                    "samples, to compare with. Blind searches have tests in the control region alone."};
  figure.panels = {closure_auc_panel(series)};
  return figure;
}

void add_subsets(Panel& panel, const Json& comparison) {
  for (const Json& group : comparison.at("random_subsets")) {
    const std::size_t n_before = panel.traces.size();
    add_random_subsets(panel, band_from(group.at("random_subsets").at("points")));
    if (panel.traces.size() > n_before && comparison.at("random_subsets").size() > 1) {
      Trace& band = panel.traces.back();
      band.legend = band.name;
      band.name += ", " + group.at("runs").at(0).get<std::string>();
    }
  }
}

std::optional<Figure> sculpting_figure(const Json& comparison) {
  Panel panel = empty_sculpting_panel();
  add_subsets(panel, comparison);
  for (const Json& detector : comparison.at("detectors")) {
    if (!detector.at("sculpting").is_null()) {
      const LineStyle look = style_of_detector(comparison, detector);
      add_sculpting_curve(panel, {.name = detector.at("label"), .points = band_from(detector.at("sculpting"))},
                          look.role, look.style);
    }
  }
  if (panel.traces.empty()) {
    return std::nullopt;
  }
  finish_sculpting_panel(panel);
  Figure figure{.id = "sculpting",
                .section = std::string(kSculptingSection),
                .title = "Does the cut change the spectrum?",
                .caption =
                    "χ²/ndof between the normalised mass spectra before and after a cut, against the fraction of "
                    "the signal region that it keeps. Lines and bands: median and central 68 % over "
                    "retrainings; grey: random subsets of the same size. A cut inside the grey band leaves "
                    "the shape alone; above it, the cut makes or hides bumps by itself."};
  figure.panels = {std::move(panel)};
  return figure;
}

}  // namespace

Json comparison_figures(const Json& comparison) {
  return figures_document({significance_figure(comparison), sic_figure(comparison), retraining_figure(comparison),
                           closure_figure(comparison), closure_test_figure(comparison), sculpting_figure(comparison)});
}

}  // namespace eddy::report
