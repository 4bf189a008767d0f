#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace eddy::base {
namespace {

constexpr std::size_t kThreadLimits[] = {0, 1, 2, 7};

/// A float32 sum that depends on the order of its terms: kept per block, then added block by block.
float blocked_sum(const std::vector<float>& values, std::size_t block) {
  std::vector<float> sums((values.size() + block - 1) / block);
  parallel_blocks(values.size(), block, [&](std::size_t first, std::size_t last) {
    sums[first / block] = std::accumulate(values.begin() + first, values.begin() + last, 0.F);
  });
  return std::accumulate(sums.begin(), sums.end(), 0.F);
}

TEST(ParallelTasks, RunsEachTaskOnceWhateverTheNumberOfThreads) {
  for (const std::size_t limit : kThreadLimits) {
    const ThreadLimit threads(limit);
    std::vector<std::atomic<int>> calls(1000);
    parallel_tasks(calls.size(), [&](std::size_t i) { ++calls[i]; });
    for (std::size_t i = 0; i < calls.size(); ++i) {
      ASSERT_EQ(calls[i], 1) << "task " << i << " with a limit of " << limit;
    }
  }
}

std::size_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

#ifdef __SANITIZE_THREAD__
constexpr std::size_t kAlone = 2;  // the thread sanitizer has one of its own
#else
constexpr std::size_t kAlone = 1;
#endif

TEST(ReleaseThreads, EndsThoseThatWaitAndLaterCallsMakeNewOnes) {
  const ThreadLimit threads(4);
  for (int round = 0; round < 3; ++round) {
    std::atomic<int> calls{0};
    parallel_tasks(64, [&](std::size_t) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      ++calls;
    });
    EXPECT_EQ(calls, 64);
    release_threads();
    for (int i = 0; i < 200 && threads_of_this_process() > kAlone; ++i) {  // listed for a moment after it was joined
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(threads_of_this_process(), kAlone);
  }
}

TEST(ParallelTasks, DoesNothingForNone) {
  parallel_tasks(0, [](std::size_t) { FAIL() << "there is no task"; });
  parallel_blocks(0, 8, [](std::size_t, std::size_t) { FAIL() << "there is no block"; });
}

TEST(ParallelTasks, UsesNoMoreThreadsThanAllowed) {
  for (const std::size_t limit : {1, 2}) {
    const ThreadLimit threads(limit);
    std::mutex mutex;
    std::set<std::thread::id> seen;
    std::atomic<std::size_t> running = 0;
    std::atomic<std::size_t> most = 0;
    parallel_tasks(64, [&](std::size_t) {
      const std::size_t now = ++running;
      for (std::size_t old = most; now > old && !most.compare_exchange_weak(old, now);) {
      }
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      --running;
      const std::scoped_lock lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
    EXPECT_LE(most, limit);
    if (limit == 1) {
      EXPECT_EQ(seen, std::set{std::this_thread::get_id()});
    }
  }
}

TEST(ParallelTasks, RethrowsTheExceptionOfATask) {
  for (const std::size_t limit : kThreadLimits) {
    const ThreadLimit threads(limit);
    try {
      parallel_tasks(100, [](std::size_t i) {
        if (i == 42) {
          throw NumericError("loss is nan in task 42");
        }
      });
      ADD_FAILURE() << "nothing was thrown with a limit of " << limit;
    } catch (const NumericError& error) {
      EXPECT_STREQ(error.what(), "loss is nan in task 42");
    }
  }
}

TEST(ParallelTasks, NestsInsideATask) {
  std::vector<std::atomic<int>> calls(20 * 30);
  parallel_tasks(20, [&](std::size_t i) { parallel_tasks(30, [&](std::size_t j) { ++calls[i * 30 + j]; }); });
  for (const auto& n : calls) {
    ASSERT_EQ(n, 1);
  }
}

/// Not for ever: where there is one core there is no second thread that would start the other task.
void wait_a_while_for(const std::atomic<bool>& flag) {
  for (int i = 0; i < 50 && !flag; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST(ParallelTasks, NestedInATaskWhoseNeighbourFailedRunAllOrThrow) {
  // TBB leaves the tasks of a cancelled group out without a word; a flow half trained that way was once stored.
  const ThreadLimit threads(2);
  for (int repeat = 0; repeat < 50; ++repeat) {
    std::atomic<bool> other_runs = false;
    std::atomic<int> calls = 0;
    std::atomic<bool> took_it_for_done = false;
    EXPECT_THROW(parallel_tasks(2,
                                [&](std::size_t i) {
                                  if (i == 0) {
                                    wait_a_while_for(other_runs);
                                    throw NumericError("loss is nan");
                                  }
                                  other_runs = true;
                                  std::this_thread::sleep_for(std::chrono::milliseconds(repeat % 5));
                                  parallel_tasks(100, [&](std::size_t) { ++calls; });
                                  took_it_for_done = true;
                                }),
                 NumericError);
    EXPECT_TRUE(!took_it_for_done || calls == 100) << calls << " of 100 tasks ran";
  }
}

TEST(ParallelBlocks, CoversTheRangeInFixedBlocks) {
  for (const std::size_t n : {1U, 7U, 8U, 9U, 64U}) {
    std::vector<int> covered(n);
    parallel_blocks(n, 8, [&](std::size_t first, std::size_t last) {
      EXPECT_EQ(first % 8, 0U);
      EXPECT_EQ(last, std::min(n, first + 8));
      for (std::size_t i = first; i < last; ++i) {
        ++covered[i];
      }
    });
    EXPECT_EQ(covered, std::vector<int>(n, 1)) << n << " indices";
  }
}

TEST(ParallelBlocks, SumsToTheSameBitsWhateverTheNumberOfThreads) {
  std::vector<float> values(100'003);
  fill_normal(RandomStream(Seed{1}, "parallel_test"), 0, values);
  const float reference = blocked_sum(values, 128);
  ASSERT_NE(reference, std::accumulate(values.begin(), values.end(), 0.F)) << "this sum must depend on its order";
  for (const std::size_t limit : kThreadLimits) {
    const ThreadLimit threads(limit);
    EXPECT_EQ(blocked_sum(values, 128), reference) << "with a limit of " << limit;
  }
}

}  // namespace
}  // namespace eddy::base
