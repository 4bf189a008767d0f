#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>

#include <base/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

namespace eddy::base {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The message of the IoError that `action` throws; a text that no test expects when it throws none.
std::string io_error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const IoError& error) {
    return error.what();
  }
  return "(no IoError)";
}

std::string read_error(const std::string& path) {
  return io_error_of([&] { static_cast<void>(read_file(path)); });
}

/// While it lives, no file of this process may grow beyond `bytes`: what a full disk looks like from inside.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  using Handler = void (*)(int);
  rlimit old_limit_{};
  Handler old_handler_;
};

/// A file system of 64 KiB mounted on a folder, where the user may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(std::string folder, const char* size = "size=64k")
      : folder_(std::move(folder)), mounted_(::mount("tmpfs", folder_.c_str(), "tmpfs", 0, size) == 0) {}
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) {
      ::umount(folder_.c_str());
    }
  }
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  std::string folder_;
  bool mounted_;
};

TEST(ReadFile, ReturnsEveryByte) {
  const test::TemporaryFolder folder;
  const std::string content("a\0b\r\n\xff", 6);
  write_atomically(folder.file("x"), content);
  EXPECT_EQ(read_file(folder.file("x")), content);
}

TEST(ReadFile, ReturnsNothingForAnEmptyFile) {
  const test::TemporaryFolder folder;
  write_atomically(folder.file("x"), "");
  EXPECT_EQ(read_file(folder.file("x")), "");
}

TEST(ReadFile, NamesAMissingFile) {
  EXPECT_THAT(read_error("/nowhere/events.h5"),
              AllOf(HasSubstr("/nowhere/events.h5"), HasSubstr("No such file"), HasSubstr("check the path")));
}

TEST(ReadFile, RefusesAFolder) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(read_error(folder.path()), AllOf(HasSubstr(folder.path()), HasSubstr("Is a directory")));
}

TEST(ReadFile, WaitsForNoPipeAndNoDevice) {
  const test::TemporaryFolder folder;
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("pipe", folder.file("link"));
  for (const std::string& name : {folder.file("pipe"), folder.file("link")}) {
    EXPECT_THAT(read_error(name), AllOf(HasSubstr("'" + name + "' is a pipe"), HasSubstr("copy")));
  }
  EXPECT_THAT(read_error("/dev/zero"), HasSubstr("is a device"));
}

TEST(WriteAtomically, ReplacesTheOldContentAndLeavesNothingElse) {
  const test::TemporaryFolder folder;
  write_atomically(folder.file("x"), "a long old content");
  write_atomically(folder.file("x"), "new");
  EXPECT_EQ(read_file(folder.file("x")), "new");
  EXPECT_THAT(folder.listing(), ElementsAre("x"));
}

TEST(WriteAtomically, ShowsTheOldFileWhileTheNewOneIsBeingWritten) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x");
  write_atomically(path, "old");
  write_atomically(path, [&](const std::string& temporary) {
    std::ofstream(temporary) << "half";
    EXPECT_EQ(read_file(path), "old");
    EXPECT_EQ(std::filesystem::path(temporary).parent_path(), folder.path());
  });
  EXPECT_EQ(read_file(path), "half");
}

TEST(WriteAtomically, PassesTheWritersExceptionOnAndKeepsTheOldFile) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x");
  write_atomically(path, "old");
  EXPECT_THROW(write_atomically(path,
                                [](const std::string& temporary) {
                                  std::ofstream(temporary) << "half";
                                  throw NumericError("loss is nan");
                                }),
               NumericError);
  EXPECT_EQ(read_file(path), "old");
  EXPECT_THAT(folder.listing(), ElementsAre("x"));
}

TEST(WriteAtomically, NamesTheWantedFileWhenTheWriterWroteNone) {
  const test::TemporaryFolder folder;
  const std::string message = io_error_of([&] { write_atomically(folder.file("x"), [](const std::string&) {}); });
  EXPECT_THAT(message, HasSubstr("'" + folder.file("x") + "'"));
}

