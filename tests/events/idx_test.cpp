// The files are made here; MNIST itself is only read where it is, and only where it is there.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/read.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "repository.hpp"

namespace eddy::events {
namespace {

using test::expect_throws_with;
using test::TemporaryFolder;

/// Header and values of an IDX file of unsigned bytes.
std::string idx(const std::vector<unsigned>& shape, const std::string& values, char type = 0x08) {
  std::string bytes = {0, 0, type, static_cast<char>(shape.size())};
  for (const unsigned extent : shape) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(extent >> shift & 0xFFU);
    }
  }
  return bytes + values;
}

/// 3 images of 2 x 2 pixels: 0, 20, ..., 220.
std::string images() {
  std::string values;
  for (int i = 0; i < 12; ++i) {
    values += static_cast<char>(20 * i);
  }
  return idx({3, 2, 2}, values);
}

std::string labels() { return idx({3}, std::string("\x07\x00\x09", 3)); }

std::vector<float> column(const Events& events, const std::string& name) {
  const std::span<const float> values = events.column(name);
  return {values.begin(), values.end()};
}

class Idx : public testing::TestWithParam<bool> {
 protected:
  /// Writes `bytes`, compressed where this run is about compressed files.
  std::string write(const std::string& name, const std::string& bytes) {
    std::string path = folder.file(name);
    if (GetParam()) {
      gzFile file = gzopen(path.c_str(), "wb");
      EXPECT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), static_cast<int>(bytes.size()));
      gzclose(file);
    } else {
      std::ofstream(path, std::ios::binary) << bytes;
    }
    return path;
  }

  TemporaryFolder folder;
};

TEST_P(Idx, images_are_rows_of_pixels) {
  const std::string path = write("images", images());
  const Events events = read_events({path, ""});
  ASSERT_EQ(events.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_EQ(events.column(fmt::format("p{}", k))[i], static_cast<float>(20 * (4 * i + k))) << i << ' ' << k;
    }
  }
  const FileSummary summary = summarise_file({path, ""});
  EXPECT_EQ(summary.n_events, 3U);
  EXPECT_EQ(summary.columns, (std::vector<std::string>{"p0", "p1", "p2", "p3"}));
}

TEST_P(Idx, labels_are_one_column) {
  const Events events = read_events({write("labels", labels()), ""});
  EXPECT_EQ(column(events, "label"), (std::vector<float>{7, 0, 9}));
}

TEST_P(Idx, images_and_their_labels_are_one_table) {
  const std::string path = write("images", images());
  write("labels", labels());
  const Location both = parse_location(path + ":labels");
  EXPECT_EQ(summarise_file(both).columns.back(), "label");
  const Events events = read_events(both, {.wanted = {"label", "p3"}, .array_columns = {}});
  EXPECT_EQ(column(events, "label"), (std::vector<float>{7, 0, 9}));
  EXPECT_EQ(column(events, "p3"), (std::vector<float>{60, 140, 220}));
}

TEST_P(Idx, other_types_and_names_are_read) {
  const std::string shorts = write("shorts", idx({2, 1}, std::string("\x01\x02\xFF\xFE", 4), 0x0B));
  const Events events = read_events({shorts, ""}, {.wanted = {}, .array_columns = {"height"}});
  EXPECT_EQ(column(events, "height"), (std::vector<float>{258, -2}));
}

TEST_P(Idx, truncated_files_are_refused_wherever_they_end) {
  const std::string whole = images();
  for (std::size_t n = 4; n < whole.size(); ++n) {
    const std::string path = write("cut", whole.substr(0, n));
    expect_throws_with<base::IoError>(
        [&] {
          static_cast<void>(read_events({path, ""}));
        },
        "cut' is truncated", "copy the file again");
  }
  const std::string path = write("long", whole + "x");
  expect_throws_with<base::IoError>([&] { static_cast<void>(read_events({path, ""})); }, "goes on after the 3 events");
}

