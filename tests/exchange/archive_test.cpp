#include <eddy/base/error.hpp>
#include <eddy/exchange/archive.hpp>

#include <gtest/gtest.h>

namespace eddy::exchange {
namespace {

TEST(Archive, EqualFilesGiveEqualBytes) {
  const ExportFiles files = {{"b.txt", std::string(1000, 'b')}, {"a/empty", ""}};
  const std::string archive = gzipped_tar(files);
  EXPECT_EQ(archive, gzipped_tar(files));
  EXPECT_EQ(archive.substr(0, 2), "\x1f\x8b");
  EXPECT_NE(archive, gzipped_tar({{"b.txt", std::string(1001, 'b')}, {"a/empty", ""}}));
}

TEST(Archive, ANameThatDoesNotFitIsRefused) {
  EXPECT_NO_THROW(gzipped_tar({{std::string(99, 'x'), ""}}));
  EXPECT_THROW(gzipped_tar({{std::string(100, 'x'), ""}}), base::InputError);
}

}  // namespace
}  // namespace eddy::exchange
