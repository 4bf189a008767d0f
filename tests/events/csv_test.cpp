#include <eddy/base/error.hpp>
#include <eddy/events/csv.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <string>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"

namespace eddy::events {
namespace {

using base::InputError;
using testing::ElementsAre;

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

class Csv : public testing::Test {
 protected:
  [[nodiscard]] Events read(const std::string& text, const ReadOptions& options = {}) const {
    std::ofstream(file, std::ios::binary) << text;
    return read_csv({file, ""}, options);
  }
  /// The exact numbers of the lines of a column a.
  [[nodiscard]] ColumnValues exact(const std::string& lines) const {
    return read("a\n" + lines, {.exact = {"a"}}).values("a");
  }
  template <class... Parts>
  void expect_refused(const std::string& text, const ReadOptions& options, const Parts&... parts) const {
    test::expect_throws_with<InputError>([&] { (void)read(text, options); }, parts...);
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("table.csv");
};

TEST_F(Csv, IntegersAreExactToTheEndsOfTheirTypes) {
  EXPECT_THAT(exact("-9223372036854775808\n9223372036854775807\n").as<std::int64_t>(), ElementsAre(kLowest, kHighest));
  EXPECT_THAT(exact("0\n9223372036854775808\n").as<std::uint64_t>(), ElementsAre(0, std::uint64_t{1} << 63));
  EXPECT_THAT(exact("-1\n9223372036854775808\n").as<double>(), ElementsAre(-1, 0x1p63))
      << "of no integer type, but exact";
}

// A decimal before the integer rounded it without a word; after it, it was refused.
TEST_F(Csv, AnIntegerThatFloat64CannotHoldIsNeverRounded) {
  const ReadOptions options = {.exact = {"a"}};
  for (const std::string lines :
       {"0.5\n9007199254740993\n", "9007199254740993\n0.5\n", "0.5\n-9007199254740993\n", "-1\n9223372036854775809\n",
        "-1\n18446744073709551617\n", "nan\n+9007199254740993\n"}) {
    expect_refused("a\n" + lines, options, "line 3", "column 'a'", "2^53", "as integers only");
  }
  EXPECT_THAT(exact("0.5\n9007199254740994\n").as<double>(), ElementsAre(0.5, 9007199254740994));
  EXPECT_THAT(exact("0.5\n00012\n-0\n").as<double>(), ElementsAre(0.5, 12, 0));
  EXPECT_THAT(exact("0.5\n1e17\n9007199254740993.0\n").as<double>(), ElementsAre(0.5, 1e17, 9007199254740992))
      << "written as decimals, they are rounded as those are";
}

TEST_F(Csv, QuotesEncloseWholeFields) {
  EXPECT_THAT(read("\"\"\"\",\" a \",\"x,\"\"y\"\"\"\n1,\"2\" , 3\n").names(), ElementsAre("\"", " a ", "x,\"y\""));
  expect_refused("a,b\n\"1\" 2,3\n", {}, "line 2", "not closed before the next comma");
  expect_refused("\"a,b\n1,2\n", {}, "line 1", "write \"\"");
}

TEST_F(Csv, CommentsMaySayAnything) {
  for (const std::string comment : {"# \"jets\" of data, all\n", "# 5\" disks\n", "# \"a\", \"b\n", "#\n", "#,,,\n"}) {
    EXPECT_THAT(read(comment + "a,b\n1,2\n" + comment + "3,4\n").column("b"), ElementsAre(2, 4)) << comment;
    EXPECT_THAT(read(comment + "# a,b\n1,2\n").names(), ElementsAre("a", "b")) << comment;
  }
  expect_refused("# a,b,c\n1,2\n", {}, "line 2", "put a header line");
  expect_refused("# \"a\" x,b\n1,2\n", {}, "line 2", "put a header line");
}

TEST_F(Csv, RowLabelsOfPandasAreLeftOut) {
  const Events events = read(",a,b\nfirst,1,2\nsecond,3,4\n", {.wanted = {"b", "a"}});
  EXPECT_THAT(events.names(), ElementsAre("b", "a"));
  EXPECT_THAT(events.column("a"), ElementsAre(1, 3));
  EXPECT_THAT(read(",0,1\n0,5,6\n", {.array_columns = {"x", "y"}}).column("y"), ElementsAre(6));
  expect_refused("\"\"\n1\n", {}, "column 1", "has no name");
  expect_refused(",a,\n1,2,3\n", {}, "column 3", "has no name");
}

TEST_F(Csv, BlankLinesAreNoRowsAndCommasAreFields) {
  const std::string text = "a,b\n\n  \t \n1,2\n \n# 3,4\n5,6\n\n";
  EXPECT_THAT(read(text).column("a"), ElementsAre(1, 5));
  EXPECT_EQ(summarise_csv({file, ""}, {}).n_events, 2U);
  expect_refused("a,b\n1,2\n,\n", {}, "line 3", "an empty field in column 'a'");
}

TEST_F(Csv, HasNoGroups) {
  (void)read("a\n1\n");
  test::expect_throws_with<InputError>(
      [&] {
        (void)read_csv({file, "data"}, {});
      },
      "no group 'data'", "leave ':data' away");
  test::expect_throws_with<InputError>([&] { (void)summarise_csv({file, "data"}, {}); }, "no group 'data'");
}

}  // namespace
}  // namespace eddy::events