TEST(WriteAtomically, NamesAMissingFolder) {
  EXPECT_THAT(io_error_of([] { write_atomically("/nowhere/result.json", "{}"); }),
              AllOf(HasSubstr("/nowhere/result.json"), HasSubstr("No such file"), HasSubstr("another folder")));
}

TEST(WriteAtomically, RefusesToReplaceAFolder) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(io_error_of([&] { write_atomically(folder.path(), "{}"); }), HasSubstr("Is a directory"));
}

TEST(WriteAtomically, RefusesToReplaceADevice) {
  EXPECT_THROW(write_atomically("/dev/null", "text"), IoError);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(WriteAtomically, KeepsTheOldFileWhenTheNewOneDoesNotFit) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x");
  write_atomically(path, "old");
  const std::string message = io_error_of([&] {
    const FileSizeLimit limit(4096);
    write_atomically(path, std::string(100'000, 'x'));
  });
  EXPECT_THAT(message, AllOf(HasSubstr(path), HasSubstr("File too large"), HasSubstr("nothing was left behind")));
  EXPECT_EQ(read_file(path), "old");
  EXPECT_THAT(folder.listing(), ElementsAre("x"));
}

TEST(WriteAtomically, KeepsTheOldFileOnAFullDisk) {
  const test::TemporaryFolder folder;
  const SmallDisk disk(folder.path());
  if (!disk.mounted()) {
    GTEST_SKIP() << "this user may not mount a small disk; the file size limit above covers the same path";
  }
  write_atomically(folder.file("x"), "old");
  const std::string message = io_error_of([&] { write_atomically(folder.file("x"), std::string(1'000'000, 'x')); });
  EXPECT_THAT(message, AllOf(HasSubstr("No space left"), HasSubstr("free some space")));
  EXPECT_EQ(read_file(folder.file("x")), "old");
  EXPECT_THAT(folder.listing(), ElementsAre("x"));
}

TEST(RequireWritableFolder, CreatesParentsAndLeavesNoProbe) {
  const test::TemporaryFolder folder;
  require_writable_folder(folder.file("runs/monojet"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.file("runs/monojet")));
  EXPECT_NO_THROW(require_writable_folder(folder.file("runs/monojet")));
}

TEST(RequireWritableFolder, NamesAFileThatStandsInTheWay) {
  const test::TemporaryFolder folder;
  write_atomically(folder.file("runs"), "not a folder");
  for (const std::string& path : {folder.file("runs"), folder.file("runs/monojet")}) {
    EXPECT_THAT(io_error_of([&] { require_writable_folder(path); }),
                AllOf(HasSubstr("'" + path + "'"), HasSubstr("Not a directory"), HasSubstr("--out")));
  }
}

TEST(RequireWritableFolder, NamesAFolderWhereNothingCanBeWritten) {
  // Not even root creates files in /proc.
  EXPECT_THAT(io_error_of([] { require_writable_folder("/proc"); }),
              AllOf(HasSubstr("'/proc'"), HasSubstr("not writable: No such file"), HasSubstr("--out")));
}

TEST(RequireWritableFolder, SaysThatTheDiskIsFull) {
  const test::TemporaryFolder folder;
  const SmallDisk disk(folder.path(), "nr_inodes=2");  // one is the root of the disk
  if (!disk.mounted()) {
    GTEST_SKIP() << "this user may not mount a small disk";
  }
  std::filesystem::create_directory(folder.file("models"));
  EXPECT_THAT(io_error_of([&] { require_writable_folder(folder.file("models")); }),
              AllOf(HasSubstr("models' is not writable: No space left on device"), HasSubstr("--out")));
}

TEST(RequireWritableFolder, NamesTheOptionThatChoseIt) {
  EXPECT_THAT(io_error_of([] { require_writable_folder("/proc", "--store"); }), HasSubstr("with --store"));
  EXPECT_THAT(io_error_of([] { require_writable_folder("/proc/store", "--store"); }), HasSubstr("with --store"));
}

TEST(RequireWritableFolder, RefusesTheEmptyName) {
  EXPECT_THAT(io_error_of([] { require_writable_folder(""); }), HasSubstr("cannot create the folder ''"));
}

}  // namespace
}  // namespace eddy::base
