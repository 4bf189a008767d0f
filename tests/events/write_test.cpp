#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/read.hpp>
#include <eddy/events/write.hpp>

#include <bit>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>

#include "base/temporary_folder.hpp"

namespace eddy::events {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

/// `n` events with every kind of float32: random bit patterns without NaN, then the special values.
Events make_events(std::size_t n) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  std::vector<float> any = {0.0F,
                            -0.0F,
                            kInf,
                            -kInf,
                            std::numeric_limits<float>::max(),
                            std::numeric_limits<float>::min(),
                            std::numeric_limits<float>::denorm_min()};
  std::mt19937 random(20260102);
  while (any.size() < n) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    any.push_back(std::isnan(value) ? 1.0F : value);
  }
  any.resize(n);
  std::vector<float> masses(n);
  for (std::size_t i = 0; i < n; ++i) {
    masses[i] = static_cast<float>(i) / 3;
  }
  Events events;
  events.add({"any", "", std::move(any)});
  events.add({"m_j1", "GeV", std::move(masses)});
  return events;
}

/// The same names and the same bits (so that -0 and 0 differ).
void expect_equal(const Events& read, const Events& written) {
  EXPECT_THAT(read.names(), testing::UnorderedElementsAreArray(written.names()));
  ASSERT_EQ(read.size(), written.size());
  for (const std::string& name : written.names()) {
    for (std::size_t i = 0; i < read.size(); ++i) {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(read.column(name)[i]),
                std::bit_cast<std::uint32_t>(written.column(name)[i]))
          << name << " row " << i << ": " << read.column(name)[i] << " instead of " << written.column(name)[i];
    }
  }
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

/// Both writers, through the same laws.
struct Writer {
  std::string name;
  std::function<void(const std::string&, const Events&)> write;
};

class EveryWriter : public testing::TestWithParam<Writer> {
 protected:
  [[nodiscard]] std::size_t n_files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
  }
  TemporaryFolder folder;
  std::string file = folder.path() + "/out";
};

TEST_P(EveryWriter, ReadingBackGivesTheSameBits) {
  for (const std::size_t n :
       {0U, 1U, 7U, 65536U, 65537U, 150000U}) {  // around one HDF5 chunk; more than one text block
    const Events events = make_events(n);
    GetParam().write(file, events);
    expect_equal(read_events({file, ""}), events);
    EXPECT_EQ(n_files(), 1U);
  }
}

TEST_P(EveryWriter, NanStaysNan) {
  Events events;
  events.add({"x", "", {std::numeric_limits<float>::quiet_NaN(), 1.0F, -std::numeric_limits<float>::quiet_NaN()}});
  GetParam().write(file, events);
  const Events read = read_events({file, ""});
  EXPECT_TRUE(std::isnan(read.column("x")[0]) && std::isnan(read.column("x")[2]));
  EXPECT_EQ(read.column("x")[1], 1.0F);
}

TEST_P(EveryWriter, EqualEventsGiveEqualFiles) {
  GetParam().write(file, make_events(1000));
  GetParam().write(file + "2", make_events(1000));
  EXPECT_EQ(base::read_file(file), base::read_file(file + "2"));
}

TEST_P(EveryWriter, AFullDiskIsAnErrorThatKeepsTheOldFile) {
  Events old;
  old.add({"x", "", {1.0F}});
  GetParam().write(file, old);
  // A limit on the size of files acts as a full disk does: write() fails half-way.
  const auto previous_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit previous{};
  getrlimit(RLIMIT_FSIZE, &previous);
  rlimit small = previous;
  small.rlim_cur = 100000;
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = message_of([&] { GetParam().write(file, make_events(200000)); });
  setrlimit(RLIMIT_FSIZE, &previous);
  std::signal(SIGXFSZ, previous_handler);
  EXPECT_THAT(message, AllOf(HasSubstr(file), HasSubstr("File too large")));
  EXPECT_EQ(n_files(), 1U);
  expect_equal(read_events({file, ""}), old);
}

TEST_P(EveryWriter, AMissingFolderIsAnError) {
  const std::string path = folder.path() + "/none/out";
  EXPECT_THAT(message_of([&] { GetParam().write(path, make_events(3)); }),
              AllOf(HasSubstr("none/out"), HasSubstr("No such file or directory")));
  EXPECT_THROW(GetParam().write(path, make_events(3)), base::IoError);
}

TEST_P(EveryWriter, ATableWithoutColumnsIsRefused) {
  EXPECT_THAT(message_of([&] { GetParam().write(file, Events{}); }), HasSubstr("no columns; add one"));
  EXPECT_EQ(n_files(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Writers, EveryWriter,
    testing::Values(Writer{"hdf5", [](const std::string& path, const Events& events) { write_hdf5(path, events); }},
                    Writer{"hdf5_group",
                           [](const std::string& path, const Events& events) { write_hdf5(path, events, "a/b"); }},
                    Writer{"csv", write_csv}),
    [](const auto& instance) { return instance.param.name; });

class WriteFile : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::string file = folder.path() + "/out";
};

TEST_F(WriteFile, Hdf5KeepsUnitsAndGroup) {
  write_hdf5(file, make_events(10), "/scores/");
  EXPECT_EQ(read_events({file, "scores"}).unit("m_j1"), "GeV");
  EXPECT_EQ(read_events({file, ""}).unit("any"), "");
}

TEST_F(WriteFile, Hdf5CompressesRepetition) {
  Events events;
  events.add({"x", "", std::vector<float>(1000000, 3.5F)});
  write_hdf5(file, events);
  EXPECT_LT(fs::file_size(file), 100000U);  // 4 MB of equal numbers; gzip reaches a factor of several hundred
}

TEST_F(WriteFile, Hdf5NamesMustNotBePaths) {
  for (const char* name : {"tau2/tau1", "", "."}) {
    Events events;
    events.add({name, "", {1.0F}});
    EXPECT_THAT(message_of([&] { write_hdf5(file, events); }),
                AllOf(HasSubstr("'" + std::string(name) + "'"), HasSubstr("rename")));
  }
}

TEST_F(WriteFile, CsvQuotesNamesThatNeedIt) {
  Events events;
  const std::vector<std::string> names = {"tau2, one-pass", "say \"m\"", " spaced ", "#n", "p_\xCF\x84"};
  for (const std::string& name : names) {
    events.add({name, "", {1.0F}});
  }
  write_csv(file, events);
  EXPECT_EQ(read_events({file, ""}).names(), names);
}

TEST_F(WriteFile, CsvNamesMustFitOneLine) {
  Events events;
  events.add({"two\nlines", "", {1.0F}});
  EXPECT_THAT(message_of([&] { write_csv(file, events); }), HasSubstr("give it a name of one line"));
}

TEST_F(WriteFile, CsvIsTheShortestText) {
  Events events;
  events.add({"x", "", {0.1F, 1.0F, 16777216.0F, 1e-10F}});
  write_csv(file, events);
  EXPECT_EQ(base::read_file(file), "x\n0.1\n1\n16777216\n1e-10\n");
}

}  // namespace
}  // namespace eddy::events
