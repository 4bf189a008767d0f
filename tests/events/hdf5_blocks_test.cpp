#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_blocks.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "events/array_bytes.hpp"
#include "events/hdf5_builder.hpp"

namespace eddy::events {
namespace {

using test::Hdf5Builder;
using testing::ElementsAre;

class Hdf5Blocks : public testing::Test {
 protected:
  [[nodiscard]] std::vector<ColumnValues> read(const std::vector<Hdf5Column>& columns) const {
    return read_hdf5_columns(IsolatedHdf5File(file), columns);
  }
  /// Column `element` of a 2-D data set.
  static Hdf5Column of_array(std::size_t element, std::size_t n_events, NumberType type = NumberType::kFloat32) {
    return {std::to_string(element), "/x", "", element, n_events, type};
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("blocks.h5");
};

// A block has 2^20 numbers, in whole chunks: these data sets have several, in both directions, and cut ones at their
// ends.
TEST_F(Hdf5Blocks, ArraysAreWholeAcrossTheirBlocks) {
  struct Case {
    hsize_t rows;
    test::Extents chunk;
  };
  for (const Case& c : {Case{150'001, {70'001, 4}}, Case{300'001, {300'001, 4}}, Case{150'001, {}}}) {
    {
      Hdf5Builder builder(file);
      if (!c.chunk.empty()) {
        builder.next_chunked(c.chunk);
      }
      builder.add("x", test::counted(9 * c.rows), {c.rows, 9});
    }
    const std::size_t rows = c.rows;
    const std::vector<ColumnValues> columns =
        read({of_array(8, rows), of_array(0, rows), of_array(5, rows), of_array(8, rows)});
    for (std::size_t row = 0; row < rows; ++row) {
      const auto first = static_cast<float>(9 * row);  // below 2^24
      ASSERT_EQ(columns[0].as<float>()[row], first + 8) << row;
      ASSERT_EQ(columns[1].as<float>()[row], first);
      ASSERT_EQ(columns[2].as<float>()[row], first + 5);
      ASSERT_EQ(columns[3].as<float>()[row], first + 8) << "asked for twice";
    }
  }
}

TEST_F(Hdf5Blocks, ExactAndRoundedColumnsOfOneArray) {
  constexpr std::int64_t kOdd = (std::int64_t{1} << 53) + 1;
  Hdf5Builder(file).add("x", std::vector<std::int64_t>{kOdd, 1, -kOdd, 2}, {2, 2});
  const std::vector<ColumnValues> columns = read({of_array(0, 2, NumberType::kInt64), of_array(0, 2), of_array(1, 2)});
  EXPECT_THAT(columns[0].as<std::int64_t>(), ElementsAre(kOdd, -kOdd));
  EXPECT_THAT(columns[1].as<float>(), ElementsAre(0x1p53F, -0x1p53F));
  EXPECT_THAT(columns[2].as<float>(), ElementsAre(1, 2));
}

TEST_F(Hdf5Blocks, FieldsOfRecordsKeepTheirTypes) {
  struct Record {
    std::int64_t event;
    float jets[2];
    double weight;
  };
  std::vector<Record> records;
  for (int i = 0; i < 1000; ++i) {
    records.push_back({(std::int64_t{1} << 53) + i, {1.0F * static_cast<float>(i), -2.0F}, i + 0.1});
  }
  {
    Hdf5Builder builder(file);
    const hsize_t two = 2;
    const Hdf5Handle pair(H5Tarray_create2(H5T_NATIVE_FLOAT, 1, &two), H5Tclose);
    const Hdf5Handle type(H5Tcreate(H5T_COMPOUND, sizeof(Record)), H5Tclose);
    H5Tinsert(type.get(), "event", offsetof(Record, event), H5T_NATIVE_INT64);
    H5Tinsert(type.get(), "jets", offsetof(Record, jets), pair.get());
    H5Tinsert(type.get(), "weight", offsetof(Record, weight), H5T_NATIVE_DOUBLE);
    builder.next_chunked({64});
    const Hdf5Handle dataset = builder.create("x", type.get(), {records.size()});
    test::good(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, records.data()));
  }
  const auto field = [&](const std::string& name, std::size_t element, NumberType type) {
    return Hdf5Column{name, "/x", name, element, records.size(), type};
  };
  const std::vector<ColumnValues> columns =
      read({field("weight", 0, NumberType::kFloat64), field("jets", 1, NumberType::kFloat32),
            field("event", 0, NumberType::kInt64), field("jets", 0, NumberType::kFloat32),
            field("weight", 0, NumberType::kFloat32)});
  for (std::size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(columns[0].as<double>()[i], records[i].weight);
    ASSERT_EQ(columns[1].as<float>()[i], -2.0F);
    ASSERT_EQ(columns[2].as<std::int64_t>()[i], records[i].event);
    ASSERT_EQ(columns[3].as<float>()[i], records[i].jets[0]);
    ASSERT_EQ(columns[4].as<float>()[i], static_cast<float>(records[i].weight));
  }
}

TEST_F(Hdf5Blocks, ColumnsWithoutEventsTouchNoDataSet) {
  Hdf5Builder(file).add("other", test::counted(3));
  const std::vector<ColumnValues> columns = read({of_array(0, 0, NumberType::kInt64)});
  ASSERT_EQ(columns.size(), 1U);
  EXPECT_EQ(columns[0].type(), NumberType::kInt64);
  EXPECT_EQ(columns[0].size(), 0U);
  EXPECT_TRUE(read({}).empty());
}

TEST_F(Hdf5Blocks, FilesBehindAreNamedOnceAndHolesBeforeMemoryIsTaken) {
  const std::string raw = folder.file("raw.bin");
  test::write_bytes(raw, std::string(24, 'x'));
  {
    Hdf5Builder builder(file);
    builder.next([&](hid_t creation) { test::good(H5Pset_external(creation, raw.c_str(), 0, 24)); });
    (void)builder.create("x", H5T_NATIVE_FLOAT, {3, 2});
    builder.next_chunked({1 << 20});
    (void)builder.create("hole", H5T_NATIVE_FLOAT, {hsize_t{1} << 40});
  }
  const IsolatedHdf5File opened(file);
  EXPECT_THAT(files_of(opened, std::vector{of_array(0, 3), of_array(1, 3)}), ElementsAre(raw));
  const std::vector<Hdf5Column> hole = {{"hole", "/hole", "", 0, std::size_t{1} << 40}};
  test::expect_throws_with<base::IoError>([&] { (void)read_hdf5_columns(opened, hole); }, "/hole'", "never written");
}

}  // namespace
}  // namespace eddy::events
