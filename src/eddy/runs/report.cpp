#include <eddy/base/files.hpp>
#include <eddy/base/folder_lock.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/limit_file.hpp>
#include <eddy/runs/run_folder.hpp>

#include <memory>

namespace eddy::runs {

void report(const std::string& run) {
  const RunFolder folder(run);
  base::require_nobody_at_work(run);
  const base::Json result = folder.read("result.json");
  const base::Json figures = folder.read("figures.json");
  const base::Json facts = folder.read("run.json");
  const base::FolderLock lock(run, "eddy report");
  const std::string html = with_files_of(run, [&] {
    report::require_result(result);
    const std::unique_ptr<base::Json> limit = read_limit(folder, result);
    return report::render_report(result, figures, facts, limit.get());
  });
  base::write_atomically(folder.file("report.html"), html);
}

}  // namespace eddy::runs
