#include <eddy/base/files.hpp>
#include <eddy/base/process.hpp>
#include <eddy/base/temporary_file.hpp>

#include <base/temporary_folder.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace eddy::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// The number of a process that has ended.
long dead_process() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  return child;
}

void make(const std::string& path) { std::ofstream(path) << "half"; }

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
  const std::string host = host_name();
  make(folder.file(fmt::format("result.json.partial-{}-{}-0", host, dead_process())));
  make(folder.file(fmt::format("result.json.partial-{}-{}-17", host, ::getppid())));
  make(folder.file("result.json.partial-elsewhere-with-dashes-1-0"));
  make_old(folder.file("scores.h5.partial-elsewhere-1-0"), std::chrono::hours(25));
  make_old(folder.file("scores.h5.partial-elsewhere-1-1"), std::chrono::hours(23));
  remove_orphaned_temporaries(folder.path());
  EXPECT_THAT(folder.listing(),
              UnorderedElementsAre(fmt::format("result.json.partial-{}-{}-17", host, ::getppid()),
                                   "result.json.partial-elsewhere-with-dashes-1-0", "scores.h5.partial-elsewhere-1-1"));
}

TEST(RemoveOrphanedTemporaries, KnowsThatNumbersOfProcessesComeAgain) {
  const test::TemporaryFolder folder;
  // Untouched since before the process that has the number now began; this process does not know it as its own.
  make_old(folder.file(fmt::format("x.partial-{}-{}-0", host_name(), ::getppid())), std::chrono::hours(24 * 365 * 10));
  make_old(folder.file(fmt::format("x.partial-{}-{}-0", host_name(), ::getpid())), std::chrono::hours(24 * 365 * 10));
  const TemporaryFile own(folder.file("own"));
  make_old(own.path(), std::chrono::hours(24 * 365 * 10));
  remove_orphaned_temporaries(folder.path());
  EXPECT_THAT(folder.listing(), ElementsAre(std::filesystem::path(own.path()).filename().string()));
}

TEST(RemoveOrphanedTemporaries, TouchesNothingElse) {
  const test::TemporaryFolder folder;
  const long dead = dead_process();
  const std::vector<std::string> names = {"data.h5",       "x.partial-",      "x.partial-host",  "x.partial-1-0",
                                          "x.partial-h-1", "x.partial-h-1-x", "x.partial-h-x-1", "x.partial-h--1"};
  for (const std::string& name : names) {
    make_old(folder.file(name), std::chrono::hours(100));
  }
  const std::string inside = fmt::format("x.partial-{}-{}-0", host_name(), dead);
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
  const long dead = dead_process();
  make(folder.file(fmt::format("a.h5.partial-{}-{}-0", host_name(), dead)));
  make(folder.file(fmt::format("b.h5.partial-{}-{}-0", host_name(), dead)));
  remove_orphans_of(folder.file("a.h5"));
  EXPECT_THAT(folder.listing(), ElementsAre(fmt::format("b.h5.partial-{}-{}-0", host_name(), dead)));
  remove_orphans_of(folder.file("b.h5"));
  EXPECT_THAT(folder.listing(), IsEmpty());
}

}  // namespace
}  // namespace eddy::base
