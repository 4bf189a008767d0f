// Every format holds the same table, written by pandas, PyTables, h5py and numpy (make_files.py); one list of files
// runs through the same laws. float32 holds every value exactly, so comparisons are exact.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/read.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <thread>

#include "base/temporary_folder.hpp"
#include "repository.hpp"

namespace eddy::events {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kEvents = 300;
const std::vector<std::string> kNames = {"pt", "mass", "charge", "n", "flag"};

/// The table's formula, as in make_files.py.
float expected(std::size_t column, std::size_t row) {
  const auto i = static_cast<double>(row);
  const double values[] = {i * 0.25 - 3, i * 0.5, i * 7 - 100, static_cast<double>(row % 251),
                           row % 3 == 0 ? 1.0 : 0.0};
  return static_cast<float>(values[column]);
}

/// The files, made once per process; empty when this machine's Python lacks pandas, PyTables or h5py.
const std::string& files() {
  static const TemporaryFolder folder;
  static const std::string made = [] {
    if (std::system("/usr/bin/python3 -c 'import h5py, pandas, tables' 2> /dev/null") != 0) {
      return std::string();
    }
    const std::string command = fmt::format("/usr/bin/python3 '{}/tests/events/make_files.py' '{}' > '{}/log' 2>&1",
                                            test::repository_folder(), folder.path(), folder.path());
    if (std::system(command.c_str()) != 0) {
      throw std::runtime_error("make_files.py failed: " + base::read_file(folder.file("log")));
    }
    return folder.path();
  }();
  return made;
}

/// A file with the table in it.
struct Stored {
  std::string file;
  std::string group = {};
  std::string format = {};
  bool unnamed = false;    ///< names come from array_columns
  bool any_order = false;  ///< the format does not keep the order of the columns
};

const std::vector<Stored> kStored = {
    {"columns.h5", "", "HDF5 columns", false, true},
    {"group.h5", "data", "HDF5 columns", false, true},
    {"group.h5", "", "HDF5 columns", false, true},
    {"fixed.h5", "", "pandas fixed"},
    {"fixed.h5", "df", "pandas fixed"},
    {"fixed_zlib.h5", "", "pandas fixed"},
    {"fixed_blosc.h5", "", "pandas fixed"},
    {"fixed_blosc_lz4.h5", "", "pandas fixed"},
    {"fixed_blosc_zstd.h5", "/df", "pandas fixed"},
    {"table.h5", "", "pandas table"},
    {"table.h5", "a", "pandas table"},
    {"table.h5", "a/b/", "pandas table"},
    {"table_blosc.h5", "", "pandas table"},
    {"table_some.h5", "", "pandas table"},
    {"table_all.h5", "", "pandas table"},
    {"text_fixed.h5", "", "pandas fixed"},
    {"text_table.h5", "", "pandas table"},
    {"two_keys.h5", "data", "pandas fixed"},
    {"two_keys.h5", "template", "pandas table"},
    {"arrays.h5", "rows", "HDF5 array", true},
    {"arrays.h5", "narrow", "HDF5 array", true},
    {"arrays.h5", "plain", "HDF5 array", true},
    {"arrays.h5", "records", "HDF5 records"},
    {"user_block.h5", "", "HDF5 array", true},
    {"c_order.npy", "", "npy array", true},
    {"fortran.npy", "", "npy array", true},
    {"big_endian.npy", "", "npy array", true},
    {"version2.npy", "", "npy array", true},
    {"records.npy", "", "npy records"},
    {"aligned.npy", "", "npy records"},
    {"array.npz", "", "npz array", true},
    {"array.npz", "data", "npz array", true},
    {"array_deflated.npz", "", "npz array", true},
    {"several.npz", "data", "npz array", true},
    {"columns.npz", "", "npz columns"},
    {"columns_stored.npz", "", "npz columns"},
    {"zip64.npz", "", "npz array", true},
    {"plain.csv", "", "CSV"},
    {"index.csv", "", "CSV"},
    {"quoted.csv", "", "CSV"},
    {"savetxt.csv", "", "CSV"},
};

Location location_of(const Stored& stored) { return {files() + "/" + stored.file, stored.group}; }

ReadOptions options_of(const Stored& stored, std::vector<std::string> wanted = {}) {
  return {std::move(wanted), stored.unnamed ? kNames : std::vector<std::string>{}};
}

/// Replaces a file at once; unlike base::write_atomically it does not wait for the disk.
void overwrite(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Laws for every file of the list. The list is walked inside the tests, so that the files are made once per law.
class EveryFormat : public testing::Test {
 protected:
  void SetUp() override {
    if (files().empty()) {
      GTEST_SKIP() << "no pandas, tables and h5py for /usr/bin/python3, so there are no files to read";
    }
  }

  static void for_each(const std::function<void(const Stored&)>& law) {
    for (const Stored& stored : kStored) {
      SCOPED_TRACE(stored.file + ":" + stored.group);
      ASSERT_NO_THROW(law(stored));
    }
  }
};

TEST_F(EveryFormat, HoldsTheTable) {
  for_each([](const Stored& stored) {
    const Events events = read_events(location_of(stored), options_of(stored));
    ASSERT_EQ(events.size(), kEvents);
    if (stored.any_order) {
      EXPECT_THAT(events.names(), testing::UnorderedElementsAreArray(kNames));
    } else {
      EXPECT_EQ(events.names(), kNames);
    }
    for (std::size_t c = 0; c < kNames.size(); ++c) {
      const std::span<const float> values = events.column(kNames[c]);
      for (std::size_t row = 0; row < kEvents; ++row) {
        ASSERT_EQ(values[row], expected(c, row)) << kNames[c] << " row " << row;
      }
    }
  });
}

TEST_F(EveryFormat, WantedColumnsComeInTheOrderAskedAndEqualTheWholeTable) {
  for_each([](const Stored& stored) {
    const Events whole = read_events(location_of(stored), options_of(stored));
    const Events part = read_events(location_of(stored), options_of(stored, {"flag", "mass", "flag"}));
    EXPECT_THAT(part.names(), ElementsAre("flag", "mass"));
    for (const std::string& name : part.names()) {
      EXPECT_TRUE(std::ranges::equal(part.column(name), whole.column(name))) << name;
    }
  });
}

TEST_F(EveryFormat, HoldsTheSameNumbersWhereTheyAreKeptExact) {
  for_each([](const Stored& stored) {
    const Events rounded = read_events(location_of(stored), options_of(stored));
    ReadOptions options = options_of(stored);
    options.exact = {"pt", "charge", "flag"};
    const Events exact = read_events(location_of(stored), options);
    for (const std::string& name : kNames) {
      EXPECT_TRUE(std::ranges::equal(exact.values(name).to_float32(), rounded.column(name))) << name;
    }
    EXPECT_EQ(exact.values("mass").type(), NumberType::kFloat32);
  });
}

template <class T, class Formula>
bool holds(const ColumnValues& values, Formula formula) {
  const std::span<const T> numbers = values.as<T>();
  for (std::size_t row = 0; row < kEvents; ++row) {
    if (numbers[row] != static_cast<T>(formula(row))) {
      return false;
    }
  }
  return numbers.size() == kEvents;
}

TEST_F(EveryFormat, NumbersThatFloat32CannotHoldAreExactWhereAskedFor) {
  const std::vector<std::string> names = {"event", "hash", "wp", "run", "flag"};
  constexpr auto kTop = std::numeric_limits<std::uint64_t>::max();
  for (const char* file : {"exact_fixed.h5", "exact_table.h5", "exact_columns.h5", "exact_records.h5", "exact.npz",
                           "exact.npy", "exact.csv"}) {
    SCOPED_TRACE(file);
    const bool text = std::string(file).ends_with("csv");
    const Location location = {files() + "/" + file, ""};
    ReadOptions options{.wanted = text ? std::vector<std::string>{"event", "hash", "wp", "run"} : names};
    options.exact = options.wanted;
    const Events events = read_events(location, options);
    EXPECT_TRUE(
        holds<std::int64_t>(events.values("event"), [](std::size_t i) { return (1LL << 60) + std::int64_t(i); }));
    EXPECT_TRUE(holds<std::uint64_t>(events.values("hash"), [](std::size_t i) { return kTop - i; }));
    EXPECT_TRUE(holds<double>(events.values("wp"), [](std::size_t i) { return static_cast<double>(i) / 10; }));
    if (text) {
      EXPECT_TRUE(holds<std::int64_t>(events.values("run"), [](std::size_t i) { return (1 << 24) + i; }));
    } else {
      EXPECT_TRUE(holds<std::int32_t>(events.values("run"), [](std::size_t i) { return (1 << 24) + i; }));
      EXPECT_TRUE(holds<std::int32_t>(events.values("flag"), [](std::size_t i) { return i % 3 == 0 ? 1 : 0; }));
    }
    // Others are rounded, also beside exact ones in the same data set.
    options.exact = {"event"};
    const Events one = read_events(location, options);
    EXPECT_EQ(one.values("event").type(), NumberType::kInt64);
    EXPECT_EQ(one.column("wp")[7], 0.7F);
    EXPECT_EQ(one.column("run")[1], 16777216.0F);
  }
  const Events array = read_events({files() + "/exact_array.h5", ""},
                                   {.wanted = {}, .array_columns = {"event", "run"}, .exact = {"event"}});
  EXPECT_TRUE(holds<std::int64_t>(array.values("event"), [](std::size_t i) { return (1LL << 60) + std::int64_t(i); }));
  EXPECT_EQ(array.column("run")[1], 16777216.0F);
}

TEST_F(EveryFormat, SummaryAgreesWithTheTable) {
  for_each([](const Stored& stored) {
    const Events events = read_events(location_of(stored), options_of(stored));
    const FileSummary summary = summarise_file(location_of(stored), options_of(stored));
    EXPECT_EQ(summary.format, stored.format);
    EXPECT_EQ(summary.n_events, events.size());
    EXPECT_EQ(summary.columns, events.names());
  });
}

TEST_F(EveryFormat, MissingColumnIsAnErrorThatListsTheOthers) {
  for_each([](const Stored& stored) {
    try {
      (void)read_events(location_of(stored), options_of(stored, {"pt", "masss"}));
      FAIL() << "read a column that does not exist";
    } catch (const base::InputError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr(stored.file), HasSubstr("'masss'"), HasSubstr("did you mean 'mass'?"),
                                      HasSubstr("pt"), HasSubstr("charge")));
    }
  });
}

