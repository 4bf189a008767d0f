#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace eddy::base {

/// Limits the number of threads that eddy uses for as long as it lives. 0 means all cores.
class ThreadLimit {
 public:
  explicit ThreadLimit(std::size_t n_threads);
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;
  ~ThreadLimit();

 private:
  struct Control;
  std::unique_ptr<Control> control_;
};

/// Runs task(0) ... task(n-1), side by side on the threads allowed; returns when all are done. A task must not depend
/// on the order of execution. The first exception thrown by a task is rethrown, after the tasks already begun have
/// ended. Called inside a task whose neighbour failed, it may leave tasks out; it throws then, so that nothing half
/// done is taken for a result.
void parallel_tasks(std::size_t n, const std::function<void(std::size_t)>& task);

/// Runs body(first, last) over consecutive blocks of `block` indices of [0, n). The blocks do not depend on the number
/// of threads, so sums kept per block are reproducible.
void parallel_blocks(std::size_t n, std::size_t block, const std::function<void(std::size_t, std::size_t)>& body);

/// Ends the threads that wait for work, and returns when they have ended; the next call that needs threads makes new
/// ones. For programs that have other things to do than eddy's, and before a process forks: a child has no threads.
/// Does nothing while other threads are at work in parallel_tasks.
void release_threads();

}  // namespace eddy::base
