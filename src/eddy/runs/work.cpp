#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/runs/config_text.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/same_run.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/unblinding.hpp>
#include <eddy/runs/work.hpp>
#include <eddy/runs/work_journal.hpp>

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

namespace eddy::runs {
namespace {

/// The instruction set that all processes at work on a run must have.
constexpr const char* kMachineFile = "batch/machine.json";

bool has_config(const RunFolder& folder, const std::string& resolved_config) {
  const std::string before = folder.config_before();
  return !before.empty() && settings(before) == settings(resolved_config);
}

/// Another process may have the folder for a moment, to do the same.
void begin_folder(const RunFolder& folder, const std::string& resolved_config) {
  constexpr int kTries = 200;
  constexpr std::chrono::milliseconds kPause{100};
  for (int i = 1; !has_config(folder, resolved_config); ++i) {
    try {
      const base::FolderLock lock = folder.claim(resolved_config, false, "eddy run --tasks-only");
      folder.begin(resolved_config, false);
    } catch (const base::IoError&) {
      if (i == kTries || has_config(folder, resolved_config)) {
        throw;
      }
      std::this_thread::sleep_for(kPause);
    }
  }
}

void require_one_instruction_set(const RunFolder& folder) {
  const std::string path = folder.file(kMachineFile);
  const std::string own(net::to_string(net::instruction_set()));
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
    base::require_writable_folder(folder.file("batch"));
    base::write_atomically(path, base::Json{{"instructions", own}}.dump(1) + "\n");
  }
  const std::string needed = folder.read(kMachineFile).value("instructions", "");
  if (needed != own) {
    throw base::InputError(fmt::format(
        "the tasks of '{0}' are computed with the instruction set {1}, and this machine would use {2}, whose last bits "
        "differ: set EDDY_INSTRUCTIONS={1} where the processor has it, ask the batch system for machines of one kind, "
        "or remove '{3}' to begin anew with {2}",
        folder.path(), needed, own, path));
  }
}

/// Finds the search in its finished tasks, or computes what is missing of it together with the others.
search::Finding search_together(const search::Search& search, const std::string& resolved_config, const GoingOn& from,
                                const RunFolder& folder) {
  search::SearchRun run = search::search_alone(search);
  if (from.earlier == nullptr) {
    return std::move(run.finding);
  }
  const auto finding = std::make_shared<const search::Finding>(std::move(run.finding));
  Found found = describe(finding, std::move(run.scorer));
  RunFolder::bind(resolved_config, found.scorer, found.result);
  require_same_finding(found.result, *from.earlier, folder.path());
  return *finding;
}

std::vector<std::string> not_there(const std::vector<std::string>& tasks, const base::TaskStore& store) {
  std::vector<std::string> left;
  for (const std::string& task : tasks) {
    if (std::error_code ignored; !std::filesystem::exists(store.path_of(task), ignored)) {
      left.push_back(task);
    }
  }
  return left;
}

/// Takes one free experiment after the other, also those of processes that died meanwhile. Returns how many others are
/// at.
std::size_t compute_free_experiments(const search::Search& search, const search::Finding& finding,
                                     const WorkJournal& journal, base::TaskLeases& leases) {
  const base::TaskStore free_tasks = search.store.without_waiting();
  while (true) {
    try {
      search::compute_null_experiments({search.inputs, search.config, free_tasks, search.monitor}, finding);
      return 0;
    } catch (const base::TakenElsewhere&) {
      const std::vector<std::string> left = not_there(journal.planned(), search.store);
      if (!leases.may_take_any(left, search.monitor)) {
        return left.size();
      }
    }
  }
}

}  // namespace

void require_open_or_blind(const RunFolder& folder, const std::string& resolved_config) {
  if (opens(folder, resolved_config)) {
    throw base::InputError(fmt::format(
        "the signal region of '{0}' is closed, and several processes cannot open it: do that first, with eddy unblind "
        "{0}",
        folder.path()));
  }
}

void prepare_for_work(const RunFolder& folder, const std::string& resolved_config) {
  begin_folder(folder, resolved_config);
  require_one_instruction_set(folder);
}

void work_in_folder(const RunOptions& options, const GoingOn& from, Listener& listener, const std::atomic<bool>& stop) {
  const base::Monitor monitor(&listener, &stop);
  const LoadedConfig loaded = load_config(options.config, options.set);
  const RunFolder folder(options.out.empty() ? default_folder("[search]", loaded.config.search.name) : options.out);
  folder.require_same_run(loaded.resolved, false);
  folder.require_no_input(input_files(loaded.config, loaded.folder), options.config, loaded.resolved);
  require_open_or_blind(folder, loaded.resolved);
  const search::SearchInputs inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
  if (from.earlier != nullptr) {
    require_same_inputs(inputs.records, *from.earlier, folder.path());
  }
  require_store(options.store);
  prepare_for_work(folder, loaded.resolved);
  const std::string command = from.occasion == Occasion::kCalibrate ? "eddy calibrate" : "eddy run";
  work_on_tasks(folder, options.store, command, [&](const Workplace& place) {
    const search::Search search{inputs, loaded.config, place.store, monitor};
    const search::Finding finding = search_together(search, loaded.resolved, from, folder);
    const std::size_t elsewhere = compute_free_experiments(search, finding, place.journal, place.leases);
    monitor.info(fmt::format("{} tasks computed here{}", place.journal.n_computed(),
                             elsewhere > 0 ? fmt::format(", others are at {} more", elsewhere) : ""));
  });
}

void work_on_tasks(const RunFolder& folder, const std::string& store, const std::string& command,
                   const std::function<void(const Workplace&)>& work) {
  const std::string where = store.empty() ? folder.models() : store;
  const base::TaskStore own = open_store(store, folder);
  const auto leases = std::make_shared<base::TaskLeases>(where, command);
  const auto journal = std::make_shared<WorkJournal>(folder.file("batch"), where, command);
  with_journal(*journal, [&] { work({own.shared(leases, journal), *journal, *leases}); });
}

}  // namespace eddy::runs
