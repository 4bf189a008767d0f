#include <eddy/base/content_hash.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/file_stamps.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/inputs.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/events/read.hpp>
#include <eddy/events/write.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/report/study_figures.hpp>
#include <eddy/report/study_html.hpp>
#include <eddy/report/study_summary.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/runs/listener.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/point_sink.hpp>
#include <eddy/runs/run_facts.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/study_plan.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/runs/unblinding.hpp>
#include <eddy/runs/work.hpp>
#include <eddy/runs/work_journal.hpp>
#include <eddy/search/file_location.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace eddy::runs {
namespace {

/// Checksums of the event files, each read once, which name the results: no file may change until these are written.
class Checksums {
 public:
  [[nodiscard]] const std::string& of(const events::Location& location) {
    const auto [entry, is_new] = known_.emplace(std::pair(location.path, location.group), "");
    if (is_new) {
      stamps_.note(location.path);
      for (const std::string& other : events::files_behind(location)) {
        stamps_.note(other);
      }
      entry->second = events::sha256_of_events(location);
    }
    return entry->second;
  }
  void require_unchanged() const { stamps_.require_unchanged(); }

 private:
  std::map<std::pair<std::string, std::string>, std::string> known_;
  base::FileStamps stamps_;
};

/// Name of the result of a point in the folder: of everything that it depends on.
std::string result_name(const LoadedConfig& config, Checksums& checksums) {
  base::Json identity = {{"eddy", EDDY_VERSION},
                         {"environment", task_environment()},
                         {"configuration", config.resolved},
                         {"files", base::Json::array()}};
  for (const std::string& file : event_files(config.config)) {
    identity["files"].push_back(checksums.of(search::locate(file, config.folder)));
  }
  return fmt::format("points/{}.json", base::content_sha256(identity).substr(0, 32));
}

/// All files that the study is made from; a study file of its own folder is written again as it is.
std::set<std::string> input_files_of(const StudyPlan& plan, const std::vector<PlannedPoint>& points,
                                     const std::string& study, const RunFolder& folder) {
  std::set<std::string> inputs;
  std::set<std::vector<std::string>> known;  // the points of a study hardly ever differ in their files
  for (const PlannedPoint& point : points) {
    if (known.insert(event_files(point.config.config)).second) {
      inputs.merge(input_files(point.config.config, point.config.folder));
    }
  }
  if (const std::string own = folder.file("study.toml");
      !base::is_same_file(study, own) || base::read_file(own) != write_study(plan)) {
    inputs.insert(study);
  }
  return inputs;
}

/// A study is of known signal: closed regions are hardly meant.
void warn_of_blind_points(const std::vector<PlannedPoint>& points, Listener& listener) {
  const auto n =
      std::ranges::count_if(points, [](const PlannedPoint& point) { return search::is_blinded(point.config.config); });
  if (n > 0) {
    listener.warn(
        fmt::format("{} of {} searches are blind, so they have neither working points nor scores to collect; where no "
                    "real data are "
                    "searched, add \"search.blind=false\" to set of the study",
                    n, points.size()));
  }
}

/// One search of the study, and where its result is or will be.
struct Task {
  const PlannedPoint& point;
  std::string file;
  std::string error = {};
};

std::vector<Task> tasks_of(const std::vector<PlannedPoint>& points, Checksums& checksums) {
  std::vector<Task> tasks;
  std::ranges::transform(points, std::back_inserter(tasks), [&](const PlannedPoint& point) {
    return Task{.point = point, .file = result_name(point.config, checksums)};
  });
  return tasks;
}

/// Whether the result of a point is there; one that cannot be read is searched again.
bool is_finished(const Task& task, const RunFolder& folder, Listener& listener) {
  const std::string path = folder.file(task.file);
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
    return false;
  }
  try {
    report::require_result(folder.read(task.file));
    return true;
  } catch (const std::exception&) {
    listener.warn(fmt::format("'{}' is damaged; searching {} again", path, task.point.name));
    return false;
  }
}

void search_point(const Task& task, const Checksums& checksums, const RunFolder& folder, const base::TaskStore& store,
                  const base::Monitor& monitor) {
  const LoadedConfig& loaded = task.point.config;
  const search::SearchInputs inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
  checksums.require_unchanged();
  const Found found = search_and_describe({inputs, loaded.config, store, monitor});
  for (const std::string& warning : found.warnings) {
    monitor.warn(warning);
  }
  folder.write(task.file, found.result);
}

