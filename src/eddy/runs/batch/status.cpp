#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/runs/batch/batch_jobs.hpp>
#include <eddy/runs/batch/progress.hpp>
#include <eddy/runs/batch/submission.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/plan.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace eddy::runs {
namespace {

constexpr const char* kNullExperiments = "null experiments";

const char* word_of(WorkerState state) {
  switch (state) {
    case WorkerState::kAtWork:
      return "at work";
    case WorkerState::kFinished:
      return "finished";
    case WorkerState::kFailed:
      return "failed";
    case WorkerState::kDied:
      return "died";
    case WorkerState::kUnknown:
      break;
  }
  return "unknown";
}

std::string duration(double seconds) {
  constexpr double kMinute = 60;
  constexpr double kHour = 3600;
  return seconds < 2 * kMinute ? fmt::format("{:.0f} s", std::max(1.0, seconds))
         : seconds < 2 * kHour ? fmt::format("{:.0f} min", seconds / kMinute)
                               : fmt::format("{:.1f} h", seconds / kHour);
}

struct Status {
  std::string run;
  bool has_result = false;
  bool is_study = false;
  std::int64_t planned_search_tasks = 0;
  Progress progress = {};
  QueueState queue = {};
  bool was_submitted = false;
  std::int64_t experiments = 0;  ///< null experiments that were submitted
  std::int64_t in_result = 0;    ///< null experiments that the result has

