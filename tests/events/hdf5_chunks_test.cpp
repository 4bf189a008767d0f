#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_chunks.hpp>
#include <eddy/events/hdf5_storage.hpp>

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "events/hdf5_builder.hpp"

namespace eddy::events {
namespace {

using base::IoError;
using test::counted;
using test::good;
using test::Hdf5Builder;

/// A data set /x of float32 in chunks, written by `write` and then checked.
class Hdf5Chunks : public testing::Test {
 protected:
  void check(const std::function<void(Hdf5Builder&)>& write) const {
    {
      Hdf5Builder builder(file);
      write(builder);
    }
    const test::OpenDataset open(file, "x");
    EXPECT_TRUE(require_stored(open.dataset.get(), file, "'x'").empty());
  }
  template <class... Parts>
  void expect_refused(const std::function<void(Hdf5Builder&)>& write, const Parts&... parts) const {
    test::expect_throws_with<IoError>([&] { check(write); }, "'x'", parts...);
  }
  /// Writes the first values of a line.
  static void write_first(const Hdf5Handle& dataset, hsize_t n) {
    const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose);
    const Hdf5Handle memory(H5Screate_simple(1, &n, nullptr), H5Sclose);
    const hsize_t start = 0;
    good(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &start, nullptr, &n, nullptr));
    good(H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, memory.get(), space.get(), H5P_DEFAULT, counted(n).data()));
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("chunks.h5");
};

TEST_F(Hdf5Chunks, OfShapesThatTheyDoNotDivideAreWhole) {
  for (const test::Extents& chunk : {test::Extents{7, 5}, {10, 1}, {10, 9}, {1, 1}}) {
    check([&](Hdf5Builder& builder) {
      builder.next_chunked(chunk);
      builder.add("x", counted(90), {10, 9});
    });
  }
}

TEST_F(Hdf5Chunks, TheFirstThatIsMissingIsNamedByItsPlace) {
  const auto of = [](hsize_t n, hsize_t written, float fill) {
    return [=](Hdf5Builder& builder) {
      builder.next([&](hid_t creation) {
        const hsize_t chunk = 10;
        good(H5Pset_chunk(creation, 1, &chunk));
        good(H5Pset_fill_value(creation, H5T_NATIVE_FLOAT, &fill));
      });
      write_first(builder.create("x", H5T_NATIVE_FLOAT, {n}), written);
    };
  };
  check(of(30, 30, 0));
  check(of(30, 21, 0));  // the rest of a chunk that was begun cannot be told from zeros
  expect_refused(of(30, 20, 0), "never written", "from (20) on", "write the file again");
  expect_refused(of(31, 30, 0), "from (30) on");
  check(of(31, 30, -1));  // a fill value that somebody chose
  expect_refused(
      [](Hdf5Builder& builder) {
        builder.next_chunked({5, 5});
        (void)builder.create("x", H5T_NATIVE_FLOAT, {10, 10});
      },
      "from (0, 0) on");
}

/// One chunk of ten values, with gzip, stored as the bytes `packed`.
std::function<void(Hdf5Builder&)> packed_chunk(const std::vector<unsigned char>& packed, bool gzip,
                                               std::uint32_t skipped = 0) {
  return [=](Hdf5Builder& builder) {
    builder.next([&](hid_t creation) {
      const hsize_t chunk = 10;
      good(H5Pset_chunk(creation, 1, &chunk));
      if (gzip) {
        good(H5Pset_shuffle(creation));
        good(H5Pset_deflate(creation, 9));
      }
    });
    const Hdf5Handle dataset = builder.create("x", H5T_NATIVE_FLOAT, {10});
    const hsize_t offset = 0;
    good(H5Dwrite_chunk(dataset.get(), H5P_DEFAULT, skipped, &offset, packed.size(), packed.data()));
  };
}

std::vector<unsigned char> deflated(std::size_t n) {
  const std::vector<unsigned char> zeros(n);
  std::vector<unsigned char> packed(compressBound(n));
  uLongf size = packed.size();
  if (::compress(packed.data(), &size, zeros.data(), n) != Z_OK) {
    throw std::runtime_error("zlib");
  }
  packed.resize(size);
  return packed;
}

TEST_F(Hdf5Chunks, MustUnpackToWhatTheirShapeSays) {
  check(packed_chunk(deflated(40), true));
  expect_refused(packed_chunk(deflated(36), true), "unpacks to 36 bytes instead of 40", "copy or write the file again");
  expect_refused(packed_chunk(deflated(44), true), "unpacks to more bytes instead of 40");
  expect_refused(packed_chunk(std::vector<unsigned char>(40, 'x'), true), "unpacks to 0 bytes");
  std::vector<unsigned char> cut = deflated(40);
  cut.resize(cut.size() - 6);
  expect_refused(packed_chunk(cut, true), "unpacks to 0 bytes");
  check(packed_chunk(std::vector<unsigned char>(40), true, 3));  // both filters were left out for this chunk
  expect_refused(packed_chunk(std::vector<unsigned char>(36), true, 3), "unpacks to 36 bytes");
}

TEST_F(Hdf5Chunks, WithoutCompressionHaveTheSizeOfTheirValues) {
  check(packed_chunk(std::vector<unsigned char>(40), false));
  expect_refused(packed_chunk(std::vector<unsigned char>(36), false), "36");
  expect_refused(packed_chunk(std::vector<unsigned char>(44), false), "44 bytes instead of 40");
}

TEST_F(Hdf5Chunks, ChecksumsAreNoValues) {
  check([](Hdf5Builder& builder) {
    builder.next([](hid_t creation) {
      const hsize_t chunk = 8;
      good(H5Pset_chunk(creation, 1, &chunk));
      good(H5Pset_deflate(creation, 1));
      good(H5Pset_fletcher32(creation));
    });
    builder.add("x", counted(20));
  });
  check([](Hdf5Builder& builder) {
    builder.next([](hid_t creation) {
      const hsize_t chunk = 8;
      good(H5Pset_chunk(creation, 1, &chunk));
      good(H5Pset_fletcher32(creation));
    });
    builder.add("x", counted(20));
  });
}

}  // namespace
}  // namespace eddy::events
