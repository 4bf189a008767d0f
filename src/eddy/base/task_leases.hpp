#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace eddy::base {

class Monitor;

/// Which tasks of a store this process is at, told to other processes that work on the same store, on whatever
/// machines: a file TASK.lease for each, which comes into being with its content (link(2)) and whose first line counts
/// on while the process lives. No locks are needed and no clocks compared: a holder of this machine is looked up among
/// its processes, and any other is taken for dead after `patience`, by the clock of the one who watches, without a
/// beat. A dead one's lease is replaced by one at a time, who holds TASK.take-over.lease meanwhile. A lease spares work
/// and protects nothing: that two processes compute one task is harmless, as both find the same.
class TaskLeases {
 public:
  struct Times {
    std::chrono::milliseconds beat{5000};
    /// Much longer than a beat: network file systems show changes late, machines are suspended.
    std::chrono::milliseconds patience{60'000};
  };

  /// For tasks whose leases are kept in `folder`, which exists. `command` is what others are told.
  TaskLeases(std::string folder, const std::string& command, Times times);
  TaskLeases(std::string folder, const std::string& command) : TaskLeases(std::move(folder), command, Times{}) {}
  TaskLeases(const TaskLeases&) = delete;
  TaskLeases& operator=(const TaskLeases&) = delete;
  ~TaskLeases();

  /// The right to compute one task, given back with the object.
  class Lease {
   public:
    Lease(TaskLeases& leases, std::string task) : leases_(&leases), task_(std::move(task)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&& other) noexcept : leases_(other.leases_), task_(std::move(other.task_)) { other.leases_ = nullptr; }
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (leases_ != nullptr) {
        leases_->give_back(task_);
      }
    }

   private:
    TaskLeases* leases_;
    std::string task_;
  };

  /// Takes `task`, also from a process that is dead; nothing where one has it that lives, or may live. Throws IoError
  /// where the file cannot be written (disk full, quota).
  [[nodiscard]] std::optional<Lease> take(const std::string& task);

  /// Waits until it is known of every one of `tasks` whether its holder lives, and returns whether one may be taken.
  [[nodiscard]] bool may_take_any(const std::vector<std::string>& tasks, const Monitor& monitor);

 private:
  void give_back(const std::string& task);

  struct State;
  std::unique_ptr<State> state_;
};

/// The tasks in `folder` that a process is at, lives it or not, and what its lease says (holder_in understands it).
struct LeaseOnTask {
  std::string task;
  std::string beat;    ///< another text whenever its holder has shown that it lives
  std::string holder;  ///< text for holder_in
};
[[nodiscard]] std::vector<LeaseOnTask> leases_in(const std::string& folder);

/// Removes the leases in `folder` of tasks whose results TASK + `ending` are there: of processes that were killed
/// between writing one and giving its lease back. Never throws.
void remove_spent_leases(const std::string& folder, const std::string& ending);

/// Whether a file of this name is a lease.
[[nodiscard]] bool is_lease(const std::string& name);

}  // namespace eddy::base
