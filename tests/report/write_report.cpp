// eddy_write_report FOLDER: writes <case>.html, <case>.result.json and <case>.figures.json of a few synthetic runs.

#include <report/judged_again.hpp>
#include <report/synthetic_blind.hpp>
#include <report/synthetic_extrapolation.hpp>
#include <report/synthetic_limit.hpp>
#include <report/synthetic_output.hpp>
#include <report/synthetic_quak.hpp>
#include <report/synthetic_resonant.hpp>
#include <report/synthetic_study.hpp>

#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/comparison.hpp>
#include <eddy/report/comparison_figures.hpp>
#include <eddy/report/comparison_html.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/limit.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/study_figures.hpp>
#include <eddy/report/study_html.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

using eddy::base::Json;

void write_case(const std::string& stem, const Json& result, const Json& figures) {
  const Json facts = {{"machine", {{"cores", 2}, {"processor", "synthetic"}}}, {"timing", {{"flow_seconds", 41.27}}}};
  eddy::base::write_atomically(stem + ".result.json", result.dump(2));
  eddy::base::write_atomically(stem + ".figures.json", figures.dump());
  eddy::base::write_atomically(stem + ".html", eddy::report::render_report(result, figures, facts));
}

void write_case(const std::string& stem, const eddy::search::Finding& output) {
  write_case(stem, eddy::report_test::result_of(output), eddy::report::figures_of(output));
}

eddy::search::Finding invalid_output() {
  auto output = eddy::report_test::synthetic_output();
  output.gate->passed = false;
  output.gate->auc = 0.5312;
  return output;
}

/// Nothing but settings, and a name that would break a page that does not escape it.
eddy::search::Finding empty_output() {
  eddy::search::Finding output;
  output.method = "conrad";
  output.family = "conrad";
  output.name = "</script><b>empty</b> & \"quoted\" {{found}}";
  output.features = {{"m_j1", "GeV"}};
  output.context = {"met", "GeV"};
  output.signal_region = "met > 1000";
  output.gate = eddy::search::LatentGate{};
  output.warnings = {"<img src=x onerror=alert(1)>"};
  return output;
}

/// The working point with the tightest cut has no fit, and the flow is not good enough.
eddy::search::Finding failed_resonant() {
  auto output = eddy::report_test::synthetic_resonant({.n_injected = 0, .with_labels = false, .n_toys = 0});
  eddy::report_test::fail_fits(output.working_points.back());
  output.gate->passed = false;
  output.gate->auc = 0.52;
  output.evaluations.clear();
  return output;
}

/// A second method on the events of `output`: a weaker score of its own, the same benchmarks.
eddy::search::Finding second_method(eddy::search::Finding output) {
  output.method = "cathode";
  output.name = "second";
  output.classifier_space = "x";
  output.evaluations[0].name = "CATHODE";
  for (auto& point : output.evaluations[0].curve) {
    point.efficiency_signal *= 0.9;
  }
  output.sculpting->curves[0].name = "CATHODE";
  for (auto& point : output.sculpting->curves[0].points) {
    point = {point.efficiency, 2 * point.median, 2 * point.low, 2 * point.high};
  }
  return output;
}

void write_comparison(const std::string& stem, const std::vector<Json>& results) {
  std::vector<Json> runs;
  for (const Json& result : results) {
    runs.push_back(eddy::report::compared_run("runs/" + result["name"].get<std::string>(), result,
                                              {{"threads", 2}, {"wall_seconds", 41.3}}));
  }
  const Json comparison = eddy::report::compare(runs);
  const Json figures = eddy::report::comparison_figures(comparison);
  eddy::base::write_atomically(stem + ".compare.json", comparison.dump(2));
  eddy::base::write_atomically(stem + ".figures.json", figures.dump());
  eddy::base::write_atomically(stem + ".html", eddy::report::render_comparison(comparison, figures));
}

