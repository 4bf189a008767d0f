#include <eddy/base/error.hpp>
#include <eddy/events/npy.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <string>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "events/array_bytes.hpp"

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;
using test::npy;
using test::npy_with_header;
using test::raw_bytes;
using testing::ElementsAre;

class Npy : public testing::Test {
 protected:
  [[nodiscard]] Events read(const std::string& bytes, const ReadOptions& options = {}) const {
    test::write_bytes(file, bytes);
    return read_npy({file, ""}, options);
  }
  template <class ErrorType, class... Parts>
  void expect_refused(const std::string& bytes, const Parts&... parts) const {
    test::expect_throws_with<ErrorType>([&] { (void)read(bytes); }, parts...);
    test::expect_throws_with<ErrorType>([&] { (void)summarise_npy({file, ""}, {}); }, parts...);
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("array.npy");
};

const std::string kTwo = raw_bytes(std::vector<float>{1, 2});

TEST_F(Npy, VersionsOneToThreeAreRead) {
  const std::string header = "{'descr': [('\xCE\xB7', '<f4')], 'fortran_order': False, 'shape': (2,)}";
  for (const int version : {1, 2, 3}) {
    EXPECT_THAT(read(npy_with_header(header, kTwo, version)).column("\xCE\xB7"), ElementsAre(1, 2)) << version;
  }
  expect_refused<IoError>(npy_with_header(header, kTwo, 0), "version 0 unknown", "write or copy it again");
  expect_refused<IoError>(npy_with_header(header, kTwo, 4), "version 4 unknown");
}

TEST_F(Npy, NamesInLatin1BecomeUtf8) {
  const std::string header = "{'descr': [('\xE9t\xE9', '<f4')], 'fortran_order': False, 'shape': (2,)}";
  EXPECT_THAT(read(npy_with_header(header, kTwo, 1)).column("\xC3\xA9t\xC3\xA9"), ElementsAre(1, 2));
}

TEST_F(Npy, HeadersLongerThanTheFileOrThanAnyAreRefused) {
  std::string bytes = npy("'<f4'", "(2,)", kTwo);
  bytes[8] = '\xFF';
  bytes[9] = '\xFF';
  expect_refused<IoError>(bytes, "header of 65535 bytes is longer than the file");
  const std::string padding((std::size_t{4} << 20) + 1, ' ');
  expect_refused<IoError>(npy_with_header(padding, kTwo, 2), "header of 4194305 bytes");
  expect_refused<IoError>(npy_with_header("[1, 2]", kTwo), "not the dictionary numpy writes");
  expect_refused<IoError>(npy_with_header("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", kTwo), "not the dict");
}

TEST_F(Npy, TheValuesMustFillTheFile) {
  expect_refused<IoError>(npy("'<f4'", "(3,)", kTwo), "promises 3 rows of 4 bytes, but 8 bytes follow");
  expect_refused<IoError>(npy("'<f4'", "(1,)", kTwo), "promises 1 rows of 4 bytes, but 8 bytes follow");
  // 2^61 rows of 8 bytes are 0 bytes in 64 bits.
  expect_refused<IoError>(npy("'<f8'", "(2305843009213693952,)", ""), "but 0 bytes follow");
  expect_refused<IoError>(npy("'<f4'", "(2305843009213693952, 2)", ""), "but 0 bytes follow");
}

TEST_F(Npy, ShapesThatAreNoTablesAreNamed) {
  expect_refused<InputError>(npy("'<f4'", "(1, 2, 1)", kTwo), "shape (1, 2, 1)", "(events, columns)");
  expect_refused<InputError>(npy("'<f4'", "()", kTwo), "shape ()");
  expect_refused<InputError>(npy("'<f4'", "(2, 0)", ""), "without columns");
  expect_refused<IoError>(npy("'<f4'", "(-2,)", kTwo), "extent '-2'");
  expect_refused<IoError>(npy("'<f4'", "(True,)", kTwo), "extent 'True'");
  expect_refused<IoError>(npy("'<f4'", "2", kTwo), "no shape");
  expect_refused<InputError>(npy("'|O'", "(2,)", kTwo), "numpy type '|O'", "store booleans");
  expect_refused<InputError>(npy("[('a', '<f4')]", "(1, 2)", kTwo), "2-D array of records");
}

TEST_F(Npy, FieldsAreSingleValues) {
  const Events events =
      read(npy("[('', '|V2'), ('a', '<f4', (1,)), ('t', '|S1'), ('b', '>i2', ())]", "(1,)",
               std::string("xx") + raw_bytes(std::vector<float>{2.5F}) + "y" + std::string("\1\2", 2)),
           {.exact = {"b"}});
  EXPECT_THAT(events.names(), ElementsAre("a", "b"));
  EXPECT_THAT(events.column("a"), ElementsAre(2.5F));
  EXPECT_THAT(events.values("b").as<std::int32_t>(), ElementsAre(258));
  expect_refused<InputError>(npy("[('a', '<f4'), ('b', '<f4', (3,))]", "(1,)", kTwo), "field 2",
                             "one number per field");
  expect_refused<InputError>(npy("[('a', [('b', '<f4')])]", "(2,)", kTwo), "field 1");
}

// Rows without bytes were passed over one block after the other, for hours.
TEST_F(Npy, RowsWithoutNumbersCostNothing) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string nothing = npy("[('a', '|S0')]", "(1000000000000000000,)", "");
  EXPECT_TRUE(read(nothing).names().empty());
  test::expect_throws_with<InputError>([&] { (void)read(nothing, {.wanted = {"a"}}); }, "'a'", "not hold numbers");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(Npy, BlocksMeetInEitherOrder) {
  constexpr std::size_t kRows = 300'001;  // three columns of 8 bytes: two blocks of 4 MiB
  std::vector<double> by_column(3 * kRows);
  std::vector<double> by_row(3 * kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      by_column[c * kRows + i] = by_row[3 * i + c] = static_cast<double>(3 * i + c);
    }
  }
  const std::vector<std::string> names = {"a", "b", "c"};
  for (const bool column_major : {false, true}) {
    const std::string bytes = npy("'<f8'", "(300001, 3)", raw_bytes(column_major ? by_column : by_row), column_major);
    const Events events = read(bytes, {.wanted = {"c", "a"}, .array_columns = names, .exact = {"c"}});
    for (std::size_t i = 0; i < kRows; ++i) {
      ASSERT_EQ(events.values("c").as<double>()[i], static_cast<double>(3 * i + 2));
      ASSERT_EQ(events.column("a")[i], static_cast<float>(3 * i));
    }
  }
  std::vector<double> line(600'000);  // in one dimension there is no order
  std::iota(line.begin(), line.end(), 0.0);
  const Events events = read(npy("'<f8'", "(600000,)", raw_bytes(line), true));
  EXPECT_EQ(events.column("0")[524'288], 524'288.0F);
  EXPECT_EQ(events.column("0").back(), 599'999.0F);
}

TEST_F(Npy, HasNoGroups) {
  (void)read(npy("'<f4'", "(2,)", kTwo));
  test::expect_throws_with<InputError>([&] { (void)read_npy({file, "x"}, {}); }, "no group 'x'", "leave ':x' away");
}

}  // namespace
}  // namespace eddy::events
