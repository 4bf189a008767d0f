#include <eddy/base/error.hpp>
#include <eddy/runs/log_file.hpp>

#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace eddy::runs {
namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

TEST(LogFile, appends_what_was_said_before_and_after_it_was_opened) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("log.txt");
  std::ofstream(path) << "from before\n";
  LogFile log;
  log.write("info", "early");
  EXPECT_EQ(lines_of(path).size(), 1U);
  log.open(path);
  log.write("warning", "late");
  const std::vector<std::string> lines = lines_of(path);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "from before");
  EXPECT_TRUE(lines[1].ends_with(" info early")) << lines[1];
  EXPECT_TRUE(lines[2].ends_with(" warning late")) << lines[2];
}

TEST(LogFile, names_a_file_that_cannot_be_written) {
  const test::TemporaryFolder folder;
  LogFile log;
  test::expect_throws_with<base::IoError>([&] { log.open(folder.file("missing/log.txt")); }, "missing/log.txt");
}

}  // namespace
}  // namespace eddy::runs
