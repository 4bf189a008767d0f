#pragma once
// What the processes that compute the tasks of a run together tell those who watch: files in batch/ of its folder, each
// written by one process alone, so that shared file systems need no locks.

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/tasks.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace eddy::runs {

/// The journal of one process: batch/work/HOST-PROCESS-START.jsonl, a JSON object a line: {"worker"}, then {"task",
/// "begin"} and {"task", "outcome", "seconds", "cpu_seconds"} for each task that it computed, and {"end"} with how it
/// ended. And the list of tasks that there are of one kind of work: batch/tasks-WORK.json, the same from every process.
class WorkJournal : public base::TaskObserver {
 public:
  /// `batch` is the folder, which is made; `store` that of the finished tasks; `command` what is worked at: "eddy
  /// calibrate". Throws IoError where nothing can be written there.
  WorkJournal(std::string batch, std::string store, const std::string& command);
  ~WorkJournal() override;

  void plan(const std::string& work, const std::vector<std::string>& tasks) override;
  /// The same of tasks whose results are files FOLDER/TASK + `ending` elsewhere than in the store.
  void plan(const std::string& work, const std::vector<std::string>& tasks, const std::string& folder,
            const std::string& ending);
  void begin(const std::string& task) override;
  void end(const std::string& task, base::TaskOutcome outcome, double seconds) override;

  /// How the process ended: "finished", or what went wrong. With `facts` of it: time, memory.
  void close(const std::string& how, const base::Json& facts);

  [[nodiscard]] std::size_t n_computed() const;
  /// The tasks of the last plan.
  [[nodiscard]] std::vector<std::string> planned() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The file of tasks of one kind of work in batch/: "null experiments" is "tasks-null-experiments.json", with "folder"
/// and "ending" of the files of finished ones.
[[nodiscard]] std::string task_list_name(const std::string& work);

/// Does `work` and closes the journal, whichever way it ends; what it throws is passed on.
void with_journal(WorkJournal& journal, const std::function<void()>& work);

/// The job of a batch system that this process is a part of, as the system names it: "1234_5"; empty outside of one.
[[nodiscard]] std::string batch_job();

}  // namespace eddy::runs
