#include <eddy/search/table_identity.hpp>

#include <gtest/gtest.h>

namespace eddy::search {
namespace {

TEST(IsSameTable, GoesByTheContentOfTheFileAndItsGroup) {
  EXPECT_TRUE(is_same_table({"a", {}, "data"}, {"a", {}, "data"}));
  EXPECT_TRUE(is_same_table({"a", {}, ""}, {"a", {}, "data"}));
  EXPECT_FALSE(is_same_table({"a", {}, "signal"}, {"a", {}, "data"}));
  EXPECT_FALSE(is_same_table({"a", {}, "data"}, {"b", {}, "data"}));
}

// A label in a file of its own made another table of the same events, which a benchmark could then be trained on.
TEST(IsSameTable, DoesNotDependOnTheColumnsThatWereRead) {
  EXPECT_TRUE(is_same_table({"a", {"features", "labels"}, ""}, {"a", {"features"}, ""}));
  EXPECT_TRUE(is_same_table({"a", {"features"}, ""}, {"a", {"labels", "features"}, ""}));
}

TEST(IsSameTable, TellsEqualFilesOfLinksApart) {
  EXPECT_FALSE(is_same_table({"a", {"run A"}, ""}, {"a", {"run B"}, ""}));
}

TEST(TableIdentity, IsThatOfTheFileAlone) {
  InputRecord record{.role = "data", .file = "a.h5", .sha256 = "all", .n_clipped = {}};
  record.file_sha256 = "file";
  record.behind_sha256 = {"other"};
  const TableIdentity table = table_identity(record, "a.h5:group", "/nowhere");
  EXPECT_EQ(table.sha256, "file");
  EXPECT_EQ(table.behind, std::vector<std::string>{"other"});
  EXPECT_EQ(table.group, "group");
}

}  // namespace
}  // namespace eddy::search
