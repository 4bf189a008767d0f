// Every format holds the same table, written by pandas, PyTables, h5py and numpy (make_files.py); one list of files
// runs through the same laws. float32 holds every value exactly, so comparisons are exact.

#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/read.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <random>

#include "base/temporary_folder.hpp"
#include "events/stored_files.hpp"

namespace eddy::events {
namespace {

using test::TemporaryFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

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
    options.exact = {options.wanted.begin(), options.wanted.end()};
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

}  // namespace
}  // namespace eddy::events
