#include <eddy/search/blinding.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "inputs_fixture.hpp"

namespace eddy::search {
namespace {

/// What is known of the data, as far as a search can see.
void expect_same_data(const SearchInputs& a, const SearchInputs& b) {
  EXPECT_TRUE(std::ranges::equal(a.data.x.values(), b.data.x.values()));
  EXPECT_TRUE(std::ranges::equal(a.data.context.values(), b.data.context.values()));
  EXPECT_EQ(a.data.index, b.data.index);
  EXPECT_EQ(a.data.truth, b.data.truth);
  const InputRecord& one = a.records.front();
  const InputRecord& other = b.records.front();
  EXPECT_EQ(one.n_selected, other.n_selected);
  EXPECT_EQ(one.n_signal_region, other.n_signal_region);
  EXPECT_EQ(one.n_dropped_nonfinite, other.n_dropped_nonfinite);
  EXPECT_EQ(one.n_copies, other.n_copies);
  EXPECT_EQ(a.warnings, b.warnings);
}

TEST_F(Inputs, of_a_blind_search_have_no_data_of_the_signal_region) {
  const SearchInputs open = load();
  config.search.blind = true;
  const SearchInputs blind = load();
  const Sample outside = take_events(open.data, region_rows(open.data, false));
  EXPECT_EQ(blind.data.index, outside.index);
  EXPECT_TRUE(std::ranges::equal(blind.data.x.values(), outside.x.values()));
  EXPECT_EQ(blind.records.front().n_read, kEvents);
  EXPECT_EQ(blind.records.front().n_selected, 400U);
  EXPECT_EQ(blind.records.front().n_signal_region, 0U);
  EXPECT_EQ(blind.template_sample.index, open.template_sample.index);  // which is no data
}

TEST_F(Inputs, of_a_blind_search_do_not_depend_on_the_signal_region) {
  config.search.blind = true;
  config.data.nonfinite = "drop";
  config.data.label = "label";
  const SearchInputs before = load();
  write_data_with("a", 700, kNan);  // M = 700 lies in it
  expect_same_data(load(), before);
  write_data_with("a", 701, 1e6F);
  expect_same_data(load(), before);
  write_data_with("a", 300, kNan);
  EXPECT_EQ(load().records.front().n_dropped_nonfinite, 1U);
}

// A smallest number that depends on a setting would count the events, a faulty value would be one.
TEST_F(Inputs, of_a_blind_search_have_no_requirements_that_the_closed_events_could_fail) {
  config.regions.signal = "M >= 990";  // 10 events
  expect_refused("signal region of the data", "has 10 of 800 selected events", "at least 40");
  config.search.blind = true;
  expect_refused("signal region of the template", "has 10 of 800 selected events");  // which is no data
  config.regions.signal = "M >= 600";
  config.data.label = "label";
  const SearchInputs before = load();
  write_data_with("a", 700, kNan);  // M = 700 lies in it, and nonfinite is "error"
  expect_same_data(load(), before);
  write_data_with("label", 700, 3);
  expect_same_data(load(), before);
  write_data_with("label", 300, 3);
  expect_refused("holds 3 in row 300");
}

TEST_F(Inputs, of_a_blind_search_refuse_amounts_that_would_say_how_many_events_there_are) {
  config.search.blind = true;
  config.inject = {.file = "signal.h5", .s_over_sqrt_b = 5};
  expect_refused("[inject] s_over_sqrt_b = 5", "count = ");
  config.inject = {.file = "signal.h5", .fraction = 0.25, .region = "signal"};
  expect_refused("[inject] fraction = 0.25", "blind = false");
  config.inject = {.file = "signal.h5", .count = 50};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.n_injected, 50U);
  EXPECT_EQ(std::ranges::count(inputs.data.in_signal_region, 1), 0);  // what was injected there is closed too
  EXPECT_EQ(std::ranges::count(inputs.data.truth, 1) + 400, static_cast<std::ptrdiff_t>(inputs.data.size()));
}

TEST_F(Inputs, of_a_blind_search_notice_a_template_that_is_the_data) {
  config.search.blind = true;
  config.template_sample.file = "data.h5";
  expect_refused("the template and the data are the same", "data.h5");
}

TEST(CloseSignalRegion, closes_all_data_where_no_region_is_configured) {
  SearchConfig config;
  config.search.blind = true;
  Sample data;
  data.x = base::Matrix(3, 1);
  data.context = base::Matrix(3, 0);
  data.in_signal_region = {1, 1, 1};
  data.index = {0, 1, 2};
  InputRecord record{};
  close_signal_region(config, data, record);
  EXPECT_EQ(data.size(), 0U);
  EXPECT_EQ(record.n_selected, 0U);
}

}  // namespace
}  // namespace eddy::search
