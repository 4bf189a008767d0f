#include <eddy/base/error.hpp>
#include <eddy/events/read.hpp>
#include <eddy/search/mass_file.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"

namespace eddy::search {
namespace {

using test::TemporaryFolder;

std::vector<float> written_and_read(const std::vector<float>& masses, const std::string& unit) {
  const TemporaryFolder folder;
  const std::string path = folder.file("mjj.h5");
  write_mass_file(path, masses, unit);
  const events::Events table = events::read_events({path, ""});
  EXPECT_EQ(table.names(), std::vector<std::string>{"mjj"});
  EXPECT_EQ(table.unit("mjj"), "GeV");
  const auto column = table.column("mjj");
  return {column.begin(), column.end()};
}

TEST(WriteMassFile, holds_one_data_set_mjj_in_gev) {
  EXPECT_EQ(written_and_read({3500.25F, 2800}, "GeV"), (std::vector<float>{3500.25F, 2800}));
  EXPECT_EQ(written_and_read({3500.25F, 2800}, ""), (std::vector<float>{3500.25F, 2800}));
  EXPECT_EQ(written_and_read({3.5F, 2.75F}, "TeV"), (std::vector<float>{3500, 2750}));
  EXPECT_TRUE(written_and_read({}, "GeV").empty());
}

TEST(WriteMassFile, refuses_other_units_and_masses_that_are_none) {
  const TemporaryFolder folder;
  const std::string path = folder.file("mjj.h5");
  test::expect_throws_with<base::InputError>([&] { write_mass_file(path, std::vector<float>{1}, "cm"); }, "'cm'",
                                             "GeV or TeV");
  const std::vector<float> bad = {1, std::numeric_limits<float>::infinity()};
  test::expect_throws_with<base::InputError>([&] { write_mass_file(path, bad, "TeV"); }, "event 1", "inf");
  EXPECT_TRUE(folder.listing().empty());
}

}  // namespace
}  // namespace eddy::search
