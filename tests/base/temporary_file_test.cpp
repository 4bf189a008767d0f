#include <eddy/base/files.hpp>
#include <eddy/base/process.hpp>
#include <eddy/base/temporary_file.hpp>

#include <base/temporary_folder.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace eddy::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

void make(const std::string& path) { std::ofstream(path) << "half"; }

/// Another process that writes a temporary file until it is killed.
class Writer {
 public:
  explicit Writer(const std::string& output) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0 || (id_ = ::fork()) < 0) {
      throw std::runtime_error("no process");
    }
    if (id_ == 0) {
      const TemporaryFile temporary(output);
      make(temporary.path());
      const std::string name = std::filesystem::path(temporary.path()).filename().string();
      ::_exit(::write(ends[1], name.data(), name.size()) > 0 ? ::pause() : 1);
    }
    std::array<char, 256> name{};
    const ssize_t n = ::read(ends[0], name.data(), name.size());
    name_.assign(name.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    ::close(ends[0]);
    ::close(ends[1]);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { kill(); }
  void kill() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
      id_ = 0;
    }
  }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  pid_t id_ = 0;
  std::string name_;
};

/// The name of the temporary file that a process which has ended did not finish; it is in `folder`.
std::string left_by_a_dead_process(const test::TemporaryFolder& folder, const std::string& output) {
  Writer writer(folder.file(output));
  writer.kill();
  return writer.name();
}

/// The same name by a process that began at another time; the number has come again.
std::string of_another_start(const std::string& name) {
  const std::size_t counter = name.rfind('-');
  const std::size_t process = name.rfind('-', counter - 1);
  return name.substr(0, name.rfind('-', process - 1)) + "-1" + name.substr(process);
}

/// The same name by a process of another container of this machine.
std::string of_another_container(const std::string& name) {
  const std::size_t tag = name.find(host_name() + ".") + host_name().size() + 1;
  std::string other = name;
  other[tag] = other[tag] == '0' ? '1' : '0';
  return other;
}

void make_old(const std::string& path, std::chrono::hours age) {
  make(path);
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - age);
}

TEST(TemporaryFile, IsRemovedUnlessItGotItsName) {
  const test::TemporaryFolder folder;
  {
    const TemporaryFile lost(folder.file("x"));
    make(lost.path());
    const TemporaryFile kept(folder.file("y"));
    make(kept.path());
    EXPECT_NE(lost.path(), kept.path());
    EXPECT_TRUE(kept.rename_to(folder.file("y")));
  }
  EXPECT_THAT(folder.listing(), ElementsAre("y"));
}

TEST(TemporaryFile, SaysWhenTheNameIsRefused) {
  const test::TemporaryFolder folder;
  const TemporaryFile never_written(folder.file("x"));
  EXPECT_FALSE(never_written.rename_to(folder.file("x")));
}