/// A text file cut at the end of a line is a valid shorter file; the others know their length.
TEST_F(EveryFormat, EveryCutIsAnErrorAndNothingIsPrinted) {
  for_each([](const Stored& stored) {
    const std::string whole = base::read_file(location_of(stored).path);
    const TemporaryFolder folder;
    const Location cut = {folder.path() + "/cut", stored.group};
    std::vector<std::size_t> lengths = {0, 1, 5, 7, 8, 9, 100, whole.size() - 1, whole.size() - 8};
    for (std::size_t k = 1; k < 60; ++k) {
      lengths.push_back(whole.size() * k / 60);
    }
    testing::internal::CaptureStderr();
    for (const std::size_t length : lengths) {
      overwrite(cut.path, std::string_view(whole).substr(0, length));
      if (stored.format == "CSV") {
        try {
          const Events events = read_events(cut, options_of(stored));
          EXPECT_LE(events.size(), kEvents);
        } catch (const base::Error&) {  // cut inside a line
        }
      } else {
        EXPECT_THROW((void)read_events(cut, options_of(stored)), base::Error)
            << length << " of " << whole.size() << " bytes";
        EXPECT_THROW((void)summarise_file(cut, options_of(stored)), base::Error)
            << length << " of " << whole.size() << " bytes";
      }
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  });
}

/// Flipping any bit may change values, but must end in a table or an Error. libhdf5's own defects are not eddy's to
/// test.
TEST_F(EveryFormat, DamagedBytesGiveAnErrorOrATable) {
  for_each([](const Stored& stored) {
    if (stored.file.ends_with(".h5")) {
      return;
    }
    const std::string whole = base::read_file(location_of(stored).path);
    const TemporaryFolder folder;
    const Location damaged = {folder.path() + "/damaged", stored.group};
    std::mt19937 random(20260101);
    for (int trial = 0; trial < 400; ++trial) {
      std::string bytes = whole;
      const bool at_end = trial % 2 == 1;  // a zip archive's directory stands there, other headers at the start
      for (int k = 0; k < 1 + trial % 3; ++k) {
        const std::size_t offset = random() % std::min<std::size_t>(bytes.size(), 250);
        bytes[at_end ? bytes.size() - 1 - offset : offset] ^= static_cast<char>(1U << (random() % 8));
      }
      overwrite(damaged.path, bytes);
      try {
        const Events events = read_events(damaged, options_of(stored));
        EXPECT_LE(events.size(), whole.size());
      } catch (const base::Error& error) {
        EXPECT_STRNE(error.what(), "");
      }
    }
  });
}

/// Tests of single files; `read` and `error_of` work in the folder of make_files.py.
class Files : public testing::Test {
 protected:
  void SetUp() override {
    if (files().empty()) {
      GTEST_SKIP() << "no pandas, tables and h5py for /usr/bin/python3, so there are no files to read";
    }
  }
  [[nodiscard]] static Events read(const std::string& file, const ReadOptions& options = {}) {
    return read_events(parse_location(files() + "/" + file), options);
  }
};

template <class Read>
std::string message_of(Read read) {
  try {
    (void)read();
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(Files, UnitsAreReadFromFixedAndVariableText) {
  const Events events = read("columns.h5");
  EXPECT_EQ(events.unit("mass"), "GeV");
  EXPECT_EQ(events.unit("pt"), "TeV");
  EXPECT_EQ(events.unit("flag"), "");
  EXPECT_EQ(read("group.h5").unit("pt"), "");
}

TEST_F(Files, IntegerColumnNamesBecomeTexts) {
  for (const char* file : {"integer_fixed.h5", "integer_table.h5"}) {
    const Events events = read(file);
    EXPECT_THAT(events.names(), ElementsAre("0", "1", "2", "3", "4")) << file;
    EXPECT_EQ(events.column("2")[10], expected(2, 10)) << file;
  }
}

TEST_F(Files, NamesAreUtf8) {
  for (const char* file : {"unicode_fixed.h5", "unicode_table.h5"}) {
    EXPECT_THAT(read(file).names(), ElementsAre("p_\xCF\x84", "masse_\xC3\xA9", "charge", "back\\slash", "flag"))
        << file;
  }
}

TEST_F(Files, ColumnsWithoutNumbersAreNamedWhenAskedFor) {
  for (const char* file : {"text_fixed.h5", "text_table.h5"}) {
    for (const char* column : {"text", "when"}) {
      const ReadOptions options = {.wanted = {column}, .array_columns = {}};
      EXPECT_THAT(message_of([&] { return read(file, options); }),
                  AllOf(HasSubstr(column), HasSubstr("does not hold numbers")))
          << file;
    }
  }
  EXPECT_THAT(message_of([&] { return read("columns.h5", {{"comment"}, {}}); }), HasSubstr("does not hold numbers"));
}

TEST_F(Files, SeveralTablesAreAnErrorThatListsThem) {
  EXPECT_THAT(message_of([&] { return read("two_keys.h5"); }),
              AllOf(HasSubstr("2 tables"), HasSubstr("two_keys.h5:KEY"), HasSubstr("data, template")));
  EXPECT_THAT(message_of([&] { return read("arrays.h5"); }), HasSubstr("flags, narrow, plain, records, rows"));
  EXPECT_THAT(message_of([&] { return read("root_and_group.h5"); }), HasSubstr("one of: /, deep"));
  EXPECT_THAT(message_of([&] { return read("several.npz"); }), HasSubstr("one of: data, template"));
  EXPECT_THROW((void)read("two_keys.h5"), base::InputError);
}

TEST_F(Files, AGroupNamesOneOfSeveralTables) {
  EXPECT_EQ(read("root_and_group.h5:/").size(), 3U);
  EXPECT_EQ(read("root_and_group.h5:deep").size(), 4U);
  EXPECT_EQ(read("several.npz:template").size(), 10U);
  EXPECT_THAT(read("columns.h5:pt").names(), ElementsAre("pt"));
}

TEST_F(Files, UnknownGroupsSuggestTheNearest) {
  EXPECT_THAT(message_of([&] { return read("two_keys.h5:dta"); }),
              AllOf(HasSubstr("'dta'"), HasSubstr("did you mean 'data'?"), HasSubstr("template")));
  EXPECT_THAT(message_of([&] { return read("several.npz:templte"); }), HasSubstr("did you mean 'template'?"));
  EXPECT_THAT(message_of([&] { return read("c_order.npy:data"); }), HasSubstr("leave ':data' away"));
  EXPECT_THAT(message_of([&] { return read("plain.csv:data"); }), HasSubstr("leave ':data' away"));
}

TEST_F(Files, ArrayColumnsMustFitTheWidth) {
  for (const char* file : {"arrays.h5:rows", "c_order.npy", "array.npz"}) {
    EXPECT_THAT(message_of([&] {
                  return read(file, {{}, {"a", "b"}});
                }),
                AllOf(HasSubstr("5 columns"), HasSubstr("2 names")))
        << file;
    EXPECT_THAT(read(file).names(), ElementsAre("0", "1", "2", "3", "4")) << file;
  }
  EXPECT_THAT(read("one.npy").names(), ElementsAre("0"));
  EXPECT_THAT(read("one.npy", {{}, {"pt"}}).names(), ElementsAre("pt"));
}

TEST_F(Files, RefusedColumnsAreNamedWithTheReason) {
  for (const char* file : {"fixed.h5", "table.h5", "columns.h5", "records.npy", "plain.csv"}) {
    ReadOptions options{.wanted = {"pt"}};
    options.refusal = [](const std::string& name) { return name == "mass" ? "a reason" : ""; };
    EXPECT_THAT(message_of([&] {
                  return read_events({files() + "/" + file, ""}, options);
                }),
                AllOf(HasSubstr(file), HasSubstr("has a column 'mass', a reason")))
        << file;
  }
}

TEST_F(Files, NumpyTypesAreConverted) {
  const ReadOptions named = {{}, kNames};
  const Events integers = read("integers.npy", named);
  const Events halves = read("half.npy", named);
  const Events flags = read("arrays.h5:flags", named);
  for (std::size_t row = 0; row < kEvents; ++row) {
    EXPECT_EQ(integers.column("pt")[row], std::trunc(expected(0, row)));
    EXPECT_EQ(halves.column("pt")[row], expected(0, row));
    EXPECT_EQ(flags.column("pt")[row], expected(0, row) > 0 ? 1.0F : 0.0F);
  }
}

TEST_F(Files, WhatIsNotATableIsAnErrorThatSaysWhy) {
  EXPECT_THAT(message_of([&] { return read("series.h5"); }), HasSubstr("store a DataFrame"));
  EXPECT_THAT(message_of([&] { return read("levels.h5"); }), HasSubstr("one level of plain text"));
  EXPECT_THAT(message_of([&] { return read("nothing.h5"); }), HasSubstr("no table of numbers"));
  EXPECT_THAT(message_of([&] { return read("lengths.h5"); }),
              AllOf(HasSubstr("'a' and 'b'"), HasSubstr("3 and 4"), HasSubstr("belong together")));
  EXPECT_EQ(read("lengths.h5", {{"b"}, {}}).size(), 4U);
  EXPECT_THAT(message_of([&] { return read("cube.npy"); }), HasSubstr("(2, 3, 4)"));
  EXPECT_THAT(message_of([&] { return read("complex.npy"); }), HasSubstr("'<c16'"));
  EXPECT_THAT(message_of([&] { return read("text.npy"); }), HasSubstr("'<U1'"));
  EXPECT_THAT(message_of([&] { return read("object.npy"); }), HasSubstr("'|O'"));
}

TEST_F(Files, NoEventsAreATableToo) {
  const Events events = read("empty_columns.h5");
  EXPECT_EQ(events.size(), 0U);
  EXPECT_THAT(events.names(), ElementsAre("pt"));
}

TEST_F(Files, MissingCompressionFilterIsNamed) {
  testing::internal::CaptureStderr();
  EXPECT_THAT(
      message_of([&] { return read("lzf.h5"); }),
      AllOf(HasSubstr("lzf.h5:/pt"), HasSubstr("filter 32000 (lzf)"), HasSubstr("hdf5-filter-plugin-blosc-serial")));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THROW((void)read("lzf.h5"), base::IoError);
}

TEST_F(Files, ThreadsMayReadSideBySide) {
  const Events reference = read("fixed_blosc.h5");
  std::vector<std::thread> threads;
  std::atomic<int> n_equal = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const Events events = read("fixed_blosc.h5");
      n_equal += std::ranges::equal(events.column("pt"), reference.column("pt")) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(n_equal.load(), 8);
}

TEST_F(Files, ADamagedMemberFailsItsChecksum) {
  std::string bytes = base::read_file(files() + "/columns_stored.npz");
  bytes[1000] ^= 4;  // inside the values of the first stored array
  const TemporaryFolder folder;
  base::write_atomically(folder.path() + "/x.npz", std::string_view(bytes));
  EXPECT_THAT(message_of([&] { return read_events({folder.path() + "/x.npz", ""}); }), HasSubstr("checksum"));
}

/// Tests of CSV texts and of odd files, which need no Python.
class Text : public testing::Test {
 protected:
  [[nodiscard]] Events read(std::string_view text, const ReadOptions& options = {}) const {
    overwrite(file, text);
    return read_events({file, ""}, options);
  }
  [[nodiscard]] std::string error_of(std::string_view text, const ReadOptions& options = {}) const {
    return message_of([&] { return read(text, options); });
  }

  TemporaryFolder folder;
  std::string file = folder.path() + "/table.csv";
};

TEST_F(Text, SpacesQuotesCommentsAndLineEndsAreTolerated) {
  const Events events =
      read("\xEF\xBB\xBF# made by hand\r\n\r\n a , \"b, or c\",\"d\"\"e\"\r\n1, 2 ,\"3\"\r\n# note\r\n+4,5e0,.5");
  EXPECT_THAT(events.names(), ElementsAre("a", "b, or c", "d\"e"));
  EXPECT_THAT(events.column("a"), ElementsAre(1, 4));
  EXPECT_THAT(events.column("b, or c"), ElementsAre(2, 5));
  EXPECT_THAT(events.column("d\"e"), ElementsAre(3, 0.5F));
}

TEST_F(Text, SpecialNumbers) {
  const Events events = read("x\nnan\nNaN\ninf\n-Infinity\n1e-60\n-0\n3.4028235e38\n1.17549435e-38\n1e-45\n");
  const std::span<const float> x = events.column("x");
  ASSERT_EQ(x.size(), 9U);
  EXPECT_TRUE(std::isnan(x[0]) && std::isnan(x[1]));
  EXPECT_EQ(x[2], std::numeric_limits<float>::infinity());
  EXPECT_EQ(x[3], -std::numeric_limits<float>::infinity());
  EXPECT_EQ(x[4], 0.0F);
  EXPECT_TRUE(std::signbit(x[5]));
  EXPECT_EQ(x[6], std::numeric_limits<float>::max());
  EXPECT_EQ(x[7], std::numeric_limits<float>::min());
  EXPECT_EQ(x[8], std::numeric_limits<float>::denorm_min());
}

TEST_F(Text, BadFieldsAreNamedByLineAndColumn) {
  EXPECT_THAT(error_of("a,b\n1,2\n3,\n"), AllOf(HasSubstr("line 3"), HasSubstr("an empty field in column 'b'"),
                                                HasSubstr("write a number or nan")));
  EXPECT_THAT(error_of("a,b\n1,2\n\nx1,4\n"), AllOf(HasSubstr("line 4"), HasSubstr("'x1' in column 'a'")));
  EXPECT_THAT(error_of("a,b\n1,2 3\n"), HasSubstr("'2 3' in column 'b'"));
  EXPECT_THAT(error_of("a\n0x10\n"), HasSubstr("'0x10'"));
  EXPECT_THAT(error_of("a\n+-1\n"), HasSubstr("'+-1'"));
  EXPECT_THAT(error_of("a\n1e39\n"), AllOf(HasSubstr("'1e39'"), HasSubstr("beyond the range of float32")));
  EXPECT_THAT(error_of(",a\n0,1\n1,z\n"), HasSubstr("'z' in column 'a'"));
}

TEST_F(Text, UnwantedFieldsMayHoldAnything) {
  EXPECT_THAT(read("name,x\n\"a, \"\"b\"\"\",1\n,2\n", {{"x"}, {}}).column("x"), ElementsAre(1, 2));
}

TEST_F(Text, LinesMustHaveAsManyFieldsAsTheHeader) {
  EXPECT_THAT(error_of("a,b\n1\n"), AllOf(HasSubstr("line 2"), HasSubstr("has 1 fields"), HasSubstr("header has 2")));
  EXPECT_THAT(error_of("a,b\n1,2,3\n"), HasSubstr("has 3 fields"));
  EXPECT_THAT(error_of("a,b\n1,2,\n"), HasSubstr("has 3 fields"));
  EXPECT_THAT(error_of("a,b\n1,\"2\n"), AllOf(HasSubstr("line 2"), HasSubstr("not closed")));
}

TEST_F(Text, HeadersMustNameEachColumnOnce) {
  EXPECT_THAT(error_of("1.5,2.5\n3,4\n"), AllOf(HasSubstr("line 1"), HasSubstr("put a header line")));
  EXPECT_THAT(error_of("a,,b\n1,2,3\n"), HasSubstr("column 2 in the header"));
  EXPECT_THAT(error_of("a,a\n1,2\n"), HasSubstr("two columns named 'a'"));
  EXPECT_THAT(error_of("a;b\n1;2\n"), HasSubstr("separate the columns by commas"));
  EXPECT_THAT(error_of("\n\n"), HasSubstr("no header line"));
  EXPECT_THAT(read("0,1\n5,6\n").names(), ElementsAre("0", "1"));
}

TEST_F(Text, AHeaderAloneIsATableWithoutEvents) {
  EXPECT_EQ(read("a,b").size(), 0U);
  EXPECT_THAT(read("# a,b\n").names(), ElementsAre("a", "b"));
}

TEST_F(Text, LongFilesAndLinesCrossTheBlocksOfTheReader) {
  std::string text = "first,second\n";
  for (int i = 0; i < 200000; ++i) {  // 2.7 MB: several blocks of 1 MiB
    text += fmt::format("{},{}.5\n", i, i);
  }
  const Events events = read(text);
  ASSERT_EQ(events.size(), 200000U);
  for (std::size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(events.column("first")[i], static_cast<float>(i));
    ASSERT_EQ(events.column("second")[i], static_cast<float>(i) + 0.5F);
  }
  EXPECT_THAT(error_of(std::string(3 << 20, 'x') + "\n1\n2,3\n"), HasSubstr("line 3"));
}

TEST_F(Text, OddFilesAreRefusedInOneSentence) {
  EXPECT_THAT(error_of(""), HasSubstr("is empty"));
  EXPECT_THAT(error_of(std::string_view("\xfd\x37zXZ\x00", 6)),
              AllOf(HasSubstr("fd 37 7a 58"), HasSubstr("convert it")));
  EXPECT_THAT(error_of(std::string_view("\x1f\x8b\x08\x00junk", 8)), HasSubstr("truncated or damaged"));
  EXPECT_THAT(error_of("\x89HDF\r\n\x1a\nand then nothing of the kind"), HasSubstr("as HDF5"));
  EXPECT_THAT(error_of("PK\x03\x04 is how an archive begins"), HasSubstr("directory"));
  EXPECT_THAT(message_of([&] { return read_events({folder.path(), ""}); }), HasSubstr("is a folder"));
  EXPECT_THAT(message_of([&] { return read_events({"/dev/null", ""}); }), HasSubstr("not a regular file"));
  EXPECT_THAT(message_of([&] {
                return read_events({folder.path() + "/none.h5", ""});
              }),
              AllOf(HasSubstr("none.h5"), HasSubstr("check the path")));
  EXPECT_THROW((void)read_events({"no/such/file.h5", "x"}), base::IoError);
  EXPECT_THROW((void)summarise_file({"no/such/file.h5", "x"}), base::IoError);
}

TEST_F(Text, RandomGarbageNeverPassesForNumbersOfAnotherFormat) {
  std::mt19937 random(7);
  for (const std::string start : {"", "\x89HDF\r\n\x1a\n", "\x93NUMPY", "\x93NUMPY\x01", "PK\x03\x04"}) {
    for (int trial = 0; trial < 50; ++trial) {
      std::string bytes = start;
      for (int i = 0; i < 600; ++i) {
        bytes.push_back(static_cast<char>(random() % 256));
      }
      EXPECT_NE(error_of(bytes), "no error") << "start '" << start << "', trial " << trial;
    }
  }
}

TEST(ParseLocation, SplitsPathAndGroup) {
  const TemporaryFolder folder;
  const auto parsed = [](const std::string& text) {
    const Location location = parse_location(text);
    return location.path + "|" + location.group;
  };
  const std::string file = folder.path() + "/file.h5";
  const std::string odd = folder.path() + "/run:2.h5";
  base::write_atomically(file, std::string_view("x"));
  base::write_atomically(odd, std::string_view("x"));
  EXPECT_EQ(parsed(file), file + "|");
  EXPECT_EQ(parsed(file + ":data"), file + "|data");
  EXPECT_EQ(parsed(file + ":a/b"), file + "|a/b");
  EXPECT_EQ(parsed(file + ":a:b"), file + "|a:b");
  EXPECT_EQ(parsed(file + ":/"), file + "|/");
  EXPECT_EQ(parsed(file + ":"), file + "|");
  EXPECT_EQ(parsed(odd), odd + "|");
  EXPECT_EQ(parsed(odd + ":data"), odd + "|data");
  EXPECT_EQ(parsed("missing.h5:data"), "missing.h5|data");
  EXPECT_EQ(parsed("missing.h5"), "missing.h5|");
  EXPECT_EQ(parsed(""), "|");
}

/// The project's data sets, read in place.
class RealFiles : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(folder())) {
      GTEST_SKIP() << "no data sets in " << folder() << "; set EDDY_DATA";
    }
  }
  [[nodiscard]] static std::string folder() { return test::data_folder(); }
};

