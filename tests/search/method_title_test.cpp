#include <eddy/search/method_title.hpp>

#include <gtest/gtest.h>

namespace eddy::search {
namespace {

TEST(MethodTitle, AsTheAuthorsWriteIt) {
  EXPECT_EQ(method_title("conrad"), "CONRAD");
  EXPECT_EQ(method_title("cathode"), "CATHODE");
  EXPECT_EQ(method_title("lacathode"), "LaCATHODE");
  EXPECT_EQ(method_title("anode"), "ANODE");
  EXPECT_EQ(method_title("cwola"), "CWoLa");
  EXPECT_EQ(method_title("supervised"), "supervised");
  EXPECT_EQ(method_title("idealized"), "idealized");
}

}  // namespace
}  // namespace eddy::search
