#include <eddy/runs/config_text.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eddy::runs {
namespace {

using testing::ElementsAre;

constexpr const char* kConfig =
    "# Written by eddy\n\n[search]\nname = 'a'\nblind = true\n\n[data]\nfile = '/here/x.h5:data/one'\n\n[flow]\nepochs "
    "= "
    "20\n\n[calibration]\nexperiments = 5\n";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST(Settings, are_what_is_found_depends_on) {
  EXPECT_THAT(settings(kConfig),
              ElementsAre("[search] name = 'a'", "[data] file = '/here/x.h5:data/one'", "[flow] epochs = 20"));
  EXPECT_THAT(settings_that_matter(kConfig), ElementsAre("[data] file = 'x.h5:data/one'", "[flow] epochs = 20"));
  EXPECT_EQ(first_difference(kConfig, replaced(kConfig, "20", "30")),
            "[flow] epochs = 20 there, [flow] epochs = 30 now");
}

TEST(ConfigSha256, knows_neither_folders_nor_whether_the_region_is_closed) {
  const std::string hash = config_sha256(kConfig);
  EXPECT_EQ(config_sha256(replaced(kConfig, "true", "false")), hash);
  EXPECT_EQ(config_sha256(replaced(kConfig, "/here/", "/there/")), hash);
  EXPECT_EQ(config_sha256(replaced(kConfig, "= 5", "= 50")), hash);
  EXPECT_EQ(config_sha256(std::string(kConfig) + "\n[anomaly]\nevents = 20\n"), hash);  // earlier versions have none
  EXPECT_NE(config_sha256(replaced(kConfig, "20", "30")), hash);
  EXPECT_NE(config_sha256(replaced(kConfig, "/one", "/two")), hash);
  const std::string old = replaced(kConfig, "[flow]\n", "[extrapolation]\nstage = 'sr'\n\n[flow]\n");
  EXPECT_EQ(config_sha256(old), hash);
  EXPECT_NE(config_sha256(old, ConfigHash::kWithStage), hash);
}

TEST(WithoutFolders, leaves_the_names_of_files_and_the_hash) {
  const std::string text = without_folders(kConfig);
  EXPECT_EQ(text, replaced(kConfig, "/here/", ""));
  EXPECT_EQ(config_sha256(text), config_sha256(kConfig));
  EXPECT_EQ(without_folders("[data]\nfile = \"${HOME}/a b/x.h5\"\n[regions]\nsignal = 'm / 2 > 3'\n"),
            "[data]\nfile = \"x.h5\"\n[regions]\nsignal = 'm / 2 > 3'\n");
}

TEST(IsBlindConfig, knows_the_stage_of_earlier_versions) {
  EXPECT_TRUE(is_blind_config(kConfig));
  EXPECT_FALSE(is_blind_config(replaced(kConfig, "true", "false")));
  EXPECT_FALSE(is_blind_config(""));
  EXPECT_TRUE(is_blind_config("[extrapolation]\nstage = 'cr'\n"));
  EXPECT_FALSE(is_blind_config("[extrapolation]\nstage = 'sr'\n"));
  EXPECT_FALSE(is_blind_config("[columns]\nblind = true\n"));
}

TEST(ChangedSettings, name_each_with_what_it_was) {
  const std::vector<std::string> before = {"[flow] epochs = 20", "[flow] hidden = 64", "[[prior]] file = 'a'",
                                           "[[prior]] file = 'b'"};
  EXPECT_TRUE(changed_settings(before, before).empty());
  EXPECT_THAT(changed_settings(before, {"[flow] epochs = 10", "[flow] bins = 8", "[[prior]] file = 'b'"}),
              ElementsAre("[flow] epochs = 10, before: 20", "[flow] bins = 8, before: nothing",
                          "[flow] hidden: nothing, before: 64", "[[prior]] file: nothing, before: 'a'"));
}

}  // namespace
}  // namespace eddy::runs