/// The name of a point among the tasks of several processes: that of its file.
std::string task_name(const Task& task) { return std::filesystem::path(task.file).stem().string(); }

/// Tells the journal of a point, and keeps what went wrong with it.
void search_in_journal(Task& task, WorkJournal& journal, const std::function<void()>& search) {
  const std::string name = task_name(task);
  const auto begin = std::chrono::steady_clock::now();
  journal.begin(name);
  try {
    search();
  } catch (const base::Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    task.error = error.what();
  }
  journal.end(name, task.error.empty() ? base::TaskOutcome::kComputed : base::TaskOutcome::kFailed,
              std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}

std::vector<Task*> unfinished(std::vector<Task>& tasks, const RunFolder& folder, Listener& listener) {
  std::vector<Task*> missing;
  for (Task& task : tasks) {
    if (!is_finished(task, folder, listener)) {
      missing.push_back(&task);
    }
  }
  if (missing.size() < tasks.size()) {
    listener.info(fmt::format("{} of {} searches are finished already", tasks.size() - missing.size(), tasks.size()));
  }
  return missing;
}

/// Searches one point after the other: each uses all threads, and what two of them share is there when the second needs
/// it. A point that fails does not stop the others.
void search_all(const std::vector<Task*>& tasks, const Checksums& checksums, const RunFolder& folder,
                const base::TaskStore& store, Listener& listener, const std::atomic<bool>& stop) {
  PointSink sink(listener, tasks.size());
  const base::Monitor monitor(&sink, &stop);
  for (Task* task : tasks) {
    monitor.check_stop();
    sink.begin(task->point.name);
    try {
      search_point(*task, checksums, folder, store, monitor);
    } catch (const base::Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      task->error = error.what();
      listener.warn(fmt::format("{} failed: {}", task->point.name, task->error));
    }
    sink.end();
  }
  if (sink.n_warnings() > 0) {
    listener.info(fmt::format("{} warnings of single searches are in {}", sink.n_warnings(), folder.file("log.txt")));
  }
}

/// The numbers of one result; why a metric is in none of the results so far is kept in `complaints`.
report::StudyPoint read_point(const Task& task, const RunFolder& folder, const std::vector<std::string>& metrics,
                              std::vector<std::optional<std::string>>& complaints) {
  report::StudyPoint point{.place = task.point.place, .error = task.error};
  if (!task.error.empty()) {
    return point;
  }
  const base::Json result = folder.read(task.file);
  point.result_sha256 = base::sha256(result.dump());
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    std::vector<report::MetricValue> numbers;
    try {
      numbers = report::metric_values(result, metrics[m]);
      complaints[m] = "";
    } catch (const base::InputError& error) {
      complaints[m] = complaints[m].value_or(error.what());
    }
    point.numbers.push_back(std::move(numbers));
  }
  return point;
}

void require_closed_to_nobody(const RunFolder& folder, const std::string& resolved_config) {
  if (opens(folder, resolved_config)) {
    throw base::InputError(fmt::format(
        "the study '{}' would open signal regions that were closed, which several processes cannot do: give the same "
        "command once without --tasks-only",
        folder.path()));
  }
}

/// Searches points that no other process is at. One that fails does not stop the others; the plain command says it.
void search_free_points(std::vector<Task>& tasks, const Checksums& checksums, const RunFolder& folder,
                        const std::string& store_folder, Listener& listener, const std::atomic<bool>& stop) {
  const std::string points = folder.file("points");
  base::TaskLeases leases(points, "eddy study");
  std::vector<std::string> names;
  std::ranges::transform(tasks, std::back_inserter(names), task_name);
  PointSink sink(listener, tasks.size());
  const base::Monitor monitor(&sink, &stop);
  work_on_tasks(folder, store_folder, "eddy study", [&](const Workplace& place) {
    place.journal.plan("searches", names, std::filesystem::absolute(points).lexically_normal().string(), ".json");
    std::vector<Task*> left = unfinished(tasks, folder, listener);
    do {
      std::erase_if(left, [&](Task* task) {
        monitor.check_stop();
        const auto lease = leases.take(task_name(*task));
        if (!lease) {
          return is_finished(*task, folder, listener);
        }
        if (!is_finished(*task, folder, listener)) {
          sink.begin(task->point.name);
          search_in_journal(*task, place.journal,
                            [&] { search_point(*task, checksums, folder, place.store, monitor); });
          sink.end();
        }
        return true;
      });
      names.clear();
      std::ranges::transform(left, std::back_inserter(names), [](const Task* task) { return task_name(*task); });
    } while (!left.empty() && leases.may_take_any(names, monitor));
  });
}

