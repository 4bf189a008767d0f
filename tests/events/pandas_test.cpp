// What frames of pandas.DataFrame.to_hdf can look like beside those that read_test.cpp reads: odd, foreign and broken
// ones.

#include <eddy/events/pandas.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "base/temporary_folder.hpp"
#include "events/hdf5_builder.hpp"

namespace eddy::events {
namespace {

using test::counted;
using test::Hdf5Builder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Pandas : public testing::Test {
 protected:
  /// A file with a group /df of a pandas type, filled by `fill`.
  void write(const std::string& type, const std::function<void(Hdf5Builder&)>& fill) const {
    Hdf5Builder builder(file);
    builder.group("df");
    builder.attribute("df", "pandas_type", type);
    fill(builder);
  }
  [[nodiscard]] Hdf5Table table() const { return pandas_table(IsolatedHdf5File(file), "/df"); }
  [[nodiscard]] static std::vector<std::string> names(const Hdf5Table& table) {
    std::vector<std::string> all;
    for (const Hdf5Column& column : table.columns) {
      all.push_back(column.name);
    }
    return all;
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("frame.h5");
};

TEST_F(Pandas, IsKnownByItsAttribute) {
  write("frame", [](Hdf5Builder& builder) { builder.group("plain"); });
  const IsolatedHdf5File opened(file);
  EXPECT_TRUE(is_pandas_group(opened, "/df"));
  EXPECT_FALSE(is_pandas_group(opened, "/plain"));
  EXPECT_FALSE(is_pandas_group(opened, "/none"));
}

TEST_F(Pandas, ColumnsOfBlocksComeInTheOrderOfTheFrame) {
  write("frame", [](Hdf5Builder& builder) {
    builder.add_names("df/axis0", {"c", "t", "a", "b"});
    builder.add_names("df/block0_items", {"a", "c", "lost"});
    builder.add("df/block0_values", counted(6), {2, 3});
    builder.add_names("df/block1_items", {"b"});
    builder.add("df/block1_values", std::vector<std::int64_t>{5, 6}, {2, 1});
    builder.add_names("df/block2_items", {"t"});
    builder.add("df/block2_values", std::vector<std::int64_t>{5, 6}, {2, 1});
    builder.attribute("df/block2_values", "value_type", "datetime64");
    builder.add_names("df/block4_items", {"behind a gap"});
    builder.add("df/block4_values", counted(2), {2, 1});
  });
  const Hdf5Table found = table();
  EXPECT_EQ(found.problem, "");
  EXPECT_THAT(names(found), ElementsAre("c", "a", "b", "lost")) << "what the frame does not name comes last";
  EXPECT_THAT(found.not_numbers, ElementsAre("t"));
  EXPECT_EQ(found.columns[0].element, 1U);
  EXPECT_EQ(found.columns[0].n_events, 2U);
  EXPECT_EQ(found.columns[2].dataset, "/df/block1_values");
  EXPECT_EQ(found.columns[2].type, NumberType::kInt64);
}

TEST_F(Pandas, AFrameWithoutRowsHasColumnsAllTheSame) {
  write("frame", [](Hdf5Builder& builder) {
    builder.add_names("df/axis0", {"a", "b"});
    builder.add_names("df/block0_items", {"a", "b"});
    builder.add("df/block0_values", counted(1));                        // PyTables' stand-in
    builder.attribute("df/block0_values", "shape", "(I0\nI2\ntp0\n.");  // pickle.dumps((0, 2), 0)
  });
  const Hdf5Table found = table();
  EXPECT_EQ(found.problem, "");
  EXPECT_THAT(names(found), ElementsAre("a", "b"));
  EXPECT_EQ(found.columns[0].n_events, 0U);
}

TEST_F(Pandas, FramesThatCannotBeReadSayWhy) {
  write("frame", [](Hdf5Builder& builder) {
    builder.add_names("df/axis0", {"a", "b"});
    builder.add_names("df/block0_items", {"a", "b"});
    builder.add("df/block0_values", counted(6), {2, 3});
  });
  EXPECT_THAT(table().problem, AllOf(HasSubstr("block 0"), HasSubstr("2 names"), HasSubstr("shape (2, 3)")));
  write("frame", [](Hdf5Builder& builder) { builder.attribute("df", "axis0_variety", "multi"); });
  EXPECT_THAT(table().problem, AllOf(HasSubstr("several levels"), HasSubstr("one level of plain text")));
  write("frame", [](Hdf5Builder&) {});
  EXPECT_THAT(table().problem, HasSubstr("several levels"));
  write("frame_table", [](Hdf5Builder&) {});
  EXPECT_THAT(table().problem, HasSubstr("lacks the data set 'table'"));
  write("series", [](Hdf5Builder&) {});
  EXPECT_THAT(table().problem, AllOf(HasSubstr("pandas 'series'"), HasSubstr("store a DataFrame")));
}

/// Writes a table of one row with an index, two numbers in one field, and a field of a time.
void add_table(const Hdf5Builder& builder, const std::string& names_pickle) {
  struct Row {
    std::int64_t index;
    float block[2];
    std::int64_t time;
  };
  const Row row{0, {1, 2}, 3};
  const hsize_t two = 2;
  const Hdf5Handle pair(H5Tarray_create2(H5T_NATIVE_FLOAT, 1, &two), H5Tclose);
  const Hdf5Handle type(H5Tcreate(H5T_COMPOUND, sizeof(Row)), H5Tclose);
  H5Tinsert(type.get(), "index", offsetof(Row, index), H5T_NATIVE_INT64);
  H5Tinsert(type.get(), "values_block_0", offsetof(Row, block), pair.get());
  H5Tinsert(type.get(), "time", offsetof(Row, time), H5T_NATIVE_INT64);
  const Hdf5Handle dataset = builder.create("df/table", type.get(), {1});
  test::good(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &row));
  builder.attribute("df/table", "values_block_0_kind", names_pickle);
  builder.attribute("df/table", "time_kind", "(lp0\nVt\np1\na.");
  builder.attribute("df/table", "time_dtype", "datetime64");
}

TEST_F(Pandas, TablesNameTheColumnsOfAFieldInAPickle) {
  write("frame_table", [](Hdf5Builder& builder) {
    builder.attribute("df", "non_index_axes",
                      "(lp0\n(I1\n(lp1\nVb\np2\naVt\np3\naVa\np4\natp5\na.");  // [(1, [b, t, a])]
    add_table(builder, "(lp0\nVa\np1\naVb\np2\na.");
  });
  const Hdf5Table found = table();
  EXPECT_EQ(found.problem, "");
  EXPECT_THAT(names(found), ElementsAre("b", "a"));
  EXPECT_THAT(found.not_numbers, ElementsAre("t"));
  EXPECT_EQ(found.columns[0].field, "values_block_0");
  EXPECT_EQ(found.columns[0].element, 1U);
}

TEST_F(Pandas, NamesThatOnlyPythonReadsAreAProblem) {
  for (const std::string pickle : {"(lp0\nVa\np1\na.",                   // one name for two columns
                                   "(lp0\n(Va\nVb\ntp1\na(Vc\nVd\nta.",  // several levels
                                   "(lp0\n(lp1\nVa\naag1\na.", "cpandas\nIndex\n.", "none"}) {
    write("frame_table", [&](Hdf5Builder& builder) { add_table(builder, pickle); });
    EXPECT_THAT(table().problem, AllOf(HasSubstr("field 'values_block_0'"), HasSubstr("only Python can read"),
                                       HasSubstr("one level of plain text")))
        << pickle;
  }
}

}  // namespace
}  // namespace eddy::events
