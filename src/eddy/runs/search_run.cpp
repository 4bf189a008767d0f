#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/runs/config_text.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/runs/outcome.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/run_facts.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/same_run.hpp>
#include <eddy/runs/search_run.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/runs/unblinding.hpp>
#include <eddy/runs/work.hpp>
#include <eddy/search/injection.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace eddy::runs {
namespace {

/// The result that the folder has; null where there is none that can be read.
base::Json result_before(const RunFolder& folder) {
  try {
    return folder.read("result.json");
  } catch (const std::exception&) {
    return nullptr;
  }
}

/// A result is about to take the place of one that has more null experiments.
void warn_of_lost_calibration(const base::Json& before, const RunFolder& folder, std::int64_t experiments,
                              const base::Monitor& monitor) {
  const base::Json calibration = before.is_object() ? before.value("calibration", base::Json()) : base::Json();
  const auto n = calibration.is_object() ? calibration.value("experiments", std::int64_t{0}) : 0;
  if (n > experiments) {
    monitor.warn(
        fmt::format("the result that is there was calibrated with {0} null experiments, the new one with {2}; "
                    "the others are kept: eddy calibrate {1} --experiments {0}",
                    n, folder.path(), experiments));
  }
}

const char* command_of(Occasion occasion) {
  return occasion == Occasion::kCalibrate ? "eddy calibrate"
         : occasion == Occasion::kUnblind ? "eddy unblind"
                                          : "eddy run";
}

/// A blind search is about to take the place (--fresh) of one that was not: its signal region has been seen.
void remember_open_region(const RunFolder& folder, const std::string& now) {
  const std::string before = folder.config_before();
  const bool was_open = !before.empty() && !is_blind_config(before);
  std::error_code ignored;
  if (was_open && is_blind_config(now) && std::filesystem::exists(folder.file("result.json"), ignored)) {
    record_opening(folder, before, {}, false);
  }
}

/// The inputs as a search sees them while the signal region is closed, whatever the configuration says; without a word.
search::SearchInputs load_closed(const LoadedConfig& loaded) {
  search::SearchConfig config = loaded.config;
  config.search.blind = true;
  if (search::is_injected(config.inject) &&
      config.inject.count == 0) {  // relative to what is closed: any event will do
    config.inject.count = 1;
    config.inject.s_over_sqrt_b = config.inject.fraction = 0;
  }
  return search::load_inputs(config, loaded.folder, {});
}

/// How much of what was found has been said.
struct Told {
  std::size_t lines = 0;
  std::size_t warnings = 0;
};

/// Says what is new: null experiments add to what a search found.
void tell(const Found& found, Told& told, const base::Monitor& monitor) {
  for (; told.lines < found.lines.size(); ++told.lines) {
    monitor.info(found.lines[told.lines]);
  }
  for (; told.warnings < found.warnings.size(); ++told.warnings) {
    monitor.warn(found.warnings[told.warnings]);
  }
}

}  // namespace

std::string search_in_folder(const RunOptions& options, const GoingOn& from, Listener& listener,
                             const std::atomic<bool>& stop) {
  const base::Json* earlier = from.earlier;
  const base::Monitor monitor(&listener, &stop);
  RunClock clock;
  const LoadedConfig loaded = load_config(options.config, options.set);
  const RunFolder folder(options.out.empty() ? default_folder("[search]", loaded.config.search.name) : options.out);
  base::require_nobody_at_work(folder.path());
  folder.require_same_run(loaded.resolved, options.fresh);
  folder.require_no_input(input_files(loaded.config, loaded.folder), options.config, loaded.resolved);
  require_score_columns(loaded.config);
  // Nothing is written before the inputs are known to be usable: a corrected configuration finds the folder as it was.
  // Of a region that is about to be opened, nothing is read, nor said, before that is on record.
  const bool opens_region = from.occasion == Occasion::kUnblind || opens(folder, loaded.resolved);
  search::SearchInputs inputs;
  if (!opens_region) {
    inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
  }
  const std::vector<search::InputRecord> records = opens_region ? load_closed(loaded).records : inputs.records;
  if (earlier != nullptr) {
    require_same_inputs(records, *earlier, folder.path());
  }
  require_store(options.store);  // before the output folder is made
  const base::FolderLock lock = folder.claim(loaded.resolved, options.fresh, command_of(from.occasion));
  if (!opens_region && opens(folder, loaded.resolved)) {  // not so when the inputs were loaded
    throw base::InputError(
        fmt::format("'{}' was searched blind by another command meanwhile; give this one again", folder.path()));
  }
  remember_open_region(folder, loaded.resolved);
  if (opens_region) {
    record_opening(folder, loaded.resolved, records, true);
  }
  folder.begin(loaded.resolved, options.fresh);
  listener.open_log(folder.file("log.txt"));
  if (opens_region) {
    monitor.info(opening_sentence(folder));
    inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
    if (earlier != nullptr) {
      require_same_inputs(inputs.records, *earlier, folder.path());
    }
  }
  const base::Json opening = unblinding_of(folder);
  const base::TaskStore store = open_store(options.store, folder);

  const search::Search search{inputs, loaded.config, store, monitor};
  Told told;
  const auto write = [&](const Found& found) {
    write_result(found, folder);
    tell(found, told, monitor);
    describe_result(
        found, folder, [&] { return clock.facts(); }, monitor);
  };
  search::SearchRun run = search::search_alone(search);
  clock.end_part("search", run.cpu_of_validation);
  clock.add_part("validation", run.cpu_of_validation);
  const auto finding = std::make_shared<search::Finding>(std::move(run.finding));
  const auto describe_now = [&](base::Json scorer) {
    Found found = describe(finding, std::move(scorer));
    RunFolder::bind(loaded.resolved, found.scorer, found.result);
    add_blinding(opening, loaded.resolved, found.result);
    return found;
  };
  Found found = describe_now(std::move(run.scorer));
  const bool adds_experiments = loaded.config.calibration.experiments > 0;
  const base::Json before = result_before(folder);
  const bool is_there = before.is_object() && before.contains("working_points") &&
                        RunFolder::without_calibration(before) == RunFolder::without_calibration(found.result);
  if (from.occasion == Occasion::kCalibrate) {
    require_same_finding(found.result, *earlier, folder.path());
  } else {
    warn_of_lost_calibration(before, folder, loaded.config.calibration.experiments, monitor);
  }
  // What was found is safe before the first experiment, unless the folder has it already.
  if (!adds_experiments || !is_there) {
    write(found);
  }
  if (adds_experiments) {
    // As one of several processes would: they may be at work too, and `eddy status` knows.
    work_on_tasks(folder, options.store, command_of(from.occasion), [&](const Workplace& place) {
      search::add_null_experiments({inputs, loaded.config, place.store, monitor}, *finding);
    });
    clock.end_part("null experiments");
    write(describe_now(std::move(found.scorer)));
  }
  monitor.info(fmt::format("finished in {:.0f} s ({}); report: {}", clock.seconds(), clock.summary(),
                           folder.file("report.html")));
  return folder.path();
}

}  // namespace eddy::runs
