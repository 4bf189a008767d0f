#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/runs/config_text.hpp>
#include <eddy/runs/unblinding.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace eddy::runs {
namespace {

const std::string kConfig = "[search]\nname = 'a'\nblind = false\n[flow]\nepochs = 20\n";

std::vector<search::InputRecord> inputs(const std::string& sha256) {
  return {{.role = "data", .file = "x.h5", .sha256 = sha256, .n_clipped = {}}};
}

base::Json result_with(const std::string& state, const std::string& sha256) {
  return {{"blinding", {{"state", state}, {"unblinded", nullptr}, {"changed", base::Json::array()}}},
          {"inputs", {{{"role", "data"}, {"file", "x.h5"}, {"sha256", sha256}}}}};
}

TEST(Unblinding, is_recorded_once) {
  const test::TemporaryFolder place;
  const RunFolder folder(place.path());
  EXPECT_TRUE(unblinding_of(folder).is_null());
  record_opening(folder, kConfig, inputs("1234567890abcdef"), true);
  const base::Json record = unblinding_of(folder);
  EXPECT_EQ(record.at("config_sha256"), config_sha256(kConfig));
  EXPECT_THAT(record.at("time").get<std::string>(),
              testing::MatchesRegex("[0-9]+-[0-9]+-[0-9]+ [0-9]+:[0-9]+:[0-9]+ UTC"));
  record_opening(folder, kConfig + "layers = 2\n", inputs("x"), false);
  EXPECT_EQ(unblinding_of(folder), record);
}

TEST(Unblinding, states_what_was_changed_since) {
  const test::TemporaryFolder place;
  const RunFolder folder(place.path());
  record_opening(folder, kConfig, inputs("1234567890abcdef"), true);
  base::Json same = result_with("never_blinded", "1234567890abcdef");
  add_blinding(unblinding_of(folder), kConfig, same);
  EXPECT_EQ(same["blinding"]["state"], "unblinded");
  EXPECT_EQ(same["blinding"]["unblinded"]["config_sha256"], config_sha256(kConfig));
  EXPECT_TRUE(same["blinding"]["changed"].empty());
  base::Json other = result_with("never_blinded", "fedcba0987654321");
  add_blinding(unblinding_of(folder), "[search]\nname = 'b'\nblind = false\n[flow]\nepochs = 10\n", other);
  EXPECT_EQ(other["blinding"]["changed"],
            base::Json({"[flow] epochs = 10, before: 20",
                        "[inputs] data = x.h5 (SHA-256 fedcba098765), before: x.h5 (SHA-256 1234567890ab)"}));
  base::Json closed = result_with("blind", "1234567890abcdef");
  add_blinding(unblinding_of(folder), kConfig, closed);
  EXPECT_EQ(closed["blinding"]["state"], "blind");  // in name
  EXPECT_FALSE(closed["blinding"]["unblinded"].is_null());
}

TEST(Unblinding, of_a_search_that_was_never_blind_does_not_make_it_so) {
  const test::TemporaryFolder place;
  const RunFolder folder(place.path());
  base::Json result = result_with("never_blinded", "1");
  add_blinding(unblinding_of(folder), kConfig, result);
  EXPECT_EQ(result, result_with("never_blinded", "1"));
  record_opening(folder, kConfig, {}, false);
  add_blinding(unblinding_of(folder), kConfig, result);
  EXPECT_EQ(result["blinding"]["state"], "never_blinded");
  EXPECT_EQ(result["blinding"]["unblinded"]["was_blind"], false);
}

TEST(Unblinding, a_record_that_is_none_is_not_passed_over) {
  const test::TemporaryFolder place;
  const RunFolder folder(place.path());
  for (const char* text : {"{", "[]", R"({"time": 3})"}) {
    std::ofstream(place.file("unblinding.json")) << text;
    test::expect_throws_with<base::IoError>([&] { return unblinding_of(folder); }, "unblinding.json",
                                            "restore it from a copy");
  }
}

TEST(Opens, knows_what_is_closed) {
  const test::TemporaryFolder place;
  const RunFolder folder(place.path());
  const std::string open = "[search]\nblind = false\n";
  const std::string closed = "[search]\nblind = true\n";
  EXPECT_FALSE(opens(folder, open));  // nothing is there
  const auto opens_after = [&](const std::string& before, const std::string& now) {
    std::ofstream(place.file("config.toml")) << before;
    return opens(folder, now);
  };
  EXPECT_TRUE(opens_after(closed, open));
  EXPECT_TRUE(opens_after("[extrapolation]\nstage = 'cr'\n", open));
  EXPECT_FALSE(opens_after(open, open));
  EXPECT_FALSE(opens_after(closed, closed));
}

// Whatever was written into config.toml since, the result that lies there has a closed region.
TEST(Opens, asks_the_result_too) {
  const test::TemporaryFolder place;
  const RunFolder folder(place.path());
  std::ofstream(place.file("config.toml")) << "[search]\nblind = false\n";
  std::ofstream(place.file("result.json")) << R"({"setup": {"blind": true}})";
  EXPECT_TRUE(opens(folder, "[search]\nblind = false\n"));
  EXPECT_FALSE(opens(folder, "[search]\nblind = true\n"));
}

}  // namespace
}  // namespace eddy::runs
