#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <thread>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace eddy::base {

namespace {

/// Tells the thread sanitizer the order that oneTBB makes between those who start tasks, the tasks, and those who wait
/// for them: Debian's library is not instrumented, so that it cannot be seen. Tasks are not ordered among one another,
/// and what they do to each other's data is found. Empty in every other build.
class TaskOrder {
 public:
#ifdef __SANITIZE_THREAD__
  TaskOrder() { __tsan_release(&started_); }
  void task_begins() { __tsan_acquire(&started_); }
  void task_ends() { __tsan_release(&ended_); }
  void all_ended() { __tsan_acquire(&ended_); }

 private:
  char started_ = 0;
  char ended_ = 0;
#else
  void task_begins() {}
  void task_ends() {}
  void all_ended() {}
#endif
};

}  // namespace

struct ThreadLimit::Control {
  tbb::global_control limit;
};

ThreadLimit::ThreadLimit(std::size_t n_threads)
    : control_(new Control{
          tbb::global_control(tbb::global_control::max_allowed_parallelism,
                              n_threads > 0 ? n_threads : std::max(1U, std::thread::hardware_concurrency()))}) {}

ThreadLimit::~ThreadLimit() = default;

void parallel_tasks(std::size_t n, const std::function<void(std::size_t)>& task) {
  TaskOrder order;
  tbb::task_group_context group;  // bound to the group of the task that calls: what cancels that one cancels this one
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, n, 1),
      [&](const tbb::blocked_range<std::size_t>& range) {
        for (std::size_t i = range.begin(); i != range.end(); ++i) {
          order.task_begins();
          task(i);
          order.task_ends();
        }
      },
      tbb::simple_partitioner(), group);
  order.all_ended();
  if (group.is_group_execution_cancelled()) {  // some tasks were left out: the caller must not go on as if done
    throw Error("stopped because a task beside it failed");
  }
}

void parallel_blocks(std::size_t n, std::size_t block, const std::function<void(std::size_t, std::size_t)>& body) {
  assert(block > 0);
  const std::size_t n_blocks = (n + block - 1) / block;
  parallel_tasks(n_blocks, [&](std::size_t b) { body(b * block, std::min(n, (b + 1) * block)); });
}

void release_threads() {
  tbb::task_scheduler_handle handle{tbb::attach{}};
  static_cast<void>(tbb::finalize(handle, std::nothrow));  // false: somebody is at work
}

}  // namespace eddy::base