report::StudyTable collect(const StudyPlan& plan, const std::vector<Task>& tasks, const RunFolder& folder) {
  std::vector<report::StudyPoint> points;
  std::vector<std::optional<std::string>> complaints(plan.metrics.size());
  for (const Task& task : tasks) {
    points.push_back(read_point(task, folder, plan.metrics, complaints));
  }
  for (const std::optional<std::string>& complaint : complaints) {
    if (!plan.metrics_are_default && !complaint.value_or("").empty()) {
      throw base::InputError(
          fmt::format("{}; correct it and give the same command again, finished searches are kept", *complaint));
    }
  }
  return report::make_study_table(plan.name, plan.axes, plan.metrics, std::move(points));
}

void write_all(const report::StudyTable& table, const report::StudySource& source, const base::Json& facts,
               const RunFolder& folder) {
  const base::Json document = report::study_document(table);
  const base::Json figures = report::study_figures(document);
  base::write_atomically(folder.file("table.csv"), report::study_csv(table));
  events::write_hdf5(folder.file("table.h5"), report::study_columns(table));
  folder.write("study.json", document);
  folder.write("figures.json", figures);
  folder.write("run.json", facts);
  base::write_atomically(folder.file("report.html"), report::render_study(document, figures, source, facts));
}

void require_all_well(const std::vector<Task>& tasks, const RunFolder& folder) {
  const auto failed = [](const Task& task) { return !task.error.empty(); };
  const auto n = std::ranges::count_if(tasks, failed);
  if (n > 0) {
    const Task& first = *std::ranges::find_if(tasks, failed);
    throw base::Error(fmt::format(
        "{} of {} searches failed, the first ({}) with: {}; {} marks them, the same command tries them again", n,
        tasks.size(), first.point.name, first.error, folder.file("table.csv")));
  }
}

}  // namespace

void study(const StudyOptions& options, Listener& listener, const std::atomic<bool>& stop) {
  const auto begin = std::chrono::steady_clock::now();
  const StudyPlan plan = read_study(options.study);
  std::vector<std::string> overrides = plan.set;
  overrides.insert(overrides.end(), options.set.begin(), options.set.end());
  const LoadedConfig base = load_base_config(plan.base, overrides);
  const std::vector<PlannedPoint> points = plan_points(plan, overrides);
  const RunFolder folder(options.out.empty() ? default_folder("[study]", plan.name) : options.out, FolderKind::kStudy);
  if (!options.tasks_only) {
    base::require_nobody_at_work(folder.path());
  }
  folder.require_same_run(base.resolved, options.fresh);
  folder.require_no_input(input_files_of(plan, points, options.study, folder), plan.base, base.resolved);
  Checksums checksums;
  std::vector<Task> tasks = tasks_of(points, checksums);
  require_store(options.store);  // before the output folder is made
  if (options.tasks_only) {
    require_closed_to_nobody(folder, base.resolved);
    prepare_for_work(folder, base.resolved);
    base::write_atomically(folder.file("study.toml"), write_study(plan));
    base::require_writable_folder(folder.file("points"));
    search_free_points(tasks, checksums, folder, options.store, listener, stop);
    return;
  }
  const base::FolderLock lock = folder.claim(base.resolved, options.fresh, "eddy study");
  if (opens(folder, base.resolved)) {
    record_opening(folder, base.resolved, {}, true);
    listener.info(opening_sentence(folder));
  }
  folder.begin(base.resolved, options.fresh);
  const report::StudySource source{.study = write_study(plan), .base = base.resolved};
  base::write_atomically(folder.file("study.toml"), source.study);
  base::require_writable_folder(folder.file("points"));
  listener.open_log(folder.file("log.txt"));
  const base::TaskStore store = open_store(options.store, folder);

  warn_of_blind_points(points, listener);
  const std::vector<Task*> missing = unfinished(tasks, folder, listener);
  search_all(missing, checksums, folder, store, listener, stop);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  base::Json facts = run_facts(elapsed.count());
  facts["searches"] = missing.size();
  write_all(collect(plan, tasks, folder), source, facts, folder);
  listener.info(
      fmt::format("{} searches in {:.0f} s; report: {}", missing.size(), elapsed.count(), folder.file("report.html")));
  require_all_well(tasks, folder);
}

}  // namespace eddy::runs
