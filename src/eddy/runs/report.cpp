#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/folder_lock.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_folder.hpp>

namespace eddy::runs {

void report(const std::string& run) {
  const RunFolder folder(run);
  base::require_nobody_at_work(run);
  const base::Json result = folder.read("result.json");
  const base::Json figures = folder.read("figures.json");
  const base::Json facts = folder.read("run.json");
  const base::FolderLock lock(run, "eddy report");
  try {
    report::require_result(result);
    base::write_atomically(folder.file("report.html"), report::render_report(result, figures, facts));
  } catch (const base::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw not_of_one_run(run, error);
  }
}

}  // namespace eddy::runs
