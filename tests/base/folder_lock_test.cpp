#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/folder_lock.hpp>
#include <eddy/base/process.hpp>

#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace eddy::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::expect_throws_with;
using ::testing::IsEmpty;

/// Another process that takes the folder and is at work until it is killed.
class Holder {
 public:
  explicit Holder(const std::string& folder) : id_(::fork()) {
    if (id_ == 0) {
      const FolderLock lock(folder, "eddy run");
      ::pause();
    }
    while (!std::filesystem::exists(folder + "/eddy.lock") || read_file(folder + "/eddy.lock").empty()) {
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() { kill(); }
  void kill() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
      id_ = 0;
    }
  }
  [[nodiscard]] std::string id() const { return fmt::format("{}", id_); }

 private:
  pid_t id_;
};

std::string lock_text(const std::string& boot, long process) {
  return fmt::format(
      R"({{"command": "eddy run", "host": "node7", "boot": "{}", "since": "2026-01-01", "process": {}, "start_ticks": 5}})",
      boot, process);
}

TEST(FolderLock, IsAFileThatGoesWithIt) {
  const test::TemporaryFolder folder;
  {
    const FolderLock lock(folder.path(), "eddy run");
    const std::string text = read_file(folder.file("eddy.lock"));
    for (const std::string& part : {std::string("eddy run"), host_name(), fmt::format("{}", ::getpid()), boot_id()}) {
      EXPECT_THAT(text, ::testing::HasSubstr(part));
    }
  }
  EXPECT_THAT(folder.listing(), IsEmpty());
}

TEST(FolderLock, NamesWhoHasTheFolder) {
  const test::TemporaryFolder folder;
  Holder holder(folder.path());
  for (int i = 0; i < 2; ++i) {
    expect_throws_with<IoError>([&] { const FolderLock lock(folder.path(), "eddy study"); }, folder.path(),
                                "'eddy run'", "process " + holder.id(), host_name(), "since 20",
                                "wait until it has finished");
  }
  expect_throws_with<IoError>([&] { require_nobody_at_work(folder.path()); }, "process " + holder.id(), "wait");
}

TEST(FolderLock, IsFreeOnceItsHolderIsKilled) {
  const test::TemporaryFolder folder;
  Holder holder(folder.path());
  holder.kill();
  EXPECT_TRUE(std::filesystem::exists(folder.file("eddy.lock")));
  EXPECT_NO_THROW(require_nobody_at_work(folder.path()));
  const auto begin = steady_clock::now();
  EXPECT_NO_THROW(const FolderLock lock(folder.path(), "eddy run"));
  EXPECT_LT(steady_clock::now() - begin, milliseconds(1500)) << "a dead process of this machine needs no watching";
  EXPECT_THAT(folder.listing(), IsEmpty());
}

TEST(FolderLock, OfThisMachineIsNotBelievedWithoutALock) {
  const test::TemporaryFolder folder;
  // The number is that of a living process, which is another one: the text alone does not block.
  std::ofstream(folder.file("eddy.lock")) << lock_text(boot_id(), ::getppid());
  EXPECT_NO_THROW(const FolderLock lock(folder.path(), "eddy run"));
}

TEST(FolderLock, OfAnotherMachineIsWatched) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("eddy.lock");
  std::ofstream(path) << lock_text("another-boot", 1);
  {
    std::jthread alive([&](const std::stop_token& stop) {  // as over a network: changes are seen, locks are not
      for (int i = 0; !stop.stop_requested(); ++i) {
        std::this_thread::sleep_for(milliseconds(300));
        std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now());
      }
    });
    expect_throws_with<IoError>([&] { const FolderLock lock(folder.path(), "eddy run"); }, "process 1 on node7",
                                "since 2026-01-01");
  }
  const auto begin = steady_clock::now();
  EXPECT_NO_THROW(const FolderLock lock(folder.path(), "eddy run"));  // nobody touches it any more
  EXPECT_GT(steady_clock::now() - begin, milliseconds(6500));
}

TEST(FolderLock, OfAnotherMachineThatFinishesIsFreeAtOnce) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("eddy.lock");
  std::ofstream(path) << lock_text("another-boot", 1);
  const std::jthread finishes([&] {
    std::this_thread::sleep_for(milliseconds(700));
    std::filesystem::remove(path);
  });
  const auto begin = steady_clock::now();
  const FolderLock lock(folder.path(), "eddy run");
  EXPECT_LT(steady_clock::now() - begin, milliseconds(5000));
  EXPECT_THAT(read_file(path), ::testing::HasSubstr(boot_id())) << "the file that was removed is no lock any more";
}

TEST(FolderLock, SaysWhyItsFileCannotBeWritten) {
  const test::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit few_bytes{10, 10};  // as on a disk that is full after them
    ::setrlimit(RLIMIT_FSIZE, &few_bytes);
    try {
      const FolderLock lock(folder.path(), "eddy run");
    } catch (const IoError& error) {
      ::_exit(std::string(error.what()).find(std::strerror(EFBIG)) != std::string::npos ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(folder.listing(), IsEmpty());
}

TEST(FolderLock, TakesOverAFileThatSaysNothing) {
  const test::TemporaryFolder folder;
  for (const char* text : {"", "{", "[]", R"({"command": 3})"}) {
    std::ofstream(folder.file("eddy.lock")) << text;
    EXPECT_NO_THROW(const FolderLock lock(folder.path(), "eddy run")) << text;
  }
}

TEST(FolderLock, IsHadByOneOfMany) {
  const test::TemporaryFolder folder;
  constexpr int kProcesses = 8;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    if (const pid_t child = ::fork(); child != 0) {
      children.push_back(child);
      continue;
    }
    try {
      const FolderLock lock(folder.path(), "eddy run");
      ::pause();
    } catch (const IoError&) {
    }
    ::_exit(0);
  }
  const auto deadline = steady_clock::now() + std::chrono::seconds(60);
  std::size_t n_refused = 0;
  while (n_refused + 1 < children.size() && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(10));
    n_refused = std::ranges::count_if(children, [](pid_t child) { return start_ticks(child) == 0; });
  }
  EXPECT_EQ(n_refused + 1, children.size());
  for (const pid_t child : children) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
}

TEST(RequireNobodyAtWork, NeedsNoFolder) { EXPECT_NO_THROW(require_nobody_at_work("/nowhere")); }

}  // namespace
}  // namespace eddy::base
