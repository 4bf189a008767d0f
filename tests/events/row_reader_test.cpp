// Blocks of rows hold what read_events gives for the whole file, for every file that make_files.py writes.

#include <eddy/base/error.hpp>
#include <eddy/events/read.hpp>
#include <eddy/events/row_reader.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "repository.hpp"

namespace eddy::events {
namespace {

namespace fs = std::filesystem;

std::optional<Events> read_if_table(const Location& location) {
  try {
    return read_events(location);
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

std::optional<RowReader> open_if_numbers(const Location& location) {
  try {
    return RowReader(location);
  } catch (const base::InputError&) {  // some column holds texts: read_events leaves those out
    return std::nullopt;
  }
}

void expect_same_values(const RowReader& rows, const Events& events, std::size_t step) {
  const std::vector<std::string> names = events.names();
  ASSERT_EQ(rows.n_rows(), events.size());
  ASSERT_EQ(rows.n_columns(), names.size());
  for (std::size_t first = 0; first < rows.n_rows(); first += step) {
    const std::size_t n = std::min(step, rows.n_rows() - first);
    std::vector<float> block(n * names.size());
    rows.read(first, n, block);
    for (std::size_t c = 0; c < names.size(); ++c) {
      for (std::size_t r = 0; r < n; ++r) {
        ASSERT_EQ(block[r * names.size() + c], events.column(names[c])[first + r]) << names[c] << ", row " << first + r;
      }
    }
  }
}

TEST(RowReader, BlocksHoldWhatReadEventsGives) {
  if (std::system("/usr/bin/python3 -c 'import h5py, pandas, tables' 2> /dev/null") != 0) {
    GTEST_SKIP() << "Debian's python3 lacks h5py, pandas or tables";
  }
  const test::TemporaryFolder folder;
  const std::string command = fmt::format("/usr/bin/python3 '{}/tests/events/make_files.py' '{}' > /dev/null 2>&1",
                                          test::repository_folder(), folder.path());
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::size_t n_compared = 0;
  for (const std::string& name : folder.listing()) {
    SCOPED_TRACE(name);
    const Location location{folder.file(name), ""};
    const std::optional<Events> events = read_if_table(location);
    const std::optional<RowReader> rows = events ? open_if_numbers(location) : std::nullopt;
    if (rows) {
      ++n_compared;
      expect_same_values(*rows, *events, 7);
      expect_same_values(*rows, *events, rows->aligned_rows(100));
    }
  }
  EXPECT_GE(n_compared, 10U);
}

TEST(RowReader, Csv) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.file("t.csv")) << "a,b\n1,2\n3,4\n5,6\n";
  const Location location{folder.file("t.csv"), ""};
  const RowReader rows(location);
  expect_same_values(rows, read_events(location), 2);
  EXPECT_EQ(rows.aligned_rows(10), 10U);
  EXPECT_EQ(rows.aligned_rows(0), 1U);
  test::expect_throws_with<base::IoError>([&] { RowReader({folder.file("none"), ""}); }, "there is no file");
}

TEST(RowReader, BlocksCutNoChunks) {
  const std::string file = test::data_folder() + "/lhco/events_anomalydetection_tiny.h5";
  if (!fs::exists(file)) {
    GTEST_SKIP() << "no " << file << "; set EDDY_DATA";
  }
  const RowReader rows({file, ""});  // chunks of 7 rows, 118 kB
  EXPECT_EQ(rows.n_columns(), 2101U);
  EXPECT_EQ(rows.aligned_rows(100), 98U);
  EXPECT_EQ(rows.aligned_rows(7), 7U);
  EXPECT_EQ(rows.aligned_rows(3), 3U);  // less than a chunk, which stays in the cache
}

}  // namespace
}  // namespace eddy::events
