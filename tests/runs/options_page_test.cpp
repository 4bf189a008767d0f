#include <eddy/runs/options_page.hpp>
#include <eddy/search/families.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace eddy::runs {
namespace {

/// The row of an option in a section of the page.
std::string row_of(const std::string& section, const std::string& key) {
  std::istringstream page(option_reference());
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) {
      inside = line == "## [" + section + "]";
    }
    if (inside && line.starts_with("| `" + key + "` |")) {
      return line;
    }
  }
  return "";
}

TEST(OptionsPage, says_which_method_has_which_default) {
  EXPECT_THAT(
      row_of("working_points", "efficiency"),
      testing::HasSubstr("`[0.01, 0.001]` for conrad, extrapolations; `[0.1, 0.03, 0.01]` for resonant methods"));
  EXPECT_THAT(row_of("classifier", "space"),
              testing::HasSubstr("`'x_prime'` for conrad, lacathode, cathode_lacathode; `'x'` for extrapolations, "
                                 "cathode, anode, r_anode, cwola, transport, supervised, idealized"));
  EXPECT_THAT(row_of("folds", "k"), testing::HasSubstr("| `5` |")) << "where all agree, the default alone";
}

TEST(OptionsPage, lists_every_method) {
  const std::string row = row_of("search", "method");
  for (const search::Method& method : search::methods()) {
    EXPECT_THAT(row, testing::HasSubstr(std::string(method.name)));
  }
  EXPECT_THAT(row, testing::HasSubstr("`'conrad'`"));
}

}  // namespace
}  // namespace eddy::runs
