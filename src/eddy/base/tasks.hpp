#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/task_key.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace eddy::base {

class TaskLeases;

/// What became of a task of a shared store.
enum class TaskOutcome { kFound, kComputed, kFailed };

/// Is told what happens to the tasks of a shared store. Thread-safe.
class TaskObserver {
 public:
  TaskObserver() = default;
  TaskObserver(const TaskObserver&) = delete;
  TaskObserver& operator=(const TaskObserver&) = delete;
  virtual ~TaskObserver() = default;
  /// `tasks` are all tasks of one kind of work ("null experiments"), in their order, before the first of them.
  virtual void plan(const std::string& work, const std::vector<std::string>& tasks) = 0;
  virtual void begin(const std::string& task) = 0;
  virtual void end(const std::string& task, TaskOutcome outcome, double seconds) = 0;
};

/// Thrown by stores that do not wait: another process is at the task. No Error: nothing is wrong.
class TakenElsewhere : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "another process is at this task"; }
};

/// The finished tasks of a run (or of several runs that share a folder): one artefact per content key.
///
/// The SHA-256 of a task's key and of the environment names the artefact, and stands in it: a file that was put in the
/// place of another is noticed. A task that is there is never computed again.
class TaskStore {
 public:
  /// Uses (and creates) `folder`. `environment` is what every result in it depends on beside its key: the instruction
  /// set, for one. Throws IoError when the folder is not writable.
  TaskStore(std::string folder, const Json& environment);
  explicit TaskStore(std::string folder);

  /// The artefact of the task `kind` with `key`: read when it is there, else computed and stored atomically. One that
  /// is damaged, or that belongs to another task, is reported and computed again. `kind` becomes part of the file name.
  [[nodiscard]] Json get_or_compute(const std::string& kind, const TaskKey& key, const std::function<Json()>& compute,
                                    const Monitor& monitor) const;

  /// The same store for tasks whose results nobody asks for again: what is there is read, nothing is written.
  [[nodiscard]] TaskStore without_writing() const;

  /// The same store for one of several processes, on whatever machines, that compute its tasks together: none begins
  /// what another one is at, all find the same. `observer` may be nullptr.
  [[nodiscard]] TaskStore shared(std::shared_ptr<TaskLeases> leases, std::shared_ptr<TaskObserver> observer) const;
  /// The shared store for work that need not be complete here: get_or_compute throws TakenElsewhere where it would wait
  /// for another process.
  [[nodiscard]] TaskStore without_waiting() const;
  /// The same shared store, which waits again.
  [[nodiscard]] TaskStore with_waiting() const;
  [[nodiscard]] bool is_shared() const { return leases_ != nullptr && writes_; }
  [[nodiscard]] bool waits() const { return waits_; }

  /// Says which tasks one kind of work consists of, to the observer of a shared store.
  void plan(const std::string& work, const std::string& kind, const std::vector<TaskKey>& keys) const;

  /// Path of the artefact of a task, whether or not it exists.
  [[nodiscard]] std::string path_of(const std::string& kind, const TaskKey& key) const;
  /// The same of a task by its name, as observers are told it.
  [[nodiscard]] std::string path_of(const std::string& task) const;

 private:
  [[nodiscard]] std::string name_of(const std::string& kind, const TaskKey& key) const;
  [[nodiscard]] std::optional<Json> read_finished(const std::string& task, const Monitor& monitor) const;
  [[nodiscard]] Json compute_and_store(const std::string& task, const std::function<Json()>& compute) const;
  [[nodiscard]] Json compute_shared(const std::string& task, const std::function<Json()>& compute,
                                    const Monitor& monitor) const;

  std::string folder_;
  bool writes_ = true;
  bool waits_ = true;
  std::shared_ptr<TaskLeases> leases_;
  std::shared_ptr<TaskObserver> observer_;
  std::shared_ptr<const Json> environment_;
};

/// Whether all tasks of a list run side by side on the threads allowed, or one after the other with all of them.
enum class AtOnce { kAll, kOne };

/// Runs task(0, store) ... task(n-1, store), which ask `store` for what they compute. Where processes share it, those
/// that another one is at come last, and are waited for; a store that does not wait throws TakenElsewhere then, once
/// nothing else is left to do.
void for_each_task(std::size_t n, const TaskStore& store, AtOnce how_many,
                   const std::function<void(std::size_t, const TaskStore&)>& task);

}  // namespace eddy::base
