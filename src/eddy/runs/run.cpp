#include <eddy/runs/commands.hpp>
#include <eddy/runs/search_run.hpp>
#include <eddy/runs/work.hpp>

namespace eddy::runs {

std::string run(const RunOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  if (options.tasks_only) {
    work_in_folder(options, {}, listener, stop);
    return options.out;
  }
  return search_in_folder(options, {}, listener, stop);
}

}  // namespace eddy::runs
