#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/holder.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/task_leases.hpp>

#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace eddy::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::expect_throws_with;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TaskLeases::Times kQuick{.beat = milliseconds(20), .patience = milliseconds(300)};

/// What a process of another machine would have written: this one knows nothing of it but its beats.
std::string foreign_lease(int beat) {
  std::string text = text_of_this_process("eddy calibrate");
  for (const char* key : {"\"boot\": \"", "\"processes\": \""}) {
    text.insert(text.find(key) + std::string(key).size(), "another ");
  }
  return std::to_string(beat) + "\n" + text;
}

void write_lease(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

/// Another process that takes a task and is at it until it is killed.
class Worker {
 public:
  explicit Worker(const test::TemporaryFolder& folder, const std::string& task) : id_(::fork()) {
    if (id_ == 0) {
      TaskLeases leases(folder.path(), "eddy run");
      const auto lease = leases.take(task);
      ::pause();
    }
    while (!std::filesystem::exists(folder.file(task + ".lease"))) {
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() { kill(); }
  void kill() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
      id_ = -1;
    }
  }

 private:
  pid_t id_;
};

class Leases : public ::testing::Test {
 protected:
  test::TemporaryFolder folder_;
  TaskLeases leases_{folder_.path(), "eddy run", kQuick};
};

TEST_F(Leases, AreGivenBackWithTheObject) {
  {
    const auto lease = leases_.take("flow-1");
    ASSERT_TRUE(lease);
    EXPECT_THAT(folder_.listing(), ElementsAre("flow-1.lease"));
    EXPECT_FALSE(leases_.take("flow-1")) << "another thread of the same process is at it";
    EXPECT_TRUE(leases_.take("flow-2"));
  }
  EXPECT_THAT(folder_.listing(), IsEmpty());
  EXPECT_TRUE(leases_.take("flow-1"));
}

// The other process begins before this one has any thread: thread sanitizers know no others.
TEST(LeasesOfOtherProcesses, AreRespectedWhileTheseLiveAndTakenAtOnceWhenTheyAreDead) {
  const test::TemporaryFolder folder;
  Worker worker(folder, "null-1");
  TaskLeases leases(folder.path(), "eddy run", kQuick);
  EXPECT_FALSE(leases.take("null-1"));
  EXPECT_FALSE(leases.may_take_any({"null-1"}, {}));
  worker.kill();
  EXPECT_TRUE(std::filesystem::exists(folder.file("null-1.lease")));
  const auto begin = steady_clock::now();
  EXPECT_TRUE(leases.may_take_any({"null-1"}, {}));
  EXPECT_TRUE(leases.take("null-1"));
  EXPECT_LT(steady_clock::now() - begin, kQuick.patience);
}

TEST_F(Leases, OfAnotherMachineAreTakenOverOnceTheyAreSilent) {
  write_lease(folder_.file("null-1.lease"), foreign_lease(7));
  EXPECT_FALSE(leases_.take("null-1"));
  const auto begin = steady_clock::now();
  EXPECT_TRUE(leases_.may_take_any({"null-1"}, {}));
  EXPECT_GE(steady_clock::now() - begin, kQuick.patience / 2);
  EXPECT_TRUE(leases_.take("null-1"));
}

// The clocks of two machines may differ by hours: the time of the file says nothing.
TEST_F(Leases, OfAnotherMachineAreRespectedWhileTheyBeatWhateverItsClockSays) {
  const std::string path = folder_.file("null-1.lease");
  write_lease(path, foreign_lease(1));
  const auto set_clock = [&](std::chrono::hours ahead) {
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + ahead);
  };
  set_clock(std::chrono::hours(-48));
  std::jthread other([&](const std::stop_token& stop) {
    for (int beat = 2; !stop.stop_requested(); ++beat) {
      const std::string draft = folder_.file("draft");
      write_lease(draft, foreign_lease(beat));
      std::filesystem::rename(draft, path);
      set_clock(std::chrono::hours(beat % 2 == 0 ? 48 : -48));
      std::this_thread::sleep_for(milliseconds(30));
    }
  });
  const auto end = steady_clock::now() + 3 * kQuick.patience;
  while (steady_clock::now() < end) {
    EXPECT_FALSE(leases_.take("null-1"));
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_FALSE(leases_.may_take_any({"null-1"}, {}));
}

TEST_F(Leases, ThatSayNothingAreTakenOverOnceTheyAreSilent) {
  write_lease(folder_.file("a.lease"), "");
  EXPECT_FALSE(leases_.take("a"));
  EXPECT_TRUE(leases_.may_take_any({"a"}, {}));
  EXPECT_TRUE(leases_.take("a"));
}

TEST_F(Leases, BeatWhileTheyAreHeld) {
  const auto lease = leases_.take("a");
  const auto beat = [&] { return leases_in(folder_.path()).at(0).beat; };
  const std::string first = beat();
  const auto end = steady_clock::now() + milliseconds(5000);
  while (beat() == first && steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_NE(beat(), first);
  const LeaseOnTask seen = leases_in(folder_.path()).at(0);
  EXPECT_EQ(seen.task, "a");
  ASSERT_TRUE(holder_in(seen.holder));
  EXPECT_EQ(holder_in(seen.holder)->process, ::getpid());
}

// A process that was suspended may find its task with another one; it must not take that one's lease away.
TEST_F(Leases, ThatWereTakenOverAreNotGivenBack) {
  {
    const auto lease = leases_.take("a");
    std::filesystem::remove(folder_.file("a.lease"));
    write_lease(folder_.file("a.lease"), foreign_lease(1));
  }
  EXPECT_THAT(folder_.listing(), ElementsAre("a.lease"));
}

// Many rounds: each is a race of a few microseconds between one who removes a dead lease and one who just took it.
TEST_F(Leases, AreHeldByOneOfManyThatTakeThemAtOnce) {
  constexpr int kMany = 8;
  constexpr int kRounds = 200;
  constexpr TaskLeases::Times kAtOnce{.beat = milliseconds(20), .patience = milliseconds(0)};  // silent is dead
  std::vector<std::unique_ptr<TaskLeases>> all;
  for (int i = 0; i < kMany; ++i) {
    all.push_back(std::make_unique<TaskLeases>(folder_.path(), "eddy run", kAtOnce));
  }
  for (int round = 0; round < kRounds; ++round) {
    const std::string task = "task-" + std::to_string(round);
    write_lease(folder_.file(task + ".lease"), "dead");
    std::atomic<int> n_held = 0;
    std::barrier together(kMany);
    std::vector<std::optional<TaskLeases::Lease>> held(kMany);
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < kMany; ++i) {
        threads.emplace_back([&, i] {
          together.arrive_and_wait();
          if (auto lease = all[i]->take(task)) {
            held[i].emplace(std::move(*lease));
            ++n_held;
          }
        });
      }
    }
    ASSERT_EQ(n_held, 1) << "in round " << round;
  }
  EXPECT_THAT(folder_.listing(), IsEmpty());
}

