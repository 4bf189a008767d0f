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

}  // namespace
}  // namespace eddy::exchange
