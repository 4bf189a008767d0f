#include <eddy/base/folder_lock.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/search_run.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/work.hpp>

namespace eddy::runs {

std::string run(const RunOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  if (options.tasks_only) {
    work_in_folder(options, {}, listener, stop);
    return options.out;
  }
  return search_in_folder(options, {}, listener, stop);
}

std::string prepare_run(const RunOptions& options) {
  const LoadedConfig loaded = load_config(options.config, options.set);
  const RunFolder folder(options.out.empty() ? default_folder("[search]", loaded.config.search.name) : options.out);
  folder.require_same_run(loaded.resolved, options.fresh);
  folder.require_no_input(input_files(loaded.config, loaded.folder), options.config, loaded.resolved);
  require_open_or_blind(folder, loaded.resolved);
  require_store(options.store);
  if (options.fresh) {
    const base::FolderLock lock = folder.claim(loaded.resolved, true, "eddy run");
    folder.begin(loaded.resolved, true);
  }
  prepare_for_work(folder, loaded.resolved);
  return folder.path();
}

}  // namespace eddy::runs
