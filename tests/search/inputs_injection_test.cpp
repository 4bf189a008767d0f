#include <eddy/search/inputs.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "inputs_fixture.hpp"

namespace eddy::search {
namespace {

TEST_F(Inputs, injection_of_a_number_of_events) {
  config.inject = {.file = "signal.h5", .count = 50};
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.n_injected, 50U);
  EXPECT_EQ(inputs.data.size(), 850U);
  EXPECT_EQ(injected(inputs).size(), 50U);  // no event twice
  std::set<std::uint64_t> indices(inputs.data.index.begin(), inputs.data.index.end());
  EXPECT_EQ(indices.size(), 850U);
  EXPECT_EQ(*indices.rbegin(), kEvents + 49);  // behind all rows of the data file
  const auto n_sr =
      static_cast<double>(std::count(inputs.data.in_signal_region.end() - 50, inputs.data.in_signal_region.end(), 1));
  EXPECT_NEAR(inputs.injected_s_over_sqrt_b, n_sr / std::sqrt(400.0), 1e-12);
}

TEST_F(Inputs, injection_of_a_strength) {
  config.inject = {.file = "signal.h5", .s_over_sqrt_b = 5};
  const SearchInputs inputs = load();
  // 5 sqrt(400) = 100 in the signal region, where half of the signal lies.
  EXPECT_EQ(inputs.n_injected, 200U);
  // The chosen events are a random half: hypergeometric spread of 200 from 800, four sigma, over sqrt(400).
  EXPECT_NEAR(inputs.injected_s_over_sqrt_b, 5, 4 * std::sqrt(200 * 0.25 * 0.75) / 20);
}

TEST_F(Inputs, injection_of_a_fraction) {
  config.inject = {.file = "signal.h5", .fraction = 0.25};
  const SearchInputs inputs = load();
  // 0.25 * 400 = 100 in the signal region, where half of the signal lies.
  EXPECT_EQ(inputs.n_injected, 200U);
  EXPECT_EQ(inputs.data.size(), 1000U);
}

TEST_F(Inputs, injection_into_the_signal_region_leaves_the_rest_alone) {
  const SearchInputs without = load();
  // 100 events each time: here nothing is random but which events they are.
  for (const InjectSection& inject : {InjectSection{.file = "signal.h5", .count = 100, .region = "signal"},
                                      {.file = "signal.h5", .s_over_sqrt_b = 5, .region = "signal"},
                                      {.file = "signal.h5", .fraction = 0.25, .region = "signal"}}) {
    config.inject = inject;
    const SearchInputs inputs = load();
    EXPECT_EQ(inputs.n_injected, 100U);
    EXPECT_DOUBLE_EQ(inputs.injected_s_over_sqrt_b, 5);
    EXPECT_EQ(injected(inputs).size(), 100U);
    const Sample control = take_events(inputs.data, region_rows(inputs.data, false));
    const Sample as_before = take_events(without.data, region_rows(without.data, false));
    EXPECT_EQ(control.index, as_before.index);
    EXPECT_TRUE(std::ranges::equal(control.x.values(), as_before.x.values()));
  }
}

TEST_F(Inputs, injection_seed_picks_the_events) {
  config.inject = {.file = "signal.h5", .count = 50};
  const std::set<float> first = injected(load());
  EXPECT_EQ(injected(load()), first);
  config.search.seed = 9;  // the seed of the search does not move it
  EXPECT_EQ(injected(load()), first);
  config.inject.seed = 2;
  EXPECT_NE(injected(load()), first);
}

TEST_F(Inputs, injected_events_are_never_benchmark_signal) {
  config.inject = {.file = "signal.h5", .count = 300};
  std::filesystem::create_directory(folder.file("copy"));
  std::filesystem::copy_file(folder.file("signal.h5"), folder.file("copy/other-name.h5"));
  for (const std::string& path : {std::string("signal.h5"), std::string("./signal.h5"), folder.file("signal.h5"),
                                  std::string("signal.h5:/"), std::string("copy/other-name.h5")}) {
    config.benchmarks.signal = path;
    const SearchInputs inputs = load();
    EXPECT_EQ(inputs.benchmark_signal.size(), 500U) << path;
    const std::set<float> used = injected(inputs);
    for (std::size_t i = 0; i < inputs.benchmark_signal.size(); ++i) {
      ASSERT_FALSE(used.contains(inputs.benchmark_signal.x(i, 0) - 20000)) << path;
    }
  }
  write("another.h5", table(kEvents, 30000));
  config.benchmarks.signal = "another.h5";
  EXPECT_EQ(load().benchmark_signal.size(), 800U);
}

TEST_F(Inputs, a_study_at_zero_signal_has_labels_without_signal) {
  config.inject.file = "signal.h5";
  const SearchInputs inputs = load();
  EXPECT_EQ(inputs.n_injected, 0U);
  EXPECT_EQ(inputs.data.truth, std::vector<std::uint8_t>(800, 0));
}

TEST_F(Inputs, injection_that_cannot_be_is_refused) {
  config.inject = {.file = "signal.h5", .count = 801};
  expect_refused("asks for 801 events", "only 800", "pass the selection", "inject fewer");
  config.inject = {.file = "signal.h5", .count = 401, .region = "signal"};
  expect_refused("asks for 401 events", "only 400", "lie in the signal region", "inject fewer");
  config.regions.selection = "M >= 200 && (M < 600 || a < 20000)";  // no signal file event is left in the signal region
  config.inject = {.file = "signal.h5", .s_over_sqrt_b = 1};
  expect_refused("no event of [inject] 'signal.h5'", "s_over_sqrt_b = 1");
  config.inject = {.file = "signal.h5", .fraction = 0.5, .region = "signal"};
  expect_refused("no event of [inject] 'signal.h5'", "fraction = 0.5");
}

}  // namespace
}  // namespace eddy::search
