#include <eddy/base/content_hash.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/inputs.hpp>
#include <eddy/base/json.hpp>
#include <eddy/events/write.hpp>
#include <eddy/report/study_figures.hpp>
#include <eddy/report/study_summary.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/point_sink.hpp>
#include <eddy/runs/study_points.hpp>
#include <eddy/runs/task_store.hpp>
#include <eddy/search/file_location.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace eddy::runs {
namespace {

/// Name of the result of a point in the folder: of everything that it depends on.
std::string result_name(const LoadedConfig& config, const std::string& kind, Checksums& checksums) {
  base::Json identity = {{"eddy", EDDY_VERSION},
                         {"environment", task_environment()},
                         {"configuration", config.resolved},
                         {"files", base::Json::array()}};
  if (!kind.empty()) {
    identity["kept"] = kind;
  }
  for (const std::string& file : event_files(config.config)) {
    identity["files"].push_back(checksums.of(search::locate(file, config.folder)));
  }
  return fmt::format("points/{}.json", base::content_sha256(identity).substr(0, 32));
}

}  // namespace

const std::string& Checksums::of(const events::Location& location) {
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

std::vector<PointTask> tasks_of(const std::vector<PlannedPoint>& points, PointWork& work) {
  std::vector<PointTask> tasks;
  std::ranges::transform(points, std::back_inserter(tasks), [&](const PlannedPoint& point) {
    return PointTask{.point = point, .file = result_name(point.config, work.results.kind, work.checksums)};
  });
  return tasks;
}

bool is_finished(const PointTask& task, const PointWork& work, Listener& listener) {
  const std::string path = work.folder.file(task.file);
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
    return false;
  }
  try {
    work.results.require(work.folder.read(task.file));
    return true;
  } catch (const std::exception&) {
    listener.warn(fmt::format("'{}' is damaged; searching {} again", path, task.point.name));
    return false;
  }
}

void search_point(const PointTask& task, const PointWork& work, const base::TaskStore& store,
                  const base::Monitor& monitor) {
  const LoadedConfig& loaded = task.point.config;
  const search::SearchInputs inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
  work.checksums.require_unchanged();
  const Found found = search_and_describe({inputs, loaded.config, store, monitor});
  for (const std::string& warning : found.warnings) {
    monitor.warn(warning);
  }
  work.folder.write(task.file, work.results.keep(found.result));
}

std::vector<PointTask*> unfinished(std::vector<PointTask>& tasks, const PointWork& work, Listener& listener) {
  std::vector<PointTask*> missing;
  for (PointTask& task : tasks) {
    if (!is_finished(task, work, listener)) {
      missing.push_back(&task);
    }
  }
  if (missing.size() < tasks.size()) {
    listener.info(fmt::format("{} of {} searches are finished already", tasks.size() - missing.size(), tasks.size()));
  }
  return missing;
}

void search_all(const std::vector<PointTask*>& tasks, const PointWork& work, const base::TaskStore& store,
                Listener& listener, const std::atomic<bool>& stop) {
  PointSink sink(listener, tasks.size(), work.results.tells);
  const base::Monitor monitor(&sink, &stop);
  for (PointTask* task : tasks) {
    monitor.check_stop();
    sink.begin(task->point.name);
    try {
      search_point(*task, work, store, monitor);
    } catch (const base::Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      task->error = work.results.tells
                        ? error.what()
                        : "the search failed; what it says may tell of the closed signal region, and is not shown";
      listener.warn(fmt::format("{} failed: {}", task->point.name, task->error));
    }
    sink.end();
  }
  if (sink.n_warnings() > 0) {
    listener.info(
        fmt::format("{} warnings of single searches are in {}", sink.n_warnings(), work.folder.file("log.txt")));
  }
}

report::StudyPoint read_point(const PointTask& task, const RunFolder& folder, const std::vector<std::string>& metrics,
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

void write_study_results(const report::StudyTable& table, const report::StudySource& source, const base::Json& facts,
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

void require_all_well(const std::vector<PointTask>& tasks, const std::string& table) {
  const auto failed = [](const PointTask& task) { return !task.error.empty(); };
  const auto n = std::ranges::count_if(tasks, failed);
  if (n > 0) {
    const PointTask& first = *std::ranges::find_if(tasks, failed);
    throw base::Error(fmt::format(
        "{} of {} searches failed, the first ({}) with: {}; {} marks them, the same command tries them again", n,
        tasks.size(), first.point.name, first.error, table));
  }
}

}  // namespace eddy::runs
