#include <eddy/base/error.hpp>
#include <eddy/base/file_stamps.hpp>
#include <eddy/base/files.hpp>

#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace eddy::base {
namespace {

TEST(FileStamps, NoticeEveryKindOfChange) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("events.h5");
  const auto expect_noticed = [&](const auto& change) {
    write_atomically(path, "events");
    FileStamps stamps;
    stamps.note(path);
    EXPECT_NO_THROW(stamps.require_unchanged());
    change();
    stamps.note(path);  // the first look counts
    test::expect_throws_with<IoError>([&] { stamps.require_unchanged(); }, "'" + path + "' was changed", "wait");
  };
  const auto time_of = [&] { return std::filesystem::last_write_time(path); };
  expect_noticed([&] { std::ofstream(path, std::ios::app) << "more"; });
  expect_noticed([&] { std::filesystem::last_write_time(path, time_of() + std::chrono::milliseconds(1)); });
  expect_noticed([&] { std::filesystem::remove(path); });
  expect_noticed([&] {  // as 'cp -p' and rsync leave it
    const auto time = time_of();
    write_atomically(path, "EVENTS");
    std::filesystem::last_write_time(path, time);
  });
}

TEST(FileStamps, TakeAFileThatIsNotThere) {
  const test::TemporaryFolder folder;
  FileStamps stamps;
  stamps.note(folder.file("events.h5"));
  EXPECT_NO_THROW(stamps.require_unchanged());
  write_atomically(folder.file("events.h5"), "events");
  EXPECT_THROW(stamps.require_unchanged(), IoError);
}

}  // namespace
}  // namespace eddy::base
