// eddy_write_report FOLDER: writes <case>.html, <case>.result.json and <case>.figures.json of a few synthetic runs.

#include <report/synthetic_output.hpp>

#include <eddy/base/files.hpp>
#include <eddy/report/conrad_figures.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/result.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace {

using eddy::base::Json;

void write_case(const std::string& stem, const eddy::search::ConradOutput& output) {
  const Json result = eddy::report::conrad_result(output);
  const Json figures = eddy::report::conrad_figures(output);
  const Json facts = {{"machine", {{"cores", 2}, {"processor", "synthetic"}}}, {"timing", {{"flow_seconds", 41.27}}}};
  eddy::base::write_atomically(stem + ".result.json", result.dump(2));
  eddy::base::write_atomically(stem + ".figures.json", figures.dump());
  eddy::base::write_atomically(stem + ".html", eddy::report::render_report(result, figures, facts));
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

void write_all(const std::string& folder) {
  eddy::base::require_writable_folder(folder);
  write_case(folder + "/labelled", eddy::report_test::synthetic_output());
  write_case(folder + "/unlabelled",
             eddy::report_test::synthetic_output({.n_injected = 0, .with_labels = false, .with_warnings = false}));
  write_case(folder + "/invalid", invalid_output());
  write_case(folder + "/empty", empty_output());
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
