#include <eddy/base/files.hpp>
#include <eddy/cli/commands.hpp>
#include <eddy/cli/found.hpp>
#include <eddy/cli/run_facts.hpp>
#include <eddy/cli/run_folder.hpp>
#include <eddy/cli/toml_config.hpp>
#include <eddy/events/write.hpp>
#include <eddy/report/html.hpp>
#include <eddy/search/mass_file.hpp>

#include <fmt/format.h>

#include <chrono>

namespace eddy::cli {
namespace {

void write_mass_files(const std::vector<MassFile>& files, const RunFolder& folder) {
  if (!files.empty()) {
    base::require_writable_folder(folder.file("masses"));
  }
  for (const MassFile& file : files) {
    search::write_mass_file(folder.file("masses/" + file.name), file.masses, file.unit);
  }
}

}  // namespace

std::string run(const RunOptions& options, const base::Monitor& monitor,
                const std::function<void(const std::string&)>& open_log) {
  const auto begin = std::chrono::steady_clock::now();
  const LoadedConfig loaded = load_config(options.config, options.set);
  const RunFolder folder(options.out.empty() ? "runs/" + loaded.config.search.name : options.out);
  folder.require_same_run(loaded.resolved, options.fresh);
  // Nothing is written before the inputs are known to be usable: a corrected configuration finds the folder as it was.
  const search::SearchInputs inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
  folder.prepare(loaded.resolved, options.fresh);
  open_log(folder.file("log.txt"));
  const base::TaskStore store(options.store.empty() ? folder.models() : options.store);

  const Found found = search_and_describe(inputs, loaded.config, store, monitor);

  if (!found.scorer.is_null()) {  // a blind search scores nothing
    folder.write_scorer(found.scorer);
    events::write_hdf5(folder.file("scores.h5"), found.scores);
  }
  write_mass_files(found.masses, folder);
  folder.write("result.json", found.result);
  folder.write("figures.json", found.figures);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  const base::Json facts = run_facts(elapsed.count());
  folder.write("run.json", facts);
  base::write_atomically(folder.file("report.html"), report::render_report(found.result, found.figures, facts));
  for (const std::string& line : found.lines) {
    monitor.info(line);
  }
  for (const std::string& warning : found.warnings) {
    monitor.warn(warning);
  }
  monitor.info(fmt::format("finished in {:.0f} s; report: {}", elapsed.count(), folder.file("report.html")));
  return folder.path();
}

}  // namespace eddy::cli