TEST_P(Idx, labels_that_do_not_fit_are_refused) {
  const std::string path = write("images", images());
  write("two", idx({2}, "ab"));
  write("square", idx({3, 1}, "abc"));
  const auto refuses = [&](const std::string& group, const char* value) {
    expect_throws_with<base::InputError>(
        [&] {
          static_cast<void>(read_events({path, group}, {.wanted = {"p0"}, .array_columns = {}}));
        },
        value, "3 events", "name the labels");
  };
  refuses("two", "the shape (2)");
  refuses("square", "the shape (3, 1)");
  expect_throws_with<base::IoError>([&] { static_cast<void>(read_events({path, "none"})); }, "none'", "exists");
  const std::string alone = write("labels", labels());
  expect_throws_with<base::InputError>(
      [&] {
        static_cast<void>(read_events({alone, "two"}));
      },
      "one dimension", "before the colon");
}

TEST_P(Idx, impossible_shapes_are_refused) {
  const std::string empty = write("empty", idx({3, 0}, ""));
  expect_throws_with<base::InputError>([&] { static_cast<void>(read_events({empty, ""})); }, "shape (3, 0)");
  const std::string wide = write("wide", idx({3, 70000, 70000}, "abc"));
  expect_throws_with<base::InputError>([&] { static_cast<void>(read_events({wide, ""})); }, "70000, 70000");
}

INSTANTIATE_TEST_SUITE_P(PlainAndGzip, Idx, testing::Bool());

TEST(IdxFile, damaged_compression_is_refused) {
  const TemporaryFolder folder;
  const std::string path = folder.file("images.gz");
  gzFile file = gzopen(path.c_str(), "wb");
  const std::string whole = images();
  gzwrite(file, whole.data(), static_cast<unsigned>(whole.size()));
  gzclose(file);
  std::string bytes = base::read_file(path);
  for (const std::size_t n : {std::size_t{5}, bytes.size() - 12, bytes.size() - 5}) {
    std::ofstream(path, std::ios::binary) << bytes.substr(0, n);
    expect_throws_with<base::IoError>([&] { static_cast<void>(read_events({path, ""})); }, "images.gz'", "copy");
  }
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);  // the checksum
  std::ofstream(path, std::ios::binary) << bytes;
  expect_throws_with<base::IoError>(
      [&] {
        static_cast<void>(read_events({path, ""}));
      },
      "images.gz' is truncated or "
      "damaged");
}

TEST(IdxFile, compressed_files_of_other_formats_are_refused) {
  const TemporaryFolder folder;
  const std::string path = folder.file("table.csv.gz");
  gzFile file = gzopen(path.c_str(), "wb");
  gzputs(file, "x,y\n1,2\n");
  gzclose(file);
  expect_throws_with<base::IoError>([&] { static_cast<void>(read_events({path, ""})); }, "78 2c 79 0a", "decompress");
}

TEST(IdxFile, reads_mnist_where_it_is) {
  const std::string folder = test::data_folder() + "/mnist/";
  if (!std::filesystem::exists(folder + "t10k-images-idx3-ubyte.gz")) {
    GTEST_SKIP() << "MNIST is not in " << folder;
  }
  const Events events = read_events(parse_location(folder + "t10k-images-idx3-ubyte.gz:t10k-labels-idx1-ubyte.gz"));
  ASSERT_EQ(events.size(), 10000U);
  const std::vector<float> label = column(events, "label");
  EXPECT_EQ(std::vector<float>(label.begin(), label.begin() + 5), (std::vector<float>{7, 2, 1, 0, 4}));
  EXPECT_EQ(std::ranges::count(label, 5.0F), 892);
  EXPECT_EQ(std::ranges::max(events.column("p400")), 255);
  EXPECT_EQ(std::ranges::max(events.column("p0")), 0);
}

}  // namespace
}  // namespace eddy::events
