#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/read.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "base/temporary_folder.hpp"
#include "events/stored_files.hpp"
#include "repository.hpp"

namespace eddy::events {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

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
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the allocator of the address sanitizer does not survive a fork beside other threads";
#endif
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
