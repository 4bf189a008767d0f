#include <eddy/base/error.hpp>
#include <eddy/events/npz.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "events/array_bytes.hpp"

namespace eddy::events {
namespace {

using base::InputError;
using test::npy;
using test::raw_bytes;
using test::ZipEntry;
using testing::ElementsAre;

const std::string kThree = npy("'<f4'", "(3,)", raw_bytes(std::vector<float>{1, 2, 3}));
const std::string kColumn = npy("'<f4'", "(3, 1)", raw_bytes(std::vector<float>{4, 5, 6}));
const std::string kMatrix = npy("'<f4'", "(1, 2)", raw_bytes(std::vector<float>{7, 8}));
const std::string kScalar = npy("'<f8'", "()", raw_bytes(std::vector<double>{0.5}));
const std::string kTexts = npy("'|S1'", "(3,)", "abc");

class Npz : public testing::Test {
 protected:
  void write(const std::vector<ZipEntry>& entries) const { test::write_bytes(file, test::zip(entries)); }
  template <class... Parts>
  void expect_refused(const std::string& group, const Parts&... parts) const {
    test::expect_throws_with<InputError>([&] { (void)read_npz({file, group}, {}); }, parts...);
    test::expect_throws_with<InputError>([&] { (void)summarise_npz({file, group}, {}); }, parts...);
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("arrays.npz");
};

TEST_F(Npz, EquallyLongArraysAreColumns) {
  constexpr auto kTop = std::numeric_limits<std::uint64_t>::max();
  write({{"pt.npy", kThree},
         {"m.npy", kColumn, true},
         {"id.npy", npy("'<u8'", "(3,)", raw_bytes(std::vector<std::uint64_t>{0, 1, kTop})), true}});
  const Events events = read_npz({file, ""}, {.wanted = {"id", "m"}, .exact = {"id"}});
  EXPECT_THAT(events.names(), ElementsAre("id", "m"));
  EXPECT_THAT(events.values("id").as<std::uint64_t>(), ElementsAre(0, 1, kTop));
  EXPECT_THAT(events.column("m"), ElementsAre(4, 5, 6));
  const FileSummary summary = summarise_npz({file, ""}, {});
  EXPECT_EQ(summary.format, "npz columns");
  EXPECT_EQ(summary.n_events, 3U);
  EXPECT_THAT(summary.columns, ElementsAre("pt", "m", "id"));
}

TEST_F(Npz, WhatIsNoTableMayLieBesideOne) {
  write({{"threshold.npy", kScalar}, {"names.npy", kTexts}, {"pt.npy", kThree}});
  EXPECT_THAT(read_npz({file, ""}, {}).column("pt"), ElementsAre(1, 2, 3));
  expect_refused("names", "'|S1'", "store booleans");
  write({{"threshold.npy", kScalar}, {"names.npy", kTexts}});
  expect_refused("", "no array of numbers", "numpy.savez");
  write({});
  expect_refused("", "no array of numbers");
  expect_refused("x", "no array 'x'", "its arrays are: none");
}

TEST_F(Npz, ArraysThatAreNoColumnsAreChosenByName) {
  write({{"data.npy", kMatrix}, {"extra.npy", kThree}});
  expect_refused("", "2 arrays that are not equally long columns", "arrays.npz:ARRAY'", "data, extra");
  expect_refused("dato", "no array 'dato'", "did you mean 'data'?", "data, extra");
  EXPECT_THAT(read_npz({file, "data"}, {}).names(), ElementsAre("0", "1"));
  EXPECT_THAT(read_npz({file, "extra"}, {}).names(), ElementsAre("extra"));
  write({{"a.npy", kThree}, {"b.npy", npy("'<f4'", "(2,)", raw_bytes(std::vector<float>{1, 2}))}});
  expect_refused("", "not equally long");
}

TEST_F(Npz, NamesMayBeGivenToArraysThatHaveNone) {
  write({{"arr_0.npy", kThree}, {"arr_1.npy", kColumn}});  // numpy.savez(file, x, y)
  const ReadOptions given = {.array_columns = {"pt", "m"}};
  EXPECT_THAT(read_npz({file, ""}, given).column("m"), ElementsAre(4, 5, 6));
  EXPECT_THAT(summarise_npz({file, ""}, given).columns, ElementsAre("pt", "m"));
  write({{"pt.npy", kThree}});
  EXPECT_THAT(read_npz({file, ""}, {.array_columns = {"mass"}}).names(), ElementsAre("mass"));
  test::expect_throws_with<InputError>(
      [&] {
        (void)read_npz({file, ""}, given);
      },
      "'" + file + ":pt'", "1 columns", "2 names");
}

TEST_F(Npz, ADamagedArrayIsNotPassedOver) {
  write({{"pt.npy", kThree}, {"m.npy", kColumn.substr(0, kColumn.size() - 1)}});
  test::expect_throws_with<base::IoError>(
      [&] {
        (void)read_npz({file, ""}, {});
      },
      "arrays.npz:m'", "copy the file again");
}

}  // namespace
}  // namespace eddy::events