  [[nodiscard]] std::int64_t n_workers(WorkerState state) const {
    return std::ranges::count(progress.workers, state, &Worker::state);
  }
};

/// Seconds until the work is done, with as many processes as are at it; nothing where that is not known.
std::optional<double> left_of(const WorkProgress& work, std::int64_t n_at_work) {
  if (!work.seconds || n_at_work == 0) {
    return std::nullopt;
  }
  const auto missing = static_cast<double>(work.tasks - work.finished);
  return missing == 0 ? 0 : *work.seconds * std::ceil(missing / static_cast<double>(n_at_work));
}

std::int64_t experiments_in_result(const RunFolder& folder) {
  try {
    const base::Json calibration = folder.read("result.json").at("calibration");
    return calibration.is_object() ? calibration.at("experiments").get<std::int64_t>() : 0;
  } catch (const std::exception&) {  // not there yet
    return 0;
  }
}

/// Null experiments of which no process has said which tasks they are: those that were submitted, and those of a result
/// that an earlier version calibrated.
void add_unlisted_experiments(Status& status) {
  const auto is_null = [](const WorkProgress& work) { return work.work == kNullExperiments; };
  const auto known = std::ranges::find_if(status.progress.work, is_null);
  const std::int64_t n = std::max(status.experiments, status.in_result);
  if (known == status.progress.work.end() && n > 0) {
    status.progress.work.push_back(
        {.work = kNullExperiments, .tasks = n, .finished = status.in_result, .first_finished = status.in_result});
  }
}

/// Of the folder alone: the queue is not asked.
Status status_of_folder(const std::string& run, const std::vector<Submission>& submissions) {
  const RunFolder folder(run);
  std::error_code ignored;
  if (!std::filesystem::exists(folder.file("config.toml"), ignored)) {
    throw base::InputError(
        fmt::format("'{}' is no folder of a run or study: give the one that eddy run, study or submit wrote to", run));
  }
  Status status{.run = run};
  status.is_study = std::filesystem::exists(folder.file("study.toml"), ignored);
  status.has_result = std::filesystem::exists(folder.file(status.is_study ? "study.json" : "result.json"), ignored);
  if (!status.is_study) {
    search::SearchConfig config = load_config(folder.file("config.toml"), {}).config;
    config.calibration.experiments = 0;
    for (const search::PlannedStage& stage : search::plan_search(config)) {
      status.planned_search_tasks += stage.tasks;
    }
  }
  status.was_submitted = !submissions.empty();
  if (!status.is_study) {
    status.experiments = status.was_submitted ? submissions.back().experiments : 0;
    status.in_result = experiments_in_result(folder);
  }
  return status;
}

Status status_of(const std::string& run) {
  const std::vector<Submission> submissions = submissions_of(run);
  Status status = status_of_folder(run, submissions);
  status.queue = queue_of(submissions);
  status.progress = progress_of(run, status.queue.is_known ? std::optional(status.queue.running_jobs) : std::nullopt);
  add_unlisted_experiments(status);
  return status;
}

std::string line_of_search(const Status& status) {
  if (status.is_study) {
    return fmt::format("table: {}\n", status.has_result ? "written" : "not yet");
  }
  return status.has_result ? "search: finished\n"
                           : fmt::format("search: {} of {} tasks were computed by these processes\n",
                                         status.progress.search_tasks, status.planned_search_tasks);
}

std::string lines_of_work(const Status& status, const WorkProgress& work) {
  const std::int64_t waiting = work.tasks - work.finished - work.running - work.failed;
  std::string text = fmt::format("{}: {} of {} finished", work.work, work.finished, work.tasks);
  if (work.finished < work.tasks) {
    text += fmt::format(", {} running, {} waiting", work.running, waiting);
    text += work.failed > 0 ? fmt::format(", {} failed", work.failed) : "";
  }
  text += work.seconds ? fmt::format("; {} each (median)\n", duration(*work.seconds)) : "\n";
  if (const auto left = left_of(work, status.n_workers(WorkerState::kAtWork)); left && *left > 0) {
    text += fmt::format("  about {} left with the processes that are at work\n", duration(*left));
  }
  if (work.work == kNullExperiments && work.first_finished > 0 && work.finished < work.tasks) {
    text += fmt::format("  the first {0} can be used now: eddy calibrate {1} --experiments {0}\n", work.first_finished,
                        shell_word(status.run));
  }
  return text;
}

std::string lines_of_workers(const Status& status) {
  std::vector<std::string> counts;
  for (const WorkerState state : {WorkerState::kAtWork, WorkerState::kFinished, WorkerState::kFailed,
                                  WorkerState::kDied, WorkerState::kUnknown}) {
    if (const std::int64_t n = status.n_workers(state); n > 0) {
      counts.push_back(fmt::format("{} {}", n, word_of(state)));
    }
  }
  std::string text = counts.empty() ? "" : fmt::format("processes: {}\n", fmt::join(counts, ", "));
  constexpr std::int64_t kShown = 5;
  std::int64_t n_bad = 0;
  for (const Worker& worker : status.progress.workers) {
    if ((worker.state == WorkerState::kFailed || worker.state == WorkerState::kDied) && ++n_bad <= kShown) {
      text += fmt::format(
          "  process {} on {}{} {}\n", worker.process, worker.host,
          worker.job.empty() ? "" : fmt::format(" (job {})", worker.job),
          worker.how.empty() ? "ended without a word: killed, evicted or out of memory" : "ended with: " + worker.how);
    }
  }
  return text;
}

std::string lines_of_queue(const Status& status) {
  if (!status.was_submitted) {
    return "";
  }
  if (!status.queue.is_known) {
    return fmt::format("queue: unknown, {}\n", status.queue.why);
  }
  return fmt::format("queue: {} running, {} waiting{}\n", status.queue.running, status.queue.waiting,
                     status.queue.why.empty() ? "" : fmt::format(" ({})", status.queue.why));
}

/// What would finish the work, where nothing is on its way to.
std::string advice(const Status& status) {
  const bool is_missing =
      !status.has_result || status.in_result < status.experiments ||
      std::ranges::any_of(status.progress.work, [](const WorkProgress& work) { return work.finished < work.tasks; });
  const bool is_on_its_way = status.queue.running + status.queue.waiting + status.n_workers(WorkerState::kAtWork) > 0;
  return is_missing && !is_on_its_way && status.was_submitted
             ? fmt::format("nothing is at work: eddy submit {} --resubmit submits what is missing\n",
                           shell_word(status.run))
             : "";
}

base::Json document_of(const Status& status) {
  base::Json work = base::Json::array();
  for (const WorkProgress& w : status.progress.work) {
    const auto left = left_of(w, status.n_workers(WorkerState::kAtWork));
    work.push_back({{"work", w.work},
                    {"tasks", w.tasks},
                    {"finished", w.finished},
                    {"first_finished", w.first_finished},
                    {"running", w.running},
                    {"failed", w.failed},
                    {"seconds", w.seconds ? base::Json(*w.seconds) : base::Json(nullptr)},
                    {"seconds_left", left ? base::Json(*left) : base::Json(nullptr)}});
  }
  base::Json workers = base::Json::array();
  for (const Worker& w : status.progress.workers) {
    workers.push_back({{"host", w.host},
                       {"process", w.process},
                       {"job", w.job},
                       {"state", word_of(w.state)},
                       {"how", w.how},
                       {"computed", w.computed},
                       {"cpu_seconds", w.cpu_seconds},
                       {"peak_memory_mb", w.peak_memory_mb}});
  }
  return {{"run", status.run},
          {"has_result", status.has_result},
          {"search_tasks", {{"planned", status.planned_search_tasks}, {"computed", status.progress.search_tasks}}},
          {"work", std::move(work)},
          {"workers", std::move(workers)},
          {"queue",
           {{"known", status.queue.is_known},
            {"running", status.queue.running},
            {"waiting", status.queue.waiting},
            {"why", status.queue.why}}}};
}

}  // namespace

std::vector<TasksDone> tasks_done(const std::string& run) {
  const Status status = status_of_folder(run, {});
  const Progress progress = progress_of(run, std::nullopt);
  std::vector<TasksDone> done = {
      {"search", std::min(progress.search_tasks, status.planned_search_tasks), status.planned_search_tasks}};
  std::ranges::transform(progress.work, std::back_inserter(done), [](const WorkProgress& work) {
    return TasksDone{work.work, work.finished, work.tasks};
  });
  return done;
}

std::string status(const StatusOptions& options) {
  const Status status = status_of(options.run);
  if (options.json) {
    return document_of(status).dump(1, ' ', false, base::Json::error_handler_t::replace) + "\n";
  }
  std::string text = line_of_search(status);
  for (const WorkProgress& work : status.progress.work) {
    if (work.work != "validation" || !status.has_result) {
      text += lines_of_work(status, work);
    }
  }
  return text + lines_of_workers(status) + lines_of_queue(status) + advice(status);
}

}  // namespace eddy::runs
