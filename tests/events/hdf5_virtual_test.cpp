#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_virtual.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "events/hdf5_builder.hpp"

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;
using test::counted;
using test::good;
using test::Hdf5Builder;
using testing::ElementsAre;

/// Blocks at start, start + stride, ... of a line of n, `count` of them; a count of 0: all of the line.
struct Line {
  hsize_t n;
  hsize_t start = 0;
  hsize_t count = 0;
  hsize_t stride = 1;
  hsize_t block = 1;
  [[nodiscard]] Hdf5Handle space() const {
    const hsize_t unlimited = H5S_UNLIMITED;
    Hdf5Handle made(H5Screate_simple(1, &n, count == H5S_UNLIMITED ? &unlimited : nullptr), H5Sclose);
    if (count > 0) {
      good(H5Sselect_hyperslab(made.get(), H5S_SELECT_SET, &start, &stride, &count, &block));
    }
    return made;
  }
};

struct Part {
  std::string file;
  std::string dataset;
  Line to;
  Line from;
};

class Hdf5Virtual : public testing::Test {
 protected:
  Hdf5Virtual() { Hdf5Builder(folder.file("part.h5")).add("x", counted(5)); }

  /// The sources of a virtual data set of ten numbers.
  [[nodiscard]] std::vector<VirtualSource> sources(const std::vector<Part>& parts) const {
    {
      Hdf5Builder builder(file);
      builder.next([&](hid_t creation) {
        for (const Part& part : parts) {
          good(H5Pset_virtual(creation, part.to.space().get(), part.file.c_str(), part.dataset.c_str(),
                              part.from.space().get()));
        }
      });
      const hsize_t n = 10;
      const hsize_t unlimited = H5S_UNLIMITED;
      const bool may_grow = parts.front().to.count == H5S_UNLIMITED;
      const Hdf5Handle space(H5Screate_simple(1, &n, may_grow ? &unlimited : nullptr), H5Sclose);
      (void)builder.create_in(space, "v", H5T_NATIVE_FLOAT);
    }
    const test::OpenDataset open(file, "v");
    return virtual_sources(open.dataset.get(), file, "'v'");
  }
  template <class ErrorType, class... Parts>
  void expect_refused(const std::vector<Part>& parts, const Parts&... words) const {
    test::expect_throws_with<ErrorType>([&] { (void)sources(parts); }, "'v' is a virtual data set", words...);
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("virtual.h5");
};

TEST_F(Hdf5Virtual, PartsAreFoundBesideTheFileWithTheExtentTheyNeed) {
  const auto found = sources({{"part.h5", "x", {10, 0, 5, 2}, {5}}, {"part.h5", "y", {10, 1, 5, 2}, {20, 3, 5, 3}}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].file, folder.file("part.h5"));
  EXPECT_EQ(found[0].dataset, "x");
  EXPECT_TRUE(found[0].needed_shape.empty()) << "all of it";
  EXPECT_EQ(found[0].n_values, 5U);
  EXPECT_THAT(found[1].needed_shape, ElementsAre(3 + 4 * 3 + 1));
}

TEST_F(Hdf5Virtual, GapsAreCountedAndOverlapsAreNone) {
  const Line five{5};
  expect_refused<IoError>({{"part.h5", "x", {10, 0, 5}, five}}, "give only 5 of its 10 values", "all sources");
  expect_refused<IoError>({{"part.h5", "x", {10, 0, 5}, five}, {"part.h5", "x", {10, 4, 5}, five}}, "only 9 of its 10");
  EXPECT_EQ(
      sources(
          {{"part.h5", "x", {10, 0, 5}, five}, {"part.h5", "x", {10, 4, 5}, five}, {"part.h5", "x", {10, 5, 5}, five}})
          .size(),
      3U);
  EXPECT_EQ(sources({{"part.h5", "x", {10}, {10}}}).size(), 1U);
}

TEST_F(Hdf5Virtual, SourcesAreSoughtWhereLibhdf5SeeksThem) {
  EXPECT_EQ(sources({{".", "x", {10}, {10}}}).at(0).file, file) << "the file itself";
  EXPECT_EQ(sources({{folder.file("part.h5"), "x", {10}, {10}}}).at(0).file, folder.file("part.h5"));
  EXPECT_EQ(sources({{"/no/such/folder/part.h5", "x", {10}, {10}}}).at(0).file, folder.file("part.h5"))
      << "moved together with the file";
  expect_refused<IoError>({{"other.h5", "x", {10}, {10}}}, "source file 'other.h5' is missing",
                          "put it back beside '" + file + "'");
}

TEST_F(Hdf5Virtual, PercentSignsAreDoubledAndPatternsRefused) {
  Hdf5Builder(folder.file("50%.h5")).add("x", counted(5));
  const auto found = sources({{"50%%.h5", "x%%b", {10}, {10}}});
  EXPECT_EQ(found.at(0).file, folder.file("50%.h5"));
  EXPECT_EQ(found.at(0).dataset, "x%b");
  expect_refused<InputError>({{"part%b.h5", "x", {10, 0, H5S_UNLIMITED, 5, 5}, {5}}}, "part%b.h5",
                             "into a plain data set");
}

TEST_F(Hdf5Virtual, PartsThatMayGrowAreRefused) {
  expect_refused<InputError>({{"part.h5", "x", {10, 0, H5S_UNLIMITED}, {5, 0, H5S_UNLIMITED}}}, "'part.h5:x' may grow",
                             "into a plain data set");
}

TEST_F(Hdf5Virtual, ASourceMustHoldWhatIsShown) {
  const test::OpenDataset open(folder.file("part.h5"), "x");
  const auto require = [&](const std::vector<std::size_t>& shape, std::uint64_t n) {
    require_extent(open.dataset.get(), {"part.h5", "x", shape, n}, "'v'");
  };
  require({5}, 5);
  require({4}, 2);
  require({}, 5);
  for (const auto& [shape, n] :
       std::vector<std::pair<std::vector<std::size_t>, std::uint64_t>>{{{6}, 5}, {{}, 4}, {{}, 6}, {{5, 1}, 5}}) {
    test::expect_throws_with<IoError>([&] { require(shape, n); }, "'v'", "of its source 'part.h5:x'", "shape (5)");
  }
}

}  // namespace
}  // namespace eddy::events
