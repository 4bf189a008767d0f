#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/holder.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/runs/batch/progress.hpp>
#include <eddy/runs/work_journal.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <system_error>

namespace eddy::runs {
namespace {

/// The tasks of one kind of work, and where their files will be.
struct TaskList {
  std::string work;
  std::string folder;
  std::string ending;
  std::vector<std::string> tasks;
};

/// What processes said of tasks.
struct Record {
  std::map<std::string, double> seconds;  ///< of those that were computed
  std::set<std::string> failed;
};

std::vector<std::string> files_in(const std::string& folder, const std::string& begin, const std::string& ending) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(begin) && name.ends_with(ending)) {
      files.push_back(entry->path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

/// The whole lines of a journal; one that a process was killed in is left out.
std::vector<base::Json> lines_of(const std::string& path) {
  std::vector<base::Json> lines;
  std::istringstream text(base::read_file(path));
  for (std::string line; std::getline(text, line);) {
    base::Json json = base::Json::parse(line, nullptr, false);
    if (json.is_object()) {
      lines.push_back(std::move(json));
    }
  }
  return lines;
}

std::optional<TaskList> read_list(const std::string& path) {
  try {
    const base::Json json = base::Json::parse(base::read_file(path));
    return TaskList{json.at("work"), json.at("folder"), json.at("ending"), json.at("tasks")};
  } catch (const std::exception&) {
    return std::nullopt;  // none of eddy
  }
}

WorkerState state_without_end(const base::Json& worker, const std::string& job, bool is_last_of_job,
                              const std::optional<std::vector<std::string>>& running_jobs) {
  if (const auto holder = base::holder_in(worker.at("holder").dump())) {
    if (const std::optional<bool> lives = base::is_at_work(*holder)) {
      return *lives ? WorkerState::kAtWork : WorkerState::kDied;
    }
  }
  if (job.empty() || !running_jobs) {
    return WorkerState::kUnknown;
  }
  return is_last_of_job && std::ranges::count(*running_jobs, job) > 0 ? WorkerState::kAtWork : WorkerState::kDied;
}

Worker read_worker(const std::vector<base::Json>& lines, bool is_last_of_job,
                   const std::optional<std::vector<std::string>>& running_jobs) {
  const base::Json& first = lines.front().at("worker");
  Worker worker{.host = first.at("holder").value("host", ""),
                .process = first.at("holder").value("process", 0L),
                .job = first.value("job", "")};
  worker.computed =
      std::ranges::count_if(lines, [](const base::Json& l) { return l.value("outcome", "") == "computed"; });
  const base::Json& last = lines.back();
  if (!last.contains("end")) {
    worker.state = state_without_end(first, worker.job, is_last_of_job, running_jobs);
    return worker;
  }
  worker.how = last.value("end", "");
  worker.state = worker.how == "finished" ? WorkerState::kFinished : WorkerState::kFailed;
  const base::Json facts = last.value("facts", base::Json::object());
  worker.peak_memory_mb = facts.value("peak_memory_mb", 0.0);
  worker.cpu_seconds = facts.value("cpu_seconds", 0.0);
  return worker;
}

void add_to_record(const std::vector<base::Json>& lines, Record& record) {
  for (const base::Json& line : lines) {
    const std::string outcome = line.value("outcome", "");
    if (outcome == "computed") {
      record.seconds[line.value("task", "")] = line.value("seconds", 0.0);
    } else if (outcome == "failed") {
      record.failed.insert(line.value("task", ""));
    }
  }
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) {
    return std::nullopt;
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

bool may_live(const base::LeaseOnTask& lease) {
  const auto holder = base::holder_in(lease.holder);
  return !holder || base::is_at_work(*holder).value_or(true);
}

WorkProgress progress_of_list(const TaskList& list, const Record& record) {
  WorkProgress progress{.work = list.work, .tasks = std::ssize(list.tasks)};
  std::set<std::string> leased;
  for (const base::LeaseOnTask& lease : base::leases_in(list.folder)) {
    if (may_live(lease)) {
      leased.insert(lease.task);
    }
  }
  std::vector<double> seconds;
  bool has_gap = false;
  for (const std::string& task : list.tasks) {
    std::error_code ignored;
    const bool is_finished = std::filesystem::exists(list.folder + "/" + task + list.ending, ignored);
    has_gap = has_gap || !is_finished;
    progress.finished += is_finished ? 1 : 0;
    progress.first_finished += has_gap ? 0 : 1;
    progress.running += !is_finished && leased.contains(task) ? 1 : 0;
    progress.failed += !is_finished && !leased.contains(task) && record.failed.contains(task) ? 1 : 0;
    if (const auto of_task = record.seconds.find(task); of_task != record.seconds.end()) {
      seconds.push_back(of_task->second);
    }
  }
  progress.seconds = median(std::move(seconds));
  return progress;
}

}  // namespace

Progress progress_of(const std::string& run, const std::optional<std::vector<std::string>>& running_jobs) {
  Progress progress;
  Record record;
  std::vector<std::vector<base::Json>> journals;
  for (const std::string& path : files_in(run + "/batch/work", "", ".jsonl")) {
    std::vector<base::Json> lines = lines_of(path);
    if (!lines.empty() && lines.front().contains("worker")) {
      add_to_record(lines, record);
      journals.push_back(std::move(lines));
    }
  }
  std::ranges::stable_sort(journals, {}, [](const auto& lines) { return lines.front().value("at", std::int64_t{0}); });
  std::map<std::string, std::size_t> last_of_job;
  for (std::size_t i = 0; i < journals.size(); ++i) {
    last_of_job[journals[i].front().at("worker").value("job", "")] = i;
  }
  for (std::size_t i = 0; i < journals.size(); ++i) {
    const bool is_last = last_of_job.at(journals[i].front().at("worker").value("job", "")) == i;
    progress.workers.push_back(read_worker(journals[i], is_last, running_jobs));
  }
  for (const std::string& path : files_in(run + "/batch", "tasks-", ".json")) {
    if (const std::optional<TaskList> list = read_list(path)) {
      progress.work.push_back(progress_of_list(*list, record));
      for (const std::string& task : list->tasks) {
        record.seconds.erase(task);
      }
    }
  }
  progress.search_tasks = std::ssize(record.seconds);
  return progress;
}

std::optional<WorkProgress> progress_of_work(const std::string& run, const std::string& work,
                                             std::int64_t first_tasks) {
  std::optional<TaskList> list = read_list(run + "/batch/" + task_list_name(work));
  if (!list || std::ssize(list->tasks) < first_tasks) {
    return std::nullopt;
  }
  list->tasks.resize(static_cast<std::size_t>(first_tasks));
  return progress_of_list(*list, {});
}

}  // namespace eddy::runs
