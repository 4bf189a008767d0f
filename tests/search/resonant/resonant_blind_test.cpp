#include <eddy/search/resonant/resonant.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace eddy::search {
namespace {

SearchConfig config_of(const std::string& method) {
  SearchConfig config = quick_resonant_config(method);
  config.flow.training.epochs = 1;
  config.classifier.members = 2;
  config.classifier.classifier.trees.max_iterations = 5;
  return config;
}

/// The same inputs as files would give: without the data of the signal region.
SearchInputs closed(SearchInputs inputs) {
  inputs.data = take_events(inputs.data, region_rows(inputs.data, false));
  return inputs;
}

class BlindResonant : public testing::TestWithParam<std::string> {};

TEST_P(BlindResonant, trains_what_the_open_search_goes_on_from) {
  const SearchInputs inputs = resonance_inputs(6000, 100, 1, 0.2);
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  SearchConfig config = config_of(GetParam());
  config.search.blind = true;
  const Finding blind = search_alone({closed(inputs), config, store, {}}).finding;
  EXPECT_TRUE(blind.is_blind);
  EXPECT_TRUE(blind.working_points.empty());
  EXPECT_TRUE(blind.data.score.empty());
  EXPECT_EQ(blind.verdict.kind, VerdictKind::kBlind);
  EXPECT_EQ(blind.gate.has_value(), needs_flow(config));
  ASSERT_EQ(blind.expected.size(), 1U);
  EXPECT_NEAR(blind.signal_window->low, kWindowLow, 1e-6);
  EXPECT_NEAR(blind.signal_window->high, kWindowHigh, 1e-6);

  const std::vector<std::string> tasks = folder.listing();
  config.search.blind = false;
  const Finding opened = search_alone({inputs, config, store, {}}).finding;
  std::vector<std::string> flows = tasks;  // and the gate's classifier, where the open search has a gate
  const std::vector<std::string> all = folder.listing();
  std::erase_if(flows, [](const std::string& name) { return name.find("flow-") == std::string::npos; });
  EXPECT_EQ(flows.size(), needs_flow(config) ? 4U : 0U);
  for (const std::string& name : flows) {
    EXPECT_EQ(std::ranges::count(all, name), 1) << name;
  }
  const auto n_sideband_flows = std::ranges::count_if(
      opened.training, [](const TrainingCurve& c) { return c.name.starts_with("sideband flow"); });
  EXPECT_EQ(static_cast<std::size_t>(n_sideband_flows), flows.size());
  EXPECT_NEAR(blind.expected.front().background, opened.working_points.front().predicted,
              1e-6 * blind.expected.front().background);
}

INSTANTIATE_TEST_SUITE_P(Methods, BlindResonant, testing::Values("lacathode", "cathode", "cwola"),
                         [](const auto& name) { return name.param; });

TEST(PrepareResonant, says_why_it_expects_nothing_where_the_window_is_not_known) {
  const test::TemporaryFolder folder;
  SearchConfig config = config_of("cwola");
  config.search.blind = true;
  config.regions.signal = "m > 3.3 && m < 3.7 && x1 > -100";
  const SearchInputs inputs = closed(resonance_inputs(3000, 0, 1, 0.2));
  const Finding blind = search_alone({inputs, config, base::TaskStore(folder.path()), {}}).finding;
  EXPECT_TRUE(blind.expected.empty());
  EXPECT_FALSE(blind.signal_window);
  ASSERT_EQ(blind.warnings.size(), 1U);
  EXPECT_NE(blind.warnings.front().find("write it in the context"), std::string::npos);
}

}  // namespace
}  // namespace eddy::search
