#include <eddy/search/extrapolation/extrapolation_nulls.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "search/synthetic_extrapolation.hpp"

namespace eddy::search {
namespace {

double mean_of_column(const Sample& sample, std::size_t c) {
  double sum = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    sum += sample.x(i, c) - 0.5 * (sample.context(i, 0) + sample.context(i, 1));
  }
  return sum / static_cast<double>(sample.size());
}

TEST(ExtrapolationNulls, HaveTheFeaturesOfTheSimulationAndTheYieldThatIsExpected) {
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  SearchInputs inputs = extrapolation_inputs(6000, 12000, 1);
  const SearchConfig config = extrapolation_config("generate", "sr");
  const NullGenerator generator = extrapolation_nulls({inputs, config, store, {}}, {});
  const SearchInputs null = generator.draw({{1}, "null"});
  EXPECT_TRUE(null.data.truth.empty());
  EXPECT_TRUE(std::ranges::equal(null.simulation.context.values(), inputs.simulation.context.values()));
  EXPECT_EQ(null.data.in_signal_region.size(), null.data.size());
  // Of background alone a third of the data lies in the signal region: that is what the weights expect there, within
  // the few percent that small networks know.
  const auto control = static_cast<double>(std::ranges::count(null.data.in_signal_region, 0));
  const auto real_control = static_cast<double>(std::ranges::count(inputs.data.in_signal_region, 0));
  const auto signal = static_cast<double>(std::ranges::count(null.data.in_signal_region, 1));
  EXPECT_NEAR(control, real_control, 5 * std::sqrt(real_control));
  EXPECT_NEAR(signal / control, 0.5, 0.1);
  // Both have the simulation's shift of -0.4.
  EXPECT_NEAR(mean_of_column(null.data, 0), -0.4, 0.15);
  EXPECT_NEAR(mean_of_column(null.simulation, 0), -0.4, 0.15);
  EXPECT_NE(generator.draw({{2}, "null"}).data.size(), null.data.size());
}

TEST(ExtrapolationNulls, CanBeSearched) {
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  const SearchInputs inputs = extrapolation_inputs(6000, 12000, 1);
  SearchConfig config = extrapolation_config("reweight", "sr");
  config.calibration.experiments = 3;
  const Finding finding = run_search({inputs, config, store, {}}).finding;
  ASSERT_TRUE(finding.calibration.has_value());
  EXPECT_EQ(finding.calibration->n_failed, 0U);
  EXPECT_FALSE(finding.closure_tests.empty()) << "the search itself is described";
  for (const CalibratedPoint& point : finding.calibration->points) {
    EXPECT_EQ(point.null_z.size(), 3U);
  }
}

}  // namespace
}  // namespace eddy::search
