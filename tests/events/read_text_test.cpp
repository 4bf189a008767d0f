#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/read.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/temporary_folder.hpp"
#include "events/stored_files.hpp"

namespace eddy::events {
namespace {

using test::TemporaryFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Tests of CSV texts and of odd files, which need no Python.
class Text : public testing::Test {
 protected:
  [[nodiscard]] Events read(std::string_view text, const ReadOptions& options = {}) const {
    overwrite(file, text);
    return read_events({file, ""}, options);
  }
  [[nodiscard]] std::string error_of(std::string_view text, const ReadOptions& options = {}) const {
    return message_of([&] { return read(text, options); });
  }

  TemporaryFolder folder;
  std::string file = folder.path() + "/table.csv";
};

TEST_F(Text, SpacesQuotesCommentsAndLineEndsAreTolerated) {
  const Events events =
      read("\xEF\xBB\xBF# made by hand\r\n\r\n a , \"b, or c\",\"d\"\"e\"\r\n1, 2 ,\"3\"\r\n# note\r\n+4,5e0,.5");
  EXPECT_THAT(events.names(), ElementsAre("a", "b, or c", "d\"e"));
  EXPECT_THAT(events.column("a"), ElementsAre(1, 4));
  EXPECT_THAT(events.column("b, or c"), ElementsAre(2, 5));
  EXPECT_THAT(events.column("d\"e"), ElementsAre(3, 0.5F));
}

TEST_F(Text, SpecialNumbers) {
  const Events events = read("x\nnan\nNaN\ninf\n-Infinity\n1e-60\n-0\n3.4028235e38\n1.17549435e-38\n1e-45\n");
  const std::span<const float> x = events.column("x");
  ASSERT_EQ(x.size(), 9U);
  EXPECT_TRUE(std::isnan(x[0]) && std::isnan(x[1]));
  EXPECT_EQ(x[2], std::numeric_limits<float>::infinity());
  EXPECT_EQ(x[3], -std::numeric_limits<float>::infinity());
  EXPECT_EQ(x[4], 0.0F);
  EXPECT_TRUE(std::signbit(x[5]));
  EXPECT_EQ(x[6], std::numeric_limits<float>::max());
  EXPECT_EQ(x[7], std::numeric_limits<float>::min());
  EXPECT_EQ(x[8], std::numeric_limits<float>::denorm_min());
}

TEST_F(Text, BadFieldsAreNamedByLineAndColumn) {
  EXPECT_THAT(error_of("a,b\n1,2\n3,\n"), AllOf(HasSubstr("line 3"), HasSubstr("an empty field in column 'b'"),
                                                HasSubstr("write a number or nan")));
  EXPECT_THAT(error_of("a,b\n1,2\n\nx1,4\n"), AllOf(HasSubstr("line 4"), HasSubstr("'x1' in column 'a'")));
  EXPECT_THAT(error_of("a,b\n1,2 3\n"), HasSubstr("'2 3' in column 'b'"));
  EXPECT_THAT(error_of("a\n0x10\n"), HasSubstr("'0x10'"));
  EXPECT_THAT(error_of("a\n+-1\n"), HasSubstr("'+-1'"));
  EXPECT_THAT(error_of("a\n1e39\n"), AllOf(HasSubstr("'1e39'"), HasSubstr("beyond the range of float32")));
  EXPECT_THAT(error_of(",a\n0,1\n1,z\n"), HasSubstr("'z' in column 'a'"));
}

TEST_F(Text, UnwantedFieldsMayHoldAnything) {
  EXPECT_THAT(read("name,x\n\"a, \"\"b\"\"\",1\n,2\n", {{"x"}, {}}).column("x"), ElementsAre(1, 2));
}

TEST_F(Text, LinesMustHaveAsManyFieldsAsTheHeader) {
  EXPECT_THAT(error_of("a,b\n1\n"), AllOf(HasSubstr("line 2"), HasSubstr("has 1 fields"), HasSubstr("header has 2")));
  EXPECT_THAT(error_of("a,b\n1,2,3\n"), HasSubstr("has 3 fields"));
  EXPECT_THAT(error_of("a,b\n1,2,\n"), HasSubstr("has 3 fields"));
  EXPECT_THAT(error_of("a,b\n1,\"2\n"), AllOf(HasSubstr("line 2"), HasSubstr("not closed")));
}

TEST_F(Text, HeadersMustNameEachColumnOnce) {
  EXPECT_THAT(error_of("1.5,2.5\n3,4\n"), AllOf(HasSubstr("line 1"), HasSubstr("put a header line")));
  EXPECT_THAT(error_of("a,,b\n1,2,3\n"), HasSubstr("column 2 in the header"));
  EXPECT_THAT(error_of("a,a\n1,2\n"), HasSubstr("two columns named 'a'"));
  EXPECT_THAT(error_of("a;b\n1;2\n"), HasSubstr("separate the columns by commas"));
  EXPECT_THAT(error_of("\n\n"), HasSubstr("no header line"));
  EXPECT_THAT(read("0,1\n5,6\n").names(), ElementsAre("0", "1"));
}

TEST_F(Text, AHeaderAloneIsATableWithoutEvents) {
  EXPECT_EQ(read("a,b").size(), 0U);
  EXPECT_THAT(read("# a,b\n").names(), ElementsAre("a", "b"));
}

TEST_F(Text, LongFilesAndLinesCrossTheBlocksOfTheReader) {
  std::string text = "first,second\n";
  for (int i = 0; i < 200000; ++i) {  // 2.7 MB: several blocks of 1 MiB
    text += fmt::format("{},{}.5\n", i, i);
  }
  const Events events = read(text);
  ASSERT_EQ(events.size(), 200000U);
  for (std::size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(events.column("first")[i], static_cast<float>(i));
    ASSERT_EQ(events.column("second")[i], static_cast<float>(i) + 0.5F);
  }
  EXPECT_THAT(error_of(std::string(3 << 20, 'x') + "\n1\n2,3\n"), HasSubstr("line 3"));
}

TEST_F(Text, OddFilesAreRefusedInOneSentence) {
  EXPECT_THAT(error_of(""), HasSubstr("is empty"));
  EXPECT_THAT(error_of(std::string_view("\xfd\x37zXZ\x00", 6)),
              AllOf(HasSubstr("fd 37 7a 58"), HasSubstr("convert it")));
  EXPECT_THAT(error_of(std::string_view("\x1f\x8b\x08\x00junk", 8)), HasSubstr("truncated or damaged"));
  EXPECT_THAT(error_of("\x89HDF\r\n\x1a\nand then nothing of the kind"), HasSubstr("as HDF5"));
  EXPECT_THAT(error_of("PK\x03\x04 is how an archive begins"), HasSubstr("directory"));
  EXPECT_THAT(message_of([&] { return read_events({folder.path(), ""}); }), HasSubstr("is a folder"));
  EXPECT_THAT(message_of([&] { return read_events({"/dev/null", ""}); }), HasSubstr("not a regular file"));
  EXPECT_THAT(message_of([&] {
                return read_events({folder.path() + "/none.h5", ""});
              }),
              AllOf(HasSubstr("none.h5"), HasSubstr("check the path")));
  EXPECT_THROW((void)read_events({"no/such/file.h5", "x"}), base::IoError);
  EXPECT_THROW((void)summarise_file({"no/such/file.h5", "x"}), base::IoError);
}

TEST_F(Text, RandomGarbageNeverPassesForNumbersOfAnotherFormat) {
  std::mt19937 random(7);
  for (const std::string start : {"", "\x89HDF\r\n\x1a\n", "\x93NUMPY", "\x93NUMPY\x01", "PK\x03\x04"}) {
    for (int trial = 0; trial < 50; ++trial) {
      std::string bytes = start;
      for (int i = 0; i < 600; ++i) {
        bytes.push_back(static_cast<char>(random() % 256));
      }
      EXPECT_NE(error_of(bytes), "no error") << "start '" << start << "', trial " << trial;
    }
  }
}

TEST(ParseLocation, SplitsPathAndGroup) {
  const TemporaryFolder folder;
  const auto parsed = [](const std::string& text) {
    const Location location = parse_location(text);
    return location.path + "|" + location.group;
  };
  const std::string file = folder.path() + "/file.h5";
  const std::string odd = folder.path() + "/run:2.h5";
  base::write_atomically(file, std::string_view("x"));
  base::write_atomically(odd, std::string_view("x"));
  EXPECT_EQ(parsed(file), file + "|");
  EXPECT_EQ(parsed(file + ":data"), file + "|data");
  EXPECT_EQ(parsed(file + ":a/b"), file + "|a/b");
  EXPECT_EQ(parsed(file + ":a:b"), file + "|a:b");
  EXPECT_EQ(parsed(file + ":/"), file + "|/");
  EXPECT_EQ(parsed(file + ":"), file + "|");
  EXPECT_EQ(parsed(odd), odd + "|");
  EXPECT_EQ(parsed(odd + ":data"), odd + "|data");
  EXPECT_EQ(parsed("missing.h5:data"), "missing.h5|data");
  EXPECT_EQ(parsed("missing.h5"), "missing.h5|");
  EXPECT_EQ(parsed(""), "|");
}

}  // namespace
}  // namespace eddy::events
