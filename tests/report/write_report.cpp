// eddy_write_report FOLDER: writes <case>.html, <case>.result.json and <case>.figures.json of a few synthetic runs.

#include <report/synthetic_output.hpp>
#include <report/synthetic_resonant.hpp>

#include <eddy/base/files.hpp>
#include <eddy/report/conrad_figures.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/resonant_figures.hpp>
#include <eddy/report/result.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace {

using eddy::base::Json;

void write_case(const std::string& stem, const Json& result, const Json& figures) {
  const Json facts = {{"machine", {{"cores", 2}, {"processor", "synthetic"}}}, {"timing", {{"flow_seconds", 41.27}}}};
  eddy::base::write_atomically(stem + ".result.json", result.dump(2));
  eddy::base::write_atomically(stem + ".figures.json", figures.dump());
  eddy::base::write_atomically(stem + ".html", eddy::report::render_report(result, figures, facts));
}

void write_case(const std::string& stem, const eddy::search::ConradOutput& output) {
  write_case(stem, eddy::report::conrad_result(output), eddy::report::conrad_figures(output));
}

void write_case(const std::string& stem, const eddy::search::ResonantOutput& output) {
  write_case(stem, eddy::report::resonant_result(output), eddy::report::resonant_figures(output));
}

eddy::search::ConradOutput invalid_output() {
  auto output = eddy::report_test::synthetic_output();
  output.gate.passed = false;
  output.gate.auc = 0.5312;
  return output;
}

/// Nothing but settings, and a name that would break a page that does not escape it.
eddy::search::ConradOutput empty_output() {
  eddy::search::ConradOutput output;
  output.method = "conrad";
  output.name = "</script><b>empty</b> & \"quoted\" {{found}}";
  output.features = {{"m_j1", "GeV"}};
  output.context = {"met", "GeV"};
  output.signal_region = "met > 1000";
  output.warnings = {"<img src=x onerror=alert(1)>"};
  return output;
}

/// The working point with the tightest cut has no fit, and the flow is not good enough.
eddy::search::ResonantOutput failed_resonant() {
  auto output = eddy::report_test::synthetic_resonant({.n_injected = 0, .with_labels = false, .n_toys = 0});
  eddy::report_test::fail_fits(output.working_points.back());
  output.gate->passed = false;
  output.gate->auc = 0.52;
  output.evaluations.clear();
  return output;
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
