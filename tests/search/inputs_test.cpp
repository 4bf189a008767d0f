#include <eddy/base/error.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/inputs.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <thread>

#include "check_throws.hpp"
#include "inputs_fixture.hpp"

namespace eddy::search {
namespace {

TEST_F(Inputs, selection_regions_and_columns) {
  config.features.dequantise = {};
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.data.size(), 800U);
  for (std::size_t i = 0; i < inputs.data.size(); ++i) {
    const auto row = static_cast<float>(i + 200);
    ASSERT_EQ(inputs.data.index[i], i + 200);
    ASSERT_EQ(inputs.data.context(i, 0), row);
    ASSERT_EQ(inputs.data.x(i, 0), swapped(i + 200));
    ASSERT_EQ(inputs.data.x(i, 1), ratio(i + 200));
    ASSERT_EQ(inputs.data.in_signal_region[i], row >= 600 ? 1 : 0);
  }
  EXPECT_EQ(inputs.template_sample.x(0, 0), 10202);
  EXPECT_TRUE(inputs.data.truth.empty());
  EXPECT_EQ(inputs.contexts.front().unit, "GeV");
  EXPECT_EQ(inputs.features.at(1).name, "ratio");
}

TEST_F(Inputs, columns_of_a_file_are_those_that_anything_needs) {
  config.data.label = "label";
  config.data.selection = "c > 1";
  EXPECT_THAT(columns_of_file(config, config.data), testing::UnorderedElementsAre("M", "a", "b", "c", "label"));
  config.template_sample.weight = "w";
  EXPECT_THAT(columns_of_file(config, config.template_sample), testing::UnorderedElementsAre("M", "a", "b", "w"));
}

TEST_F(Inputs, what_files_hold_is_told_from_what_a_configuration_says) {
  config.features.x = {"a", "nothing"};
  EXPECT_THROW(static_cast<void>(load()), base::DataError);
}

TEST_F(Inputs, features_that_take_steps_are_spread_within_them_in_all_roles) {
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.dequantisation.lattice.size(), 2U);
  EXPECT_EQ(inputs.dequantisation.lattice[0].step, 0.0F) << "few events share a value of a";
  EXPECT_NEAR(inputs.dequantisation.lattice[1].step, 1.0 / 8, 1e-5);
  for (const Sample* sample : {&inputs.data, &inputs.template_sample}) {
    for (std::size_t i = 0; i < sample->size(); ++i) {
      const double noise = double{sample->x(i, 1)} - ratio(i + 200);
      ASSERT_LE(std::abs(noise), 0.5 / 8 + 1e-5);
      ASSERT_NE(noise, 0);
    }
  }
  EXPECT_TRUE(inputs.warnings.empty());
}

TEST_F(Inputs, a_feature_that_takes_steps_in_one_sample_alone_is_a_warning) {
  config.columns = {{"n", "a < 9000 ? b / a : sin(a)"}};
  config.features.x = {"a", "n"};
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.warnings.size(), 1U);
  EXPECT_TRUE(inputs.warnings.front().starts_with("'n' takes steps of 0.125 in the data and no steps in the template"))
      << inputs.warnings.front();
}

TEST_F(Inputs, a_feature_to_spread_must_exist) {
  config.features.dequantise = {"ratios"};
  test::expect_throws_with<base::InputError>([&] { validate(config); }, "dequantise names 'ratios'", "ratio");
}

TEST_F(Inputs, records_say_what_was_read) {
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.records.size(), 2U);
  EXPECT_EQ(inputs.records[0].role, "data");
  EXPECT_EQ(inputs.records[0].file, "data.h5");
  EXPECT_EQ(inputs.records[0].sha256.size(), 64U);
  EXPECT_NE(inputs.records[0].sha256, inputs.records[1].sha256);
  EXPECT_EQ(inputs.records[0].n_read, kEvents);
  EXPECT_EQ(inputs.records[0].n_selected, 800U);
  EXPECT_EQ(inputs.records[0].n_signal_region, 400U);
  EXPECT_EQ(inputs.records[0].n_control_region, 400U);
  EXPECT_EQ(inputs.records[0].n_dropped_nonfinite, 0U);
}

TEST_F(Inputs, files_that_change_while_they_are_read_are_refused) {
  const std::string file = folder.file("data.h5");
  const std::jthread writer([&](const std::stop_token& stop) {
    for (auto time = std::filesystem::last_write_time(file); !stop.stop_requested(); time += std::chrono::seconds(1)) {
      std::filesystem::last_write_time(file, time);
    }
  });
  test::expect_throws_with<base::IoError>([&] { (void)load(); }, "data.h5' was changed", "wait until it is complete");
}

TEST_F(Inputs, an_empty_selection_keeps_all) {
  config.regions.selection = "";
  config.columns.clear();
  config.features.x = {"a"};
  EXPECT_EQ(load().data.size(), kEvents);
}

