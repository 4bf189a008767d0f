#include <eddy/base/files.hpp>
#include <eddy/cli/commands.hpp>
#include <eddy/cli/run_folder.hpp>
#include <eddy/report/html.hpp>

namespace eddy::cli {

void report(const std::string& run) {
  const RunFolder folder(run);
  const base::Json result = folder.read("result.json");
  const base::Json figures = folder.read("figures.json");
  const base::Json facts = folder.read("run.json");
  try {
    base::write_atomically(folder.file("report.html"), report::render_report(result, figures, facts));
  } catch (const base::Json::exception& error) {
    throw not_of_one_run(run, error);
  }
}

}  // namespace eddy::cli
