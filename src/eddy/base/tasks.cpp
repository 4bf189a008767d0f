#include <eddy/base/artefact.hpp>
#include <eddy/base/content_hash.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/base/tasks.hpp>

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <thread>

namespace eddy::base {
namespace {

std::string path_in(const std::string& folder, const std::string& task) {
  return fmt::format("{}/{}.eddy", folder, task);
}

/// The result stored at `path`, which must be that of `task`.
Json read_result(const std::string& path, const std::string& task) {
  Json stored = read_artefact(path);
  if (!stored.is_object() || !stored.contains("task") || !stored.contains("result") || stored["task"] != task) {
    throw IoError(fmt::format("'{}' holds the result of another task", path));
  }
  return std::move(stored["result"]);
}

}  // namespace

TaskStore::TaskStore(std::string folder, const Json& environment)
    : folder_(std::move(folder)), environment_(std::make_shared<const Json>(environment)) {
  require_writable_folder(folder_);
}

TaskStore::TaskStore(std::string folder) : TaskStore(std::move(folder), nullptr) {}

TaskStore TaskStore::without_writing() const {
  TaskStore store = *this;
  store.writes_ = false;
  return store;
}

std::string TaskStore::name_of(const std::string& kind, const TaskKey& key) const {
  // 32 hexadecimal digits (128 bits) keep file names readable and collisions out of reach.
  return fmt::format("{}-{}", kind,
                     content_sha256({{"key", key.json()}, {"environment", *environment_}}).substr(0, 32));
}

std::string TaskStore::path_of(const std::string& kind, const TaskKey& key) const {
  return path_in(folder_, name_of(kind, key));
}

std::optional<Json> TaskStore::read_finished(const std::string& task, const Monitor& monitor) const {
  const std::string path = path_in(folder_, task);
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
    return std::nullopt;
  }
  try {
    return read_result(path, task);
  } catch (const IoError& error) {
    monitor.warn(fmt::format("{}: computing it again", error.what()));
    return std::nullopt;
  }
}

std::string TaskStore::path_of(const std::string& task) const { return path_in(folder_, task); }

Json TaskStore::compute_and_store(const std::string& task, const std::function<Json()>& compute) const {
  Json stored = {{"task", task}, {"result", compute()}};
  if (writes_) {
    write_artefact(path_in(folder_, task), stored);
  }
  return std::move(stored["result"]);
}

Json TaskStore::get_or_compute(const std::string& kind, const TaskKey& key, const std::function<Json()>& compute,
                               const Monitor& monitor) const {
  const std::string task = name_of(kind, key);
  if (std::optional<Json> finished = read_finished(task, monitor)) {
    if (is_shared() && observer_ != nullptr) {
      observer_->end(task, TaskOutcome::kFound, 0);
    }
    return *std::move(finished);
  }
  monitor.check_stop();
  return is_shared() ? compute_shared(task, compute, monitor) : compute_and_store(task, compute);
}

Json TaskStore::compute_shared(const std::string& task, const std::function<Json()>& compute,
                               const Monitor& monitor) const {
  using namespace std::chrono;
  constexpr milliseconds kFirstPause{20};
  constexpr milliseconds kLongestPause{2000};
  const auto begin = steady_clock::now();
  const auto tell = [&](TaskOutcome outcome) {
    if (observer_ != nullptr) {
      observer_->end(task, outcome, duration<double>(steady_clock::now() - begin).count());
    }
  };
  for (milliseconds pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    if (const auto lease = leases_->take(task)) {
      if (std::optional<Json> finished = read_finished(task, monitor)) {  // its holder has just ended
        tell(TaskOutcome::kFound);
        return *std::move(finished);
      }
      if (observer_ != nullptr) {
        observer_->begin(task);
      }
      try {
        // While this thread waits for parts of the task it must not take up another one, which may wait for a process
        // that waits for this task.
        Json result = tbb::this_task_arena::isolate([&] { return compute_and_store(task, compute); });
        tell(TaskOutcome::kComputed);
        return result;
      } catch (const Interrupted&) {
        throw;  // nothing is wrong with the task
      } catch (const std::exception&) {
        tell(TaskOutcome::kFailed);
        throw;
      }
    }
    if (!waits_) {
      throw TakenElsewhere();
    }
    monitor.check_stop();
    std::this_thread::sleep_for(pause);
  }
}

TaskStore TaskStore::shared(std::shared_ptr<TaskLeases> leases, std::shared_ptr<TaskObserver> observer) const {
  TaskStore store = *this;
  store.leases_ = std::move(leases);
  store.observer_ = std::move(observer);
  return store;
}

TaskStore TaskStore::without_waiting() const {
  TaskStore store = *this;
  store.waits_ = false;
  return store;
}

TaskStore TaskStore::with_waiting() const {
  TaskStore store = *this;
  store.waits_ = true;
  return store;
}

void TaskStore::plan(const std::string& work, const std::string& kind, const std::vector<TaskKey>& keys) const {
  if (!is_shared() || observer_ == nullptr) {
    return;
  }
  std::vector<std::string> names;
  for (const TaskKey& key : keys) {
    names.push_back(name_of(kind, key));
  }
  observer_->plan(work, names);
}

void for_each_task(std::size_t n, const TaskStore& store, AtOnce how_many,
                   const std::function<void(std::size_t, const TaskStore&)>& task) {
  const auto run = [&](const std::vector<std::size_t>& tasks, const TaskStore& of, const auto& one) {
    const auto at = [&](std::size_t i) { one(tasks[i], of); };
    if (how_many == AtOnce::kAll) {
      parallel_tasks(tasks.size(), at);
    } else {
      for (std::size_t i = 0; i < tasks.size(); ++i) {
        at(i);
      }
    }
  };
  std::vector<std::size_t> left(n);
  std::iota(left.begin(), left.end(), std::size_t{0});
  if (store.is_shared()) {
    std::vector<std::uint8_t> is_taken(n, 0);
    run(left, store.without_waiting(), [&](std::size_t i, const TaskStore& of) {
      try {
        task(i, of);
      } catch (const TakenElsewhere&) {
        is_taken[i] = 1;
      }
    });
    std::erase_if(left, [&](std::size_t i) { return is_taken[i] == 0; });
    if (!left.empty() && !store.waits()) {
      throw TakenElsewhere();
    }
  }
  run(left, store, task);
}

}  // namespace eddy::base