TEST_F(RealFiles, RawLhcOlympicsEvents) {
  const Location location = {folder() + "/lhco/events_anomalydetection_tiny.h5", ""};
  const FileSummary summary = summarise_file(location);
  EXPECT_EQ(summary.n_events, 1000U);
  EXPECT_EQ(summary.columns.size(), 2101U);
  const Events events = read_events(location, {{"0", "2100"}, {}});
  EXPECT_GT(*std::ranges::min_element(events.column("0")), 0.0F);  // the first particle's pT, in GeV
  for (const float label : events.column("2100")) {
    ASSERT_TRUE(label == 0.0F || label == 1.0F);
  }
}

TEST_F(RealFiles, DijetFeatures) {
  for (const auto& [file, n_events] : {std::pair{"blackbox.h5", 100300U}, {"signal_2prong_3500_500_100.h5", 45000U}}) {
    const Location location = {folder() + "/dijet/" + file, ""};
    EXPECT_EQ(summarise_file(location).n_events, n_events);
    const Events events = read_events(location, {{"mj1", "tau1j2"}, {}});
    EXPECT_EQ(events.size(), n_events);
    EXPECT_TRUE(std::ranges::all_of(events.column("mj1"), [](float m) { return m >= 0 && m < 13000; }));
  }
}