TEST(AbandonTemporaryFiles, RemovesAllAndLetsNoneGetItsName) {
  const test::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {  // for it ends the process
    const TemporaryFile temporary(folder.file("x"));
    make(temporary.path());
    const RemovedAtExit lock(folder.file("lock"));
    make(folder.file("lock"));
    make(folder.file("other"));
    abandon_temporary_files();
    std::thread([&] { static_cast<void>(temporary.rename_to(folder.file("x"))); }).detach();
    std::thread([&] { write_atomically(folder.file("y"), "new"); }).detach();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(folder.listing(), ElementsAre("other"));
}

TEST(RemoveOrphanedTemporaries, TakesThoseOfDeadProcessesAlone) {
  const test::TemporaryFolder folder;
  left_by_a_dead_process(folder, "result.json");
  const Writer living(folder.file("result.json"));
  make(folder.file("result.json.partial-elsewhere-with-dashes-1-0"));
  make_old(folder.file("scores.h5.partial-elsewhere-1-0"), std::chrono::hours(25));
  make_old(folder.file("scores.h5.partial-elsewhere-1-1"), std::chrono::hours(23));
  remove_orphaned_temporaries(folder.path());
  EXPECT_THAT(folder.listing(), UnorderedElementsAre(living.name(), "result.json.partial-elsewhere-with-dashes-1-0",
                                                     "scores.h5.partial-elsewhere-1-1"));
}

TEST(RemoveOrphanedTemporaries, KnowsThatNumbersOfProcessesComeAgain) {
  const test::TemporaryFolder folder;
  const Writer living(folder.file("x"));
  const TemporaryFile own(folder.file("own"));
  const std::string own_name = std::filesystem::path(own.path()).filename().string();
  make(folder.file(of_another_start(living.name())));
  make(folder.file(of_another_start(own_name)));
  // Clocks of file servers are wrong by any amount: what a living process writes stays, however old it seems.
  make_old(folder.file(living.name()), std::chrono::hours(24 * 365 * 10));
  make_old(own.path(), std::chrono::hours(24 * 365 * 10));
  remove_orphaned_temporaries(folder.path());
  EXPECT_THAT(folder.listing(), UnorderedElementsAre(living.name(), own_name));
}

TEST(RemoveOrphanedTemporaries, LeavesThoseOfOtherContainersForADay) {
  const test::TemporaryFolder folder;
  const std::string name = of_another_container(left_by_a_dead_process(folder, "x"));
  const std::string of_earlier_version = fmt::format("x.partial-{}-{}-0", host_name(), 1 << 30);
  remove_orphaned_temporaries(folder.path());
  make(folder.file(name));
  make(folder.file(of_earlier_version));  // which did not say whose numbers it meant
  remove_orphaned_temporaries(folder.path());
  EXPECT_THAT(folder.listing(), UnorderedElementsAre(name, of_earlier_version));
  make_old(folder.file(name), std::chrono::hours(25));
  make_old(folder.file(of_earlier_version), std::chrono::hours(25));
  remove_orphaned_temporaries(folder.path());
  EXPECT_THAT(folder.listing(), IsEmpty());
}

TEST(RemoveOrphanedTemporaries, LeavesThoseOfProcessesThatAreHidden) {
  const test::TemporaryFolder folder;
  const Writer living(folder.file("x"));
  constexpr int kNotAllowed = 77;
  const pid_t child = ::fork();
  if (child == 0) {  // sees an empty /proc from here on
    const bool hidden = ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
                        ::mount("nothing", "/proc", "tmpfs", 0, nullptr) == 0 && start_ticks(::getppid()) == 0;
    if (!hidden) {
      ::_exit(kNotAllowed);
    }
    remove_orphaned_temporaries(folder.path());
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotAllowed) {
    GTEST_SKIP() << "this machine lets nobody hide /proc";
  }
  EXPECT_EQ(status, 0);
  EXPECT_THAT(folder.listing(), ElementsAre(living.name()));
}

TEST(RemoveOrphanedTemporaries, TouchesNothingElse) {
  const test::TemporaryFolder folder;
  const std::string inside = left_by_a_dead_process(folder, "x");
  remove_orphaned_temporaries(folder.path());
  const std::vector<std::string> names = {"data.h5",       "x.partial-",      "x.partial-host",  "x.partial-1-0",
                                          "x.partial-h-1", "x.partial-h-1-x", "x.partial-h-x-1", "x.partial-h--1"};
  for (const std::string& name : names) {
    make_old(folder.file(name), std::chrono::hours(100));
  }
  std::filesystem::create_directories(folder.file(inside));  // a folder of this name is nobody's temporary file
  remove_orphaned_temporaries(folder.path());
  EXPECT_EQ(folder.listing().size(), names.size() + 1);
  EXPECT_TRUE(std::ranges::none_of(names, is_temporary));
  EXPECT_TRUE(is_temporary(inside));
  EXPECT_TRUE(is_temporary("result.json.partial-elsewhere-with-dashes-1-0"));
  remove_orphaned_temporaries(folder.file("nowhere"));  // no folder, nothing to do
}

TEST(RemoveOrphansOf, TakesThoseOfOneFile) {
  const test::TemporaryFolder folder;
  left_by_a_dead_process(folder, "a.h5");
  const std::string other = left_by_a_dead_process(folder, "b.h5");
  remove_orphans_of(folder.file("a.h5"));
  EXPECT_THAT(folder.listing(), ElementsAre(other));
  remove_orphans_of(folder.file("b.h5"));
  EXPECT_THAT(folder.listing(), IsEmpty());
}

}  // namespace
}  // namespace eddy::base
