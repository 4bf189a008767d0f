#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_storage.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "events/array_bytes.hpp"
#include "events/hdf5_builder.hpp"

namespace eddy::events {
namespace {

using base::IoError;
using test::counted;
using test::good;
using test::Hdf5Builder;
using testing::ElementsAre;

class Hdf5Storage : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> files_of(const std::string& name) const {
    const test::OpenDataset open(file, name);
    return require_stored(open.dataset.get(), file, "'" + name + "'");
  }
  template <class... Parts>
  void expect_refused(const std::string& name, const Parts&... parts) const {
    test::expect_throws_with<IoError>([&] { (void)files_of(name); }, "'" + name + "'", parts...);
  }
  /// A data set of four float32 in pieces of other files.
  struct Piece {
    std::string file;
    off_t offset;
    hsize_t size;
  };
  static void add_external(Hdf5Builder& builder, const std::string& name, const std::vector<Piece>& pieces) {
    builder.next([&](hid_t creation) {
      for (const Piece& piece : pieces) {
        good(H5Pset_external(creation, piece.file.c_str(), piece.offset, piece.size));
      }
    });
    (void)builder.create(name, H5T_NATIVE_FLOAT, {4});
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("storage.h5");
};

TEST_F(Hdf5Storage, OfEveryPlainKindIsFound) {
  {
    Hdf5Builder builder(file);
    builder.add("contiguous", counted(4));
    (void)builder.create("empty", H5T_NATIVE_FLOAT, {0, 3});
    builder.next([](hid_t creation) { good(H5Pset_layout(creation, H5D_COMPACT)); });
    builder.add("compact", counted(4));
  }
  for (const char* name : {"contiguous", "empty", "compact"}) {
    EXPECT_TRUE(files_of(name).empty()) << name;
  }
}

TEST_F(Hdf5Storage, WhatWasNeverWrittenHasNoValuesUnlessSomebodyChoseOne) {
  {
    Hdf5Builder builder(file);
    (void)builder.create("never", H5T_NATIVE_FLOAT, {4});
    for (const float fill : {0.0F, -9.0F}) {
      builder.next([&](hid_t creation) { good(H5Pset_fill_value(creation, H5T_NATIVE_FLOAT, &fill)); });
      (void)builder.create(fill == 0 ? "zeros" : "nines", H5T_NATIVE_FLOAT, {4});
    }
  }
  expect_refused("never", "never written", "stopped early, write the file again");
  expect_refused("zeros", "never written");
  EXPECT_TRUE(files_of("nines").empty());
}

TEST_F(Hdf5Storage, ExternalFilesMustHoldAllBytes) {
  const std::string first = folder.file("first.bin");
  const std::string second = folder.file("second.bin");
  {
    Hdf5Builder builder(file);
    add_external(builder, "x", {{first, 4, 8}, {second, 0, 4}, {first, 0, 4}});
    add_external(builder, "open_end", {{first, 0, 8}, {second, 0, H5F_UNLIMITED}});
  }
  test::write_bytes(first, std::string(12, 'x'));
  test::write_bytes(second, std::string(8, 'x'));
  EXPECT_THAT(files_of("x"), ElementsAre(first, second)) << "each once";
  EXPECT_THAT(files_of("open_end"), ElementsAre(first, second));
  test::write_bytes(second, std::string(7, 'x'));
  expect_refused("open_end", "has 8 bytes in the file '" + second + "'", "from byte 0 on", "ends at byte 7");
  test::write_bytes(first, std::string(11, 'x'));
  expect_refused("x", "has 8 bytes in the file '" + first + "'", "from byte 4 on", "ends at byte 11", "copy it again");
  test::write_bytes(first, "abc");  // ends before the piece begins
  expect_refused("x", "from byte 4 on", "ends at byte 3");
  std::filesystem::remove(first);
  expect_refused("x", "'" + first + "', which is missing", "put it back");
}

TEST_F(Hdf5Storage, VirtualDataSetsMayNotFollowEachOtherInACircle) {
  {
    Hdf5Builder builder(file);
    const hsize_t n = 4;
    const Hdf5Handle space(H5Screate_simple(1, &n, nullptr), H5Sclose);
    const auto add = [&](const std::string& name, const std::string& source) {
      builder.next(
          [&](hid_t creation) { good(H5Pset_virtual(creation, space.get(), ".", source.c_str(), space.get())); });
      (void)builder.create(name, H5T_NATIVE_FLOAT, {4});
    };
    builder.add("v0", counted(4));
    for (int i = 1; i <= 9; ++i) {
      add("v" + std::to_string(i), "v" + std::to_string(i - 1));
    }
    add("there", "back");
    add("back", "there");
  }
  EXPECT_TRUE(files_of("v8").empty()) << "its sources lie in the file itself";
  expect_refused("v9", "in a circle");
  expect_refused("there", "in a circle");
}

TEST_F(Hdf5Storage, AMissingDataSetHasNoIdentifier) {
  Hdf5Builder builder(file);
  builder.add("x", counted(4));
  const Hdf5Session session;
  EXPECT_LT(open_hdf5_dataset(builder.file(), "y"), 0);
  const Hdf5Handle x(open_hdf5_dataset(builder.file(), "x"), H5Dclose);
  EXPECT_TRUE(x);
}

}  // namespace
}  // namespace eddy::events
