#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/column_file.hpp>
#include <eddy/events/read.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <span>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"

namespace eddy::events {
namespace {

std::vector<float> numbers(std::size_t n, float first) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), first);
  return values;
}

/// 100 columns of 1,000 values, written in pieces of `step` rows.
void fill(const std::string& path, std::size_t step) {
  std::vector<FileColumn> columns;
  for (int c = 0; c < 100; ++c) {
    columns.push_back({"c" + std::to_string(c), c % 2 == 0 ? "GeV" : ""});
  }
  ColumnFile file(path, path, columns, 1000);
  for (std::size_t first = 0; first < 1000; first += step) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::size_t n = std::min<std::size_t>(step, 1000 - first);
      file.write(c, first, std::span<const float>(numbers(n, static_cast<float>(1000 * c + first))));
    }
  }
}

TEST(ColumnFile, ReadsBackAsWritten) {
  const test::TemporaryFolder folder;
  fill(folder.file("f.h5"), 77);
  const Events events = read_events({folder.file("f.h5"), ""});
  ASSERT_EQ(events.names().size(), 100U);
  for (std::size_t c = 0; c < 100; ++c) {
    const std::string name = "c" + std::to_string(c);
    const std::vector<float> expected = numbers(1000, static_cast<float>(1000 * c));
    EXPECT_TRUE(std::ranges::equal(events.column(name), expected)) << name;
    EXPECT_EQ(events.unit(name), c % 2 == 0 ? "GeV" : "");
  }
}

TEST(ColumnFile, BytesDependOnTheContentAlone) {
  const test::TemporaryFolder folder;
  fill(folder.file("a.h5"), 1000);
  fill(folder.file("b.h5"), 13);
  EXPECT_EQ(base::read_file(folder.file("a.h5")), base::read_file(folder.file("b.h5")));
}

TEST(ColumnFile, HoldsColumnsOfOtherTypes) {
  const test::TemporaryFolder folder;
  const std::vector<std::int64_t> events = {1, (std::int64_t{1} << 60) + 1};
  const std::vector<double> masses = {0.1, 0.2};
  {
    ColumnFile file(folder.file("f.h5"), "f.h5",
                    {{"event", "", NumberType::kInt64}, {"m", "GeV", NumberType::kFloat64}}, 2);
    file.write(0, 0, std::span<const std::int64_t>(events).first(1));
    file.write(0, 1, std::span<const std::int64_t>(events).last(1));
    file.write(1, 0, std::span<const double>(masses));
  }
  const Events read = read_events({folder.file("f.h5"), ""}, {.wanted = {}, .exact = {"event", "m"}});
  EXPECT_TRUE(std::ranges::equal(read.values("event").as<std::int64_t>(), events));
  EXPECT_TRUE(std::ranges::equal(read.values("m").as<double>(), masses));
}

TEST(ColumnFile, SaysWhatCannotBeWritten) {
  const test::TemporaryFolder folder;
  test::expect_throws_with<base::IoError>(
      [&] {
        ColumnFile(folder.file("no/f.h5"), "shown.h5", {{"a", ""}}, 5);
      },
      "cannot write 'shown.h5'", "No such file", "another folder");
}

}  // namespace
}  // namespace eddy::events
