#pragma once
// How far the processes are that compute the tasks of a run together, from what they leave in its folder.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eddy::runs {

/// One kind of work: null experiments, points of a study.
struct WorkProgress {
  std::string work;        ///< "null experiments"
  std::int64_t tasks = 0;  ///< in all
  std::int64_t finished = 0;
  std::int64_t first_finished = 0;     ///< so many from the first on, without a gap
  std::int64_t running = 0;            ///< at which a process is
  std::int64_t failed = 0;             ///< which some process tried in vain, and none has finished since
  std::optional<double> seconds = {};  ///< median of those that were computed
};

enum class WorkerState { kAtWork, kFinished, kFailed, kDied, kUnknown };

/// One process.
struct Worker {
  std::string host;
  long process = 0;
  std::string job;  ///< of the batch system: "1234_5"; empty outside of one
  WorkerState state = WorkerState::kUnknown;
  std::string how = {};       ///< what ended it, where it failed
  std::int64_t computed = 0;  ///< tasks
  double peak_memory_mb = 0;  ///< of one that ended
  double cpu_seconds = 0;     ///< likewise
};

struct Progress {
  std::vector<WorkProgress> work;
  std::vector<Worker> workers;
  std::int64_t search_tasks = 0;  ///< of the search itself that these processes computed
};

/// `running_jobs`: those that the batch system says are running, of which processes of other machines are; nothing
/// where it could not be asked.
[[nodiscard]] Progress progress_of(const std::string& run, const std::optional<std::vector<std::string>>& running_jobs);

/// Of one kind of work, the last task list that was written; nothing before a process has begun with it.
[[nodiscard]] std::optional<WorkProgress> progress_of_work(const std::string& run, const std::string& work,
                                                           std::int64_t first_tasks);

}  // namespace eddy::runs