TEST_F(Inputs, labels) {
  config.data.label = "label";
  const SearchInputs inputs = load();
  EXPECT_EQ(std::ranges::count(inputs.data.truth, 1), 80);
  EXPECT_EQ(inputs.data.truth.front(), 1);  // row 200
  for (const float bad : {0.5F, 2.0F, -1.0F, kNan}) {
    write_data_with("label", 7, bad);
    expect_refused("label column 'label'", "in row 7", "must be 0 or 1");
  }
}

TEST_F(Inputs, label_may_be_part_of_an_expression) {
  config.data.label = "label";
  write("template.h5", table(kEvents, 10000));
  config.regions.selection = "M >= 200 && label == 0";
  EXPECT_EQ(load().data.size(), 720U);
}
TEST_F(Inputs, regions_need_events) {
  config.regions.signal = "M > 1e9";
  expect_refused("signal region of the data", "has 0 of 800 selected events", "M > 1e9", "loosen");
  config.regions.signal = "M > 0";
  expect_refused("control region of the data", "has 0 of 800");
  config.regions = {.selection = "M < 0", .signal = "M >= 600"};
  expect_refused("has 0 of 0 selected events");
  config.regions = {.selection = "M >= 200 && a < 10600", .signal = "M >= 600"};
  expect_refused("signal region of the template", "has 0 of 400");
}

TEST_F(Inputs, folds_need_events) {
  config.folds.k = 20;  // 20 events per fold are just there
  EXPECT_NO_THROW((void)load());
  config.folds.k = 21;
  expect_refused("has 400 of 800", "at least 420 are needed (21 folds)", "lower [folds] k");
}

TEST_F(Inputs, environment_variables_in_paths) {
  ::setenv("EDDY_TEST_INPUTS", folder.path().c_str(), 1);
  ::unsetenv("EDDY_TEST_UNSET");
  config.data.file = "${EDDY_TEST_INPUTS}/data.h5";
  EXPECT_EQ(load().data.size(), 800U);
  EXPECT_EQ(load().records[0].file, "data.h5");
  config.data.file = "${EDDY_TEST_UNSET}/data.h5";
  expect_refused("'${EDDY_TEST_UNSET}/data.h5'", "EDDY_TEST_UNSET, which is not set", "export EDDY_TEST_UNSET=");
  ::unsetenv("EDDY_TEST_INPUTS");
}

TEST_F(Inputs, unknown_columns_are_named) {
  config.features.x = {"a", "rato"};
  expect_refused("'rato'", "its columns are", "M, a, b, label");
  config.features.x = {"a"};
  config.regions.signal = "met > 5";
  expect_refused("'met'", "M, a, b, label");
}

TEST_F(Inputs, rows_of_the_file) {
  config.data.rows = {300, 900};
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.data.size(), 600U);
  EXPECT_EQ(inputs.data.index.front(), 300U);  // still the row in the file
  EXPECT_EQ(inputs.data.index.back(), 899U);
  EXPECT_EQ(inputs.template_sample.size(), 800U);
  config.data.rows = {0, 1e9};
  expect_refused("rows = [0, 1000000000] of the data", "the 1000 events of 'data.h5'");
  config.data.rows = {0, 1};
  expect_refused("has 0 of 0 selected events");
}

TEST_F(Inputs, units_where_the_file_gives_none) {
  config.units = {{"ratio", "TeV"}, {"M", "MeV"}};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.features.at(0).unit, "");
  EXPECT_EQ(inputs.features.at(1).unit, "TeV");
  EXPECT_EQ(inputs.contexts.front().unit, "MeV");  // also where it gives one: the configuration has the last word
}

TEST_F(Inputs, resonant_searches_need_no_template) {
  search_for_a_bump();
  config.template_sample.file = "missing.h5";
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.template_sample.size(), 0U);
  EXPECT_EQ(inputs.records.size(), 1U);
}

TEST_F(Inputs, a_control_region_is_needed_but_for_benchmarks_that_are_told_the_truth) {
  config.regions = {.selection = "M >= 200", .signal = "M >= 200"};
  for (const char* method : {"conrad", "reweight", "generate", "morph", "cathode", "lacathode", "anode", "cwola"}) {
    config.search.method = method;
    expect_refused("control region of the data", "has 0 of 800");
  }
  config.classifier.space = "x";
  for (const char* method : {"supervised", "idealized"}) {
    config.search.method = method;
    EXPECT_EQ(load().data.size(), 800U) << method;
  }
  config.classifier.space = "z";
  expect_refused("control region of the data", "has 0 of 800");
}

