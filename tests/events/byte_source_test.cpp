#include <eddy/base/error.hpp>
#include <eddy/events/byte_source.hpp>

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <limits>
#include <string>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"

namespace eddy::events {
namespace {

using base::IoError;

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() { std::ofstream(file, std::ios::binary) << "0123456789"; }
  static std::string read(ByteSource& source, std::size_t n) {
    std::string text(n, '?');
    source.read(std::as_writable_bytes(std::span(text)));
    return text;
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("digits");
};

TEST_F(FileSourceTest, GivesAFileOrAPartOfItOnce) {
  FileSource whole(file);
  EXPECT_EQ(read(whole, 10), "0123456789");
  EXPECT_EQ(whole.remaining(), 0U);
  FileSource part(file, 3, 4);
  EXPECT_EQ(read(part, 1), "3");
  part.skip(2);
  EXPECT_EQ(part.remaining(), 1U);
  EXPECT_EQ(read(part, 1), "6");
  EXPECT_EQ(read(part, 0), "") << "nothing is always left";
  part.skip(0);
}

TEST_F(FileSourceTest, NothingBehindThePartIsGivenAway) {
  FileSource part(file, 3, 4);
  test::expect_throws_with<IoError>([&] { read(part, 5); }, "digits'", "5 more bytes", "4 are left", "copy the file");
  EXPECT_EQ(read(part, 4), "3456") << "a refusal takes nothing";
  test::expect_throws_with<IoError>([&] { part.skip(1); }, "1 more bytes", "0 are left");
  FileSource again(file, 3, 4);
  EXPECT_THROW(again.skip(std::numeric_limits<std::uint64_t>::max()), IoError);
  EXPECT_EQ(again.remaining(), 4U);
}

TEST_F(FileSourceTest, APartBehindTheEndOfTheFileIsAnError) {
  FileSource beyond(file, 20, 1);
  test::expect_throws_with<IoError>([&] { read(beyond, 1); }, "digits' to its end");
  FileSource longer(file, 8, 4);
  test::expect_throws_with<IoError>([&] { read(longer, 4); }, "digits' to its end");
  FileSource skipped(file, 0, 100);  // a seek knows no end
  skipped.skip(50);
  EXPECT_THROW(read(skipped, 1), IoError);
}

TEST_F(FileSourceTest, AMissingFileIsAnErrorOfEddy) {
  test::expect_throws_with<IoError>([&] { FileSource none(folder.file("none")); }, "none'", "cannot read");
  test::expect_throws_with<IoError>([&] { FileSource none(folder.file("none"), 0, 1); }, "none'", "cannot read");
}

}  // namespace
}  // namespace eddy::events