void write_comparisons(const std::string& folder) {
  const auto resonant = eddy::report_test::synthetic_resonant();
  const Json first = eddy::report_test::result_of(resonant);
  write_comparison(folder + "/comparison", {first, eddy::report_test::result_of(second_method(resonant))});
  const auto opened = eddy::report_test::synthetic_extrapolation();
  auto blind = eddy::report_test::synthetic_extrapolation({.stage = "cr"});
  blind.name = "blind";
  write_comparison(folder + "/comparison-extrapolation",
                   {eddy::report_test::result_of(opened), eddy::report_test::result_of(blind), first});
  write_comparison(folder + "/comparison-mixed", {eddy::report_test::result_of(eddy::report_test::synthetic_output()),
                                                  eddy::report_test::result_of(invalid_output()), first});
}

void write_study(const std::string& stem, const Json& study) {
  const Json figures = eddy::report::study_figures(study);
  eddy::base::write_atomically(stem + ".study.json", study.dump(2));
  eddy::base::write_atomically(stem + ".figures.json", figures.dump());
  const eddy::report::StudySource source{.study = "[study]\nname = \"synthetic\"", .base = "[search]\nseed = 1"};
  eddy::base::write_atomically(stem + ".html",
                               eddy::report::render_study(study, figures, source, {{"wall_seconds", 41.3}}));
}

/// Against numbers and against texts, with a search that failed.
void write_studies(const std::string& folder) {
  using eddy::report::AxisRole;
  using eddy::report_test::axis;
  const auto methods = axis("search.method", {"cathode", "lacathode"}, AxisRole::kCurve);
  write_study(folder + "/study",
              eddy::report_test::synthetic_study(axis("inject.s_over_sqrt_b", {0, 0.5, 1, 2}, AxisRole::kX), methods));
  write_study(folder + "/study-texts",
              eddy::report_test::synthetic_study(axis("classifier.space", {"x", "z"}, AxisRole::kX), methods));
}

/// A search with a limit: its figures come behind those of the search.
void write_limit(const std::string& stem) {
  const eddy::search::Finding finding = eddy::report_test::synthetic_output();
  const Json limit = eddy::report::limit_json(eddy::report_test::synthetic_limit());
  const Json figures = eddy::report::figures_of(finding);
  Json all = figures;
  all["figures"].insert(all["figures"].end(), limit["figures"].begin(), limit["figures"].end());
  eddy::base::write_atomically(stem + ".limit.json", limit.dump(2));
  eddy::base::write_atomically(stem + ".figures.json", all.dump());
  eddy::base::write_atomically(stem + ".html", eddy::report::render_report(eddy::report_test::result_of(finding),
                                                                           figures, {{"wall_seconds", 41.3}}, &limit));
}

void write_all(const std::string& folder) {
  eddy::base::require_writable_folder(folder);
  write_case(folder + "/labelled", eddy::report_test::synthetic_output());
  write_case(folder + "/unlabelled",
             eddy::report_test::synthetic_output({.n_injected = 0, .with_labels = false, .with_warnings = false}));
  write_case(folder + "/invalid", invalid_output());
  write_case(folder + "/empty", empty_output());
  write_case(folder + "/resonant", eddy::report_test::synthetic_resonant());
  write_case(folder + "/resonant-failed", failed_resonant());
  write_case(folder + "/resonant-benchmark", eddy::report_test::synthetic_resonant({.with_sidebands = false}));
  write_case(folder + "/quak", eddy::report_test::synthetic_quak());
  write_case(folder + "/extrapolation", eddy::report_test::synthetic_extrapolation());
  write_case(folder + "/extrapolation-blind", eddy::report_test::synthetic_extrapolation({.stage = "cr"}));
  write_case(folder + "/bump-blind", eddy::report_test::blind_bump());
  write_case(folder + "/tail-blind", eddy::report_test::blind_tail());
  write_case(folder + "/extrapolation-unlabelled",
             eddy::report_test::synthetic_extrapolation({.n_injected = 0, .with_labels = false}));
  write_limit(folder + "/limit");
  write_comparisons(folder);
  write_studies(folder);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    write_all(argc > 1 ? argv[1] : ".");
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