TEST_F(Inputs, masses_of_the_signal_template) {
  search_for_a_bump();
  EXPECT_TRUE(load().signal_template_masses.empty());
  config.bump_hunt.signal_template = "signal.h5";
  const SearchInputs inputs = load();
  ASSERT_EQ(inputs.signal_template_masses.size(), 800U);  // those that pass the selection
  EXPECT_EQ(inputs.signal_template_masses.front(), 200);
  EXPECT_EQ(inputs.records.back().role, "signal template");
}

TEST_F(Inputs, files_of_different_units_are_refused) {
  const events::Events whole = table(kEvents, 10000);
  events::Events other;
  for (const std::string& name : whole.names()) {
    const std::span<const float> values = whole.column(name);
    other.add({name, name == "M" ? "TeV" : "", std::vector<float>(values.begin(), values.end())});
  }
  write("template.h5", other);
  expect_refused("column 'M' is in GeV in the data ('data.h5')", "in TeV in the template ('template.h5')", "[units]");
  config.units = {{"M", "GeV"}};
  EXPECT_NO_THROW((void)load());
}

TEST_F(Inputs, features_that_are_constant_in_a_sample_are_refused) {
  config.columns.emplace_back("filled", "a < 5000 ? a : 7");  // not in the template
  config.features.x = {"ratio", "filled"};
  expect_refused("feature 'filled' is 7", "events of the template ('template.h5')", "remove it");
}

TEST_F(Inputs, names_of_no_column_are_refused) {
  config.units = {{"MM", "GeV"}};
  expect_refused("[units] names 'MM'", "did you mean 'M'?");
}

TEST_F(Inputs, a_region_at_the_end_of_the_selection_has_no_sideband) {
  search_for_a_bump();
  config.regions.signal = "M >= 900";
  expect_refused("has no sideband above", "end at 999");
}

TEST_F(Inputs, masses_that_are_vetoed_inside_a_sideband_are_refused) {
  search_for_a_bump();
  config.regions.selection = "M >= 200 && !(M >= 300 && M < 340)";
  expect_refused("no selected event has a mass between 299 and 340", "select these masses too", "[bump_hunt] range");
  config.bump_hunt.range = {350, 950};
  EXPECT_EQ(load().data.size(), 760U) << "the fit does not reach over them";
}

/// An event of the template equals two of the data that differ in their identity: no fold may have one without the
/// other.
TEST_F(Inputs, equal_events_of_the_data_with_a_copy_in_the_template_share_a_fold) {
  const events::Events once = table(kEvents, 0);
  const events::Events others = table(kEvents, 10000);
  events::Events data;
  events::Events templates;
  for (const std::string& name : once.names()) {
    std::vector<float> values(once.column(name).begin(), once.column(name).end());
    values.insert(values.end(), values.begin() + 700, values.begin() + 720);
    data.add({name, once.unit(name), values});
    std::vector<float> mixed(others.column(name).begin(), others.column(name).end());
    mixed.insert(mixed.end(), values.begin() + 700, values.begin() + 710);
    templates.add({name, once.unit(name), std::move(mixed)});
  }
  std::vector<std::int64_t> number(kEvents + 20);
  std::iota(number.begin(), number.end(), 1);
  data.add({"event", "", std::move(number)});
  write("data.h5", data);
  write("template.h5", templates);
  config.data.identity = {"event"};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.records.front().n_copies, 0U);
  EXPECT_EQ(inputs.records.back().n_also_in_data, 10U);
  const std::vector<std::uint64_t>& split = split_index(inputs.data);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(split[800 + i], i < 10 ? 700 + i : kEvents + i) << "rows 200 to 699 are 500 before";
  }
}

TEST_F(Inputs, a_template_that_is_the_data_is_refused) {
  config.template_sample.file = "data.h5";
  expect_refused("the template and the data are the same 800 events of 'data.h5'", "give another file");
  std::filesystem::copy_file(folder.file("data.h5"), folder.file("copy.h5"));
  config.template_sample.file = "copy.h5";
  expect_refused("are the same 800 events");
  config.template_sample.rows = {0, 900};
  EXPECT_EQ(load().records.back().n_also_in_data, 700U) << "a part of the data is said, and kept apart";
}

TEST_F(Inputs, take_events_keeps_rows_together) {
  config.data.label = "label";
  const Sample all = load().data;
  const Sample some = take_events(all, {700, 3, 3});
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some.index, (std::vector<std::uint64_t>{900, 203, 203}));
  EXPECT_EQ(some.x(0, 0), swapped(900));
  EXPECT_EQ(some.context(2, 0), 203);
  EXPECT_EQ(some.in_signal_region, (std::vector<std::uint8_t>{1, 0, 0}));
  EXPECT_EQ(some.truth, (std::vector<std::uint8_t>{1, 0, 0}));
  EXPECT_EQ(region_rows(all, true).size() + region_rows(all, false).size(), all.size());
}

}  // namespace
}  // namespace eddy::search