// Whoever died while it took over a task of a dead one is in nobody's way either.
TEST_F(Leases, OfADeadOneThatWasTakingOverAreTaken) {
  write_lease(folder_.file("a.lease"), foreign_lease(1));
  write_lease(folder_.file("a.take-over.lease"), foreign_lease(2));
  EXPECT_FALSE(leases_.take("a"));
  EXPECT_TRUE(leases_.may_take_any({"a"}, {}));
  const auto lease = leases_.take("a");
  EXPECT_TRUE(lease);
  EXPECT_THAT(folder_.listing(), ElementsAre("a.lease"));
}

TEST_F(Leases, OfTasksThatAreFinishedAreRemoved) {
  write_lease(folder_.file("done.lease"), foreign_lease(1));
  write_lease(folder_.file("done.eddy"), "result");
  write_lease(folder_.file("done.take-over.lease"), foreign_lease(1));
  write_lease(folder_.file("begun.lease"), foreign_lease(1));
  remove_spent_leases(folder_.path(), ".eddy");
  EXPECT_THAT(folder_.listing(), ::testing::UnorderedElementsAre("done.eddy", "begun.lease"));
}

TEST(LeasesWithoutAFolder, SayWhatIsWrong) {
  const test::TemporaryFolder folder;
  TaskLeases leases(folder.file("nowhere"), "eddy run", kQuick);
  expect_throws_with<IoError>([&] { static_cast<void>(leases.take("a")); }, "cannot write", "nowhere/a.lease",
                              "--store");
}

TEST(LeaseFiles, AreKnownByTheirName) {
  EXPECT_TRUE(is_lease("null-0.lease"));
  EXPECT_FALSE(is_lease("null-0.eddy"));
  const test::TemporaryFolder folder;
  write_atomically(folder.file("null-0.eddy"), "result");
  EXPECT_THAT(leases_in(folder.path()), IsEmpty());
  EXPECT_THAT(leases_in(folder.file("nowhere")), IsEmpty());
}

}  // namespace
}  // namespace eddy::base
