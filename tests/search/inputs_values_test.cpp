#include <eddy/search/inputs.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "inputs_fixture.hpp"

namespace eddy::search {
namespace {

TEST_F(Inputs, nonfinite_values) {
  for (const float bad : {kNan, std::numeric_limits<float>::infinity()}) {
    for (const std::string column : {"a", "M"}) {
      config.regions.selection = "";
      config.columns.clear();
      config.features.x = {"a"};
      write_data_with(column, 777, bad);
      config.data.nonfinite = "error";
      expect_refused("column '" + column + "' of the data", "has 1 selected events", "the first in row 777",
                     "nonfinite = \"drop\" in [data]");
      config.data.nonfinite = "drop";
      const SearchInputs inputs = load();
      EXPECT_EQ(inputs.data.size(), kEvents - 1);
      EXPECT_EQ(inputs.records[0].n_dropped_nonfinite, 1U);
      EXPECT_EQ(std::ranges::count(inputs.data.index, 777U), 0);
    }
  }
}

TEST_F(Inputs, a_derived_column_does_not_hide_one_of_the_file) {
  config.columns = {{"ratio", "b / a"}, {"b", "a / 2"}};
  expect_refused("data.h5", "has a column 'b'", "derived column 'b' = 'a / 2' would hide", "rename it in [columns]");
  config.columns = {{"ratio", "M / a"}, {"b", "a / 2"}};  // not used
  EXPECT_EQ(load().data.size(), 800U);
}

TEST_F(Inputs, chains_of_comparisons_are_refused_wherever_they_stand) {
  config.regions.selection = "200 <= M < 900";
  expect_refused("write '200 <= M && M < 900'");
  config.regions = {.selection = "M >= 200", .signal = "600 <= M < 700"};
  expect_refused("write '600 <= M && M < 700'");
  config.regions.signal = "M >= 600";
  config.data.selection = "200 <= M < 900";
  expect_refused("write '200 <= M && M < 900'");
  config.data.selection = "";
  config.columns = {{"ratio", "b / a"}, {"inside", "200 <= M < 900"}};
  config.regions.selection = "inside";
  expect_refused("write '200 <= M && M < 900'");
}

/// What becomes of ten events whose a is NaN, five of them in the signal region.
TEST_F(Inputs, undefined_selections_are_an_error_or_dropped_and_counted) {
  events::Events changed = table(kEvents, 0);
  std::vector<float> flag(kEvents, 1);
  for (std::size_t i = 0; i < 10; ++i) {
    flag[i % 2 == 0 ? 300 + i : 700 + i] = kNan;
  }
  changed.add({"flag", "", std::move(flag)});
  write("data.h5", changed);
  events::Events other = table(kEvents, 10000);
  other.add({"flag", "", std::vector<float>(kEvents, 1)});
  write("template.h5", other);
  const auto check = [&](const std::string& key, std::size_t n_left) {
    config.data.nonfinite = "error";
    expect_refused(key, "is undefined for 10 events of the data ('data.h5')", "the first in row 300",
                   "column 'flag' is NaN", "isfinite(flag) && ...", "nonfinite = \"drop\" in [data]");
    config.data.nonfinite = "drop";
    const SearchInputs inputs = load();
    EXPECT_EQ(inputs.data.size(), n_left) << key;
    EXPECT_EQ(inputs.records[0].n_dropped_nonfinite, 10U) << key;
    EXPECT_EQ(inputs.records[0].n_selected, n_left) << key;
  };
  for (const char* text : {"M >= 200 && flag == 1", "flag && M >= 200", "M >= 200 && (flag ? 1 : 0)",
                           "M >= 200 && min(M, flag) >= 1", "M >= 200 && flag * 0 == 0", "!(M < 200 || flag < 0.5)"}) {
    config.regions.selection = text;
    check(std::string("[regions] selection '") + text, 790);
  }
  config.regions.selection = "M >= 200";
  config.data.selection = "flag > 0";
  check("[data] selection 'flag > 0'", 790);
  config.data.selection = "";
  config.regions.signal = "M >= 600 == flag > 0";
  check("[regions] signal", 790);
  // What excludes the undefined events defines the selection.
  config.data.nonfinite = "error";
  config.regions = {.selection = "M >= 200 && isfinite(flag) && flag > 0", .signal = "M >= 600"};
  EXPECT_EQ(load().data.size(), 790U);
  EXPECT_EQ(load().records[0].n_dropped_nonfinite, 0U);
  config.regions.selection = "M >= 200 && M < 300 && flag";  // not asked about the others
  config.regions.signal = "M >= 250";
  EXPECT_EQ(load().data.size(), 100U);
}

TEST_F(Inputs, an_undefined_ratio_is_named) {
  config.regions.selection = "M >= 200 && (M - 300) / (M - 300) > 0";
  config.template_sample.nonfinite = "drop";
  expect_refused("is undefined for 1 events of the data", "row 300", "such as 0 / 0", "[data]");
  config.data.nonfinite = "drop";
  config.template_sample.nonfinite = "error";
  expect_refused("of the template", "[template]");
}

TEST_F(Inputs, integers_of_the_file_are_selected_exactly) {
  events::Events changed = table(kEvents, 0);
  std::vector<std::int64_t> event(kEvents);
  for (std::size_t i = 0; i < kEvents; ++i) {
    event[i] = (std::int64_t{1} << 53) + static_cast<std::int64_t>(i);
  }
  changed.add({"event", "", event});
  write("data.h5", changed);
  events::Events other = table(kEvents, 10000);
  other.add({"event", "", event});
  write("template.h5", other);
  config.regions.selection = "M >= 200 && event % 2 == 1 && event != 9007199254741193";  // that of row 201
  EXPECT_EQ(load().data.size(), 399U);
  EXPECT_EQ(load().data.index.front(), 203U);
  config.columns.emplace_back("number", "event - 9007199254740992");
  config.regions.selection = "number >= 200 && number != 201";
  EXPECT_EQ(load().data.size(), 799U);
}

TEST_F(Inputs, labels_may_be_of_any_type) {
  config.data.label = "truth";
  events::Events changed = table(kEvents, 0);
  std::vector<std::int64_t> integers(kEvents);
  integers[300] = 1;
  changed.add({"truth", "", integers});
  write("data.h5", changed);
  EXPECT_EQ(std::ranges::count(load().data.truth, 1), 1);
  changed = table(kEvents, 0);
  std::vector<double> decimals(kEvents);
  decimals[300] = 1 + 1e-12;
  changed.add({"truth", "", decimals});
  write("data.h5", changed);
  expect_refused("label column 'truth'", "in row 300", "must be 0 or 1");
}

TEST_F(Inputs, nonfinite_values_matter_only_where_they_are_used) {
  write_data_with("a", 100, kNan);  // not selected
  EXPECT_EQ(load().data.size(), 800U);
  write_data_with("b", 700, kNan);
  config.columns.clear();
  config.features.x = {"a"};  // b is not used
  EXPECT_EQ(load().data.size(), 800U);
}

}  // namespace
}  // namespace eddy::search
