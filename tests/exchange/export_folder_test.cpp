#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/export_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace eddy::exchange {
namespace {

namespace fs = std::filesystem;

class ExportFolder : public testing::Test {
 protected:
  void SetUp() override { fs::remove_all(folder); }
  void TearDown() override { fs::remove_all(folder); }
  std::string folder =
      testing::TempDir() + "eddy_export_folder_" + testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(ExportFolder, AnExportTakesThePlaceOfTheOneBefore) {
  write_export(folder, {{"a.json", "1"}, {"deep/b.txt", "2"}}, {{"run", "x"}});
  EXPECT_EQ(base::read_file(folder + "/deep/b.txt"), "2");
  write_export(folder, {{"c.json", "3"}}, {{"run", "y"}});
  EXPECT_FALSE(fs::exists(folder + "/a.json"));
  EXPECT_FALSE(fs::exists(folder + "/deep/b.txt"));
  const base::Json facts = base::Json::parse(base::read_file(folder + "/export.json"));
  EXPECT_EQ(facts["run"], "y");
  EXPECT_EQ(facts["files"], base::Json({"c.json"}));
}

TEST_F(ExportFolder, WhatNoExportWroteStays) {
  fs::create_directories(folder);
  base::write_atomically(folder + "/thesis.txt", "years");
  try {
    write_export(folder, {{"a.json", "1"}}, {});
    FAIL() << "it was written";
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'thesis.txt', which no export wrote; give -o"));
  }
  EXPECT_EQ(base::read_file(folder + "/thesis.txt"), "years");
  EXPECT_FALSE(fs::exists(folder + "/a.json"));
}

/// An export folder may come from somebody else.
TEST_F(ExportFolder, NamesThatLeadOutOfItRemoveNothing) {
  const std::string outside = folder + "-thesis.txt";
  base::write_atomically(outside, "years");
  fs::create_directories(folder);
  const base::Json forged = {{"format", "eddy-export-1"},
                             {"files", {"../" + fs::path(outside).filename().string(), outside, ".", ""}}};
  base::write_atomically(folder + "/export.json", forged.dump());
  write_export(folder, {{"a.json", "1"}}, {});
  EXPECT_EQ(base::read_file(outside), "years");
  EXPECT_EQ(base::read_file(folder + "/a.json"), "1");
  fs::remove(outside);
}

TEST_F(ExportFolder, LinksInItAreNotFollowed) {
  const std::string outside = folder + "-theirs";
  fs::create_directories(outside);
  base::write_atomically(outside + "/b.txt", "years");
  fs::create_directories(folder);
  fs::create_directory_symlink(outside, folder + "/deep");
  EXPECT_THROW(write_export(folder, {{"deep/b.txt", "2"}}, {}), base::InputError);
  EXPECT_EQ(base::read_file(outside + "/b.txt"), "years");
  fs::remove_all(outside);
}

}  // namespace
}  // namespace eddy::exchange
