#include <eddy/runs/commands.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/runs/outcome.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/run_facts.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/toml_config.hpp>

#include <fmt/format.h>

#include <chrono>

namespace eddy::runs {

std::string run(const RunOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  const base::Monitor monitor(&listener, &stop);
  const auto begin = std::chrono::steady_clock::now();
  const LoadedConfig loaded = load_config(options.config, options.set);
  const RunFolder folder(options.out.empty() ? default_folder("[search]", loaded.config.search.name) : options.out);
  base::require_nobody_at_work(folder.path());
  folder.require_same_run(loaded.resolved, options.fresh);
  folder.require_no_input(input_files(loaded.config, loaded.folder), options.config, loaded.resolved);
  require_score_columns(loaded.config);
  // Nothing is written before the inputs are known to be usable: a corrected configuration finds the folder as it was.
  const search::SearchInputs inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
  require_store(options.store);  // before the output folder is made
  const base::FolderLock lock = folder.prepare(loaded.resolved, options.fresh, "eddy run");
  listener.open_log(folder.file("log.txt"));
  const base::TaskStore store = open_store(options.store, folder);

  Found found = search_and_describe({inputs, loaded.config, store, monitor});
  RunFolder::bind(loaded.resolved, found.scorer, found.result);
  write_result(found, folder);
  for (const std::string& line : found.lines) {
    monitor.info(line);
  }
  for (const std::string& warning : found.warnings) {
    monitor.warn(warning);
  }
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  describe_result(
      found, folder, [&] { return run_facts(elapsed()); }, monitor);
  monitor.info(fmt::format("finished in {:.0f} s; report: {}", elapsed(), folder.file("report.html")));
  return folder.path();
}

}  // namespace eddy::runs
