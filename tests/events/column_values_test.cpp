#include <eddy/base/error.hpp>
#include <eddy/events/column_values.hpp>
#include <eddy/events/events.hpp>
#include <eddy/events/read.hpp>
#include <eddy/events/write.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "base/temporary_folder.hpp"

namespace eddy::events {
namespace {

using test::TemporaryFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kInt64 = std::numeric_limits<std::int64_t>::max();
constexpr auto kUint64 = std::numeric_limits<std::uint64_t>::max();

/// A column of each type, with numbers that no narrower type holds.
Events one_of_each() {
  Events events;
  events.add({"single", "GeV", std::vector<float>{0.1F, -2}});
  events.add({"double", "", std::vector<double>{0.1, 1e300}});
  events.add({"short", "", std::vector<std::int32_t>{-2147483647, 16777217}});
  events.add({"long", "", std::vector<std::int64_t>{kInt64, -kInt64}});
  events.add({"hash", "", std::vector<std::uint64_t>{kUint64, 0}});
  return events;
}

TEST(ColumnValues, KnowsItsTypeAndTakesRows) {
  const ColumnValues values = std::vector<std::int64_t>{kInt64, 2, 3};
  EXPECT_EQ(values.type(), NumberType::kInt64);
  EXPECT_TRUE(values.is_integer());
  EXPECT_EQ(name_of(values.type()), "int64");
  const std::vector<std::size_t> rows = {2, 0};
  EXPECT_THAT(values.take(rows).as<std::int64_t>(), ElementsAre(3, kInt64));
  EXPECT_THAT(ColumnValues(NumberType::kUint64, 2).as<std::uint64_t>(), ElementsAre(0, 0));
  EXPECT_EQ(ColumnValues().type(), NumberType::kFloat32);
}

TEST(ColumnValues, AFloat32ColumnCostsFourBytesPerValue) { EXPECT_EQ(sizeof(ColumnValues({1, 2}).as<float>()[0]), 4U); }

TEST(ColumnValues, BecomesTheNearestFloat32) {
  EXPECT_THAT(ColumnValues(std::vector<double>{0.7, 1e39}).to_float32(),
              ElementsAre(0.7F, std::numeric_limits<float>::infinity()));
  EXPECT_THAT(ColumnValues(std::vector<std::int32_t>{16777217}).to_float32(), ElementsAre(16777216.0F));
}

TEST(Events, OnlyFloat32IsTakenForFloat32) {
  const Events events = one_of_each();
  EXPECT_THAT(events.column("single"), ElementsAre(0.1F, -2));
  EXPECT_THROW((void)events.column("long"), base::Error);
  const std::vector<std::string> names = {"short", "double"};
  EXPECT_EQ(events.matrix(names)(1, 0), 16777216.0F);
  EXPECT_EQ(events.matrix(names)(0, 1), 0.1F);
}

/// Whether both have the same columns of the same types with the same numbers.
void expect_equal(const Events& a, const Events& b) {
  for (const std::string& name : a.names()) {
    EXPECT_EQ(a.values(name).type(), b.values(name).type()) << name;
    a.values(name).visit([&]<class T>(const std::vector<T>& values) {
      EXPECT_THAT(b.values(name).as<T>(), testing::ElementsAreArray(values)) << name;
    });
  }
}

TEST(Writers, KeepEachTypeExactly) {
  const TemporaryFolder folder;
  const Events events = one_of_each();
  write_hdf5(folder.file("typed.h5"), events);
  const std::vector<std::string> names = events.names();
  const Events read = read_events({folder.file("typed.h5"), ""}, {.wanted = {}, .exact = {names.begin(), names.end()}});
  expect_equal(events, read);
  EXPECT_EQ(read.unit("single"), "GeV");
  write_csv(folder.file("typed.csv"), events);
  std::ifstream file(folder.file("typed.csv"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text,
            "single,double,short,long,hash\n"
            "0.1,0.1,-2147483647,9223372036854775807,18446744073709551615\n"
            "-2,1e+300,16777217,-9223372036854775807,0\n");
}

class CsvTypes : public testing::Test {
 protected:
  [[nodiscard]] ColumnValues read(const std::string& lines) const {
    std::ofstream(folder_.file("a.csv")) << "a,b\n" << lines;
    return read_events({folder_.file("a.csv"), ""}, {.wanted = {"a"}, .exact = {"a"}}).values("a");
  }
  [[nodiscard]] std::string error_of(const std::string& lines) const {
    try {
      (void)read(lines);
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "no error";
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(CsvTypes, FollowFromTheNumbers) {
  EXPECT_THAT(read("1,0\n+9007199254740993,0\n").as<std::int64_t>(), ElementsAre(1, 9007199254740993));
  EXPECT_THAT(read("1,0\n18446744073709551615,0\n").as<std::uint64_t>(), ElementsAre(1, kUint64));
  EXPECT_THAT(read("1,0\n0.7,0\n-3,0\n").as<double>(), ElementsAre(1, 0.7, -3));
  EXPECT_THAT(read("-1,0\n18446744073709551616,0\n").as<double>(), ElementsAre(-1, 18446744073709551616.0));
  EXPECT_TRUE(std::isnan(read("1,0\nnan,0\n").as<double>()[1]));
}

TEST_F(CsvTypes, LargeIntegersBesideDecimalsAreRefused) {
  EXPECT_THAT(error_of("9007199254740993,0\n0.5,0\n"),
              AllOf(HasSubstr("line 3"), HasSubstr("'0.5'"), HasSubstr("column 'a'"), HasSubstr("2^53")));
  EXPECT_THAT(error_of("1,0\nx,0\n"), AllOf(HasSubstr("'x'"), HasSubstr("write a number")));
  EXPECT_THAT(error_of("1,0\n1e400,0\n"), AllOf(HasSubstr("'1e400'"), HasSubstr("beyond the range")));
}

}  // namespace
}  // namespace eddy::events
