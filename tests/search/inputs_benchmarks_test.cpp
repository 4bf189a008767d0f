#include <eddy/search/copies.hpp>
#include <eddy/search/inputs.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "inputs_fixture.hpp"

namespace eddy::search {
namespace {

TEST_F(Inputs, benchmark_files_are_filtered_by_their_label) {
  search_for_a_bump();
  config.benchmarks.background = "template.h5";
  config.benchmarks.signal = "signal.h5";
  EXPECT_EQ(load().benchmark_background.size(), 800U);  // without a label: all events
  config.benchmarks.label = "label";
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.benchmark_background.size(), 720U);
  EXPECT_EQ(inputs.benchmark_signal.size(), 80U);  // every tenth
  for (const std::uint64_t row : inputs.benchmark_signal.index) {
    EXPECT_EQ(row % 10, 0U);
  }
  EXPECT_TRUE(inputs.benchmark_background.truth.empty());
  const auto record = std::ranges::find(inputs.records, "benchmark signal", &InputRecord::role);
  EXPECT_EQ(record->n_selected, 80U);
  EXPECT_EQ(record->n_signal_region, 10U);
}

/// Both kinds stand in one file, each event twice: what is counted is what is left.
TEST_F(Inputs, copies_are_counted_among_the_events_that_are_left) {
  search_for_a_bump();
  events::Events twice;
  const events::Events once = table(kEvents, 20000);
  for (const std::string& name : once.names()) {
    std::vector<float> values(once.column(name).begin(), once.column(name).end());
    values.insert(values.end(), once.column(name).begin(), once.column(name).end());
    twice.add({name, once.unit(name), std::move(values)});
  }
  write("signal.h5", twice);
  config.benchmarks.signal = "signal.h5";
  config.benchmarks.label = "label";
  const auto record = [](const SearchInputs& inputs) {
    return *std::ranges::find(inputs.records, "benchmark signal", &InputRecord::role);
  };
  EXPECT_EQ(record(load()).n_selected, 160U);
  EXPECT_EQ(record(load()).n_copies, 80U);
  config.inject = {.file = "signal.h5", .count = 400};
  const SearchInputs inputs = load();
  EXPECT_EQ(record(inputs).n_selected, inputs.benchmark_signal.size());
  EXPECT_LT(record(inputs).n_selected, 160U);
  const std::set<std::uint64_t> different(split_index(inputs.benchmark_signal).begin(),
                                          split_index(inputs.benchmark_signal).end());
  EXPECT_EQ(record(inputs).n_copies, inputs.benchmark_signal.size() - different.size());
}

TEST_F(Inputs, rows_of_the_benchmark_background) {
  search_for_a_bump();
  config.data.rows = {0, 700};
  config.benchmarks.background = "data.h5";
  config.benchmarks.background_rows = {700, 1000};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.benchmark_background.size(), 300U);
  EXPECT_EQ(inputs.benchmark_background.index.front(), 700U);  // no event is in both
  EXPECT_EQ(inputs.data.index.back(), 699U);
}

TEST_F(Inputs, benchmark_background_must_not_be_data) {
  search_for_a_bump();
  config.data.rows = {0, 700};
  config.benchmarks.background = "data.h5";
  config.benchmarks.background_rows = {699, 1000};
  expect_refused("699", "1000", "judged on");
  write("copy.h5", table(kEvents, 0));  // by content, not by name
  config.benchmarks.background = "copy.h5";
  expect_refused("judged on");
}
TEST_F(Inputs, benchmarks_of_the_same_events_as_signal_and_background_are_refused) {
  search_for_a_bump();
  config.benchmarks.background = "template.h5";
  config.benchmarks.signal = "template.h5";
  expect_refused("[benchmarks] background and signal are the same events of 'template.h5'", "label");
  config.benchmarks.background_rows = {0, 500};
  expect_refused("are the same events");
  config.benchmarks.label = "label";
  EXPECT_NO_THROW((void)load());
}

}  // namespace
}  // namespace eddy::search