TEST_F(RealFiles, BothDijetBlocks) {
  const Events events = read_events({folder() + "/dijet/signal_2prong_3500_500_100.h5", ""}, {{"label", "mj1"}, {}});
  EXPECT_TRUE(std::ranges::all_of(events.column("label"), [](float label) { return label == 1.0F; }));
}

TEST_F(RealFiles, MonojetColumnsHaveUnits) {
  const Events events = read_events({folder() + "/monojet/signal_3prong.h5", ""}, {{"met", "n_jets"}, {}});
  EXPECT_EQ(events.size(), 50000U);
  EXPECT_EQ(events.unit("met"), "GeV");
  EXPECT_TRUE(std::ranges::all_of(events.column("met"), [](float met) { return met > 700; }));
}

TEST_F(RealFiles, CathodeArrays) {
  const std::vector<std::string> names = {"mjj", "mj1", "dm", "tau21j1", "tau21j2", "label"};
  const Events events = read_events({folder() + "/lhco/innerdata_test.npy", ""}, {{"mjj", "label"}, names});
  EXPECT_EQ(events.size(), 62124U);
  EXPECT_TRUE(std::ranges::all_of(events.column("mjj"), [](float m) { return m >= 3.3F && m <= 3.7F; }));  // TeV
}

TEST_F(RealFiles, ReferenceFeaturesInCsv) {
  const Events events = read_events({folder() + "/lhco/tiny_reference_features.csv", ""}, {{"mjj", "mj1"}, {}});
  EXPECT_GT(events.size(), 900U);
  EXPECT_EQ(events.column("mjj")[0], 2580.4896F);
}

}  // namespace
}  // namespace eddy::events
