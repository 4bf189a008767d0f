#include <eddy/runs/commands.hpp>
#include <eddy/runs/search_run.hpp>

namespace eddy::runs {

std::string run(const RunOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  return search_in_folder(options, {}, listener, stop);
}

}  // namespace eddy::runs
