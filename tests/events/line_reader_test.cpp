#include <eddy/base/error.hpp>
#include <eddy/events/line_reader.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"

namespace eddy::events {
namespace {

using testing::ElementsAre;

constexpr std::size_t kBlock = std::size_t{1} << 20;  // bytes that are read at a time
constexpr std::size_t kLongest = std::size_t{64} << 20;

class LineReaderTest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> lines(std::string_view text) const {
    std::ofstream(file, std::ios::binary) << text;
    LineReader reader(file);
    std::vector<std::string> all;
    for (std::string_view line; reader.next(line);) {
      all.emplace_back(line);
      EXPECT_EQ(reader.number(), all.size());
    }
    return all;
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("lines");
};

TEST_F(LineReaderTest, EndsOfLinesAndOfTheFile) {
  EXPECT_THAT(lines(""), ElementsAre());
  EXPECT_THAT(lines("\n"), ElementsAre(""));
  EXPECT_THAT(lines("a\nb\n"), ElementsAre("a", "b"));
  EXPECT_THAT(lines("a\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_THAT(lines("a\r\nb\r"), ElementsAre("a", "b"));
  for (const char* text : {"a,b\r1,2\r3,4\r", "a,b\n1,2\r3,4\n", "a,b\r\r\n"}) {  // the first is what old Macs wrote
    test::expect_throws_with<base::InputError>([&] { (void)lines(text); }, "carriage returns", "line ", "tr ");
  }
  const std::string zero("a\0b", 3);
  EXPECT_THAT(lines(zero + "\nc"), ElementsAre(zero, "c"));
}

TEST_F(LineReaderTest, AByteOrderMarkIsOneAtTheBeginningOnly) {
  EXPECT_THAT(lines("\xEF\xBB\xBFid\n\xEF\xBB\xBFx"), ElementsAre("id", "\xEF\xBB\xBFx"));
  EXPECT_THAT(lines("\xEF\xBB\xBF"), ElementsAre(""));
  EXPECT_THAT(lines("\xEF\xBBid"), ElementsAre("\xEF\xBBid"));
}

TEST_F(LineReaderTest, LinesMeetTheBordersOfBlocks) {
  for (const std::size_t n : {kBlock - 2, kBlock - 1, kBlock, kBlock + 1, 2 * kBlock}) {
    const std::string first(n, 'x');
    EXPECT_EQ(lines(first + "\nb"), (std::vector<std::string>{first, "b"})) << n;
    EXPECT_EQ(lines(first + "\r\nb\n"), (std::vector<std::string>{first, "b"})) << n;
    EXPECT_EQ(lines(first), std::vector<std::string>{first}) << n;
  }
}

TEST_F(LineReaderTest, ALineWithoutEndIsRefusedBeforeItFillsMemory) {
  std::ofstream(file) << "a,b\n";
  std::filesystem::resize_file(file, kLongest + 2 * kBlock);  // a hole of zeros
  LineReader reader(file);
  std::string_view line;
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "a,b");
  test::expect_throws_with<base::InputError>([&] { reader.next(line); }, "line 2", "longer than 64 MiB",
                                             "a line for each event");
}

TEST_F(LineReaderTest, WhatCannotBeReadIsAnIoError) {
  test::expect_throws_with<base::IoError>([&] { LineReader reader(folder.file("none")); }, "none'", "permissions");
  std::string_view line;
  test::expect_throws_with<base::IoError>(
      [&] {
        LineReader reader(folder.path());
        reader.next(line);
      },
      "cannot read", folder.path());
}

}  // namespace
}  // namespace eddy::events
