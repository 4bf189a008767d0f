#include <eddy/base/files.hpp>
#include <eddy/cli/commands.hpp>
#include <eddy/cli/run_folder.hpp>
#include <eddy/report/html.hpp>

namespace eddy::cli {

void report(const std::string& run) {
  const RunFolder folder(run);
  const std::string page =
      report::render_report(folder.read("result.json"), folder.read("figures.json"), folder.read("run.json"));
  base::write_atomically(folder.file("report.html"), page);
}

}  // namespace eddy::cli
