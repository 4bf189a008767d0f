#include <eddy/search/resonant/resonant_validation.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/validation.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>

#include <cmath>

namespace eddy::search {
namespace {

/// A fresh sample of the same spectrum, judged by the detectors of one fold: a tenth of it passes in the signal region,
/// and the sidebands of what passes predict that.
TEST(CountFreshResonant, PredictsFromTheSidebandsOfWhatPasses) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = resonance_inputs(4000, 0, 1, 0);
  SearchConfig config = quick_resonant_config("lacathode");
  config.efficiencies = {0.1};
  const Search search{inputs, config, base::TaskStore(folder.path()), {}};
  const Sample fresh = resonance_background(40000, 99, 0);
  const std::vector<FreshCount> counts = count_fresh_resonant(search, fresh, {});
  ASSERT_EQ(counts.size(), 1U);
  const double expected = 40000 * kWindowFraction * 0.1;
  EXPECT_NEAR(counts[0].observed, expected, 5 * std::sqrt(expected));
  EXPECT_NEAR(counts[0].predicted, expected, 7 * std::sqrt(expected));
  // Twice as many of the signal region as beside it: what passes there counts half.
  const std::vector<FreshCount> half = count_fresh_resonant(search, fresh, {.beside = 1, .inside = 2});
  EXPECT_DOUBLE_EQ(half[0].observed, counts[0].observed / 2);
  EXPECT_EQ(half[0].predicted, counts[0].predicted);
}

/// The correction is a step in the signal region alone: prediction and fit both follow it, and a bump of the size of
/// the step is background then.
TEST(CorrectResonant, RaisesTheBackgroundOfTheSignalRegion) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = resonance_inputs(8000, 0, 1, 0);
  SearchConfig config = quick_resonant_config("cwola");
  config.efficiencies = {0.3};
  const Search search{inputs, config, base::TaskStore(folder.path()), {}};
  const Finding finding = run_search(search).finding;
  const WorkingPoint& before = finding.working_points[1];
  const auto corrected_by = [&](double factor) {
    WorkingPoint point = before;
    point.correction = {.factor = factor, .error = 0.02};
    correct_resonant(search, finding, point);
    return point;
  };
  const WorkingPoint up = corrected_by(1.3);
  const WorkingPoint down = corrected_by(1 / 1.3);
  EXPECT_NEAR(up.predicted, 1.3 * before.predicted, 1e-9 * up.predicted);
  EXPECT_NEAR(down.predicted, before.predicted / 1.3, 1e-9 * up.predicted);
  EXPECT_LT(up.z, before.z - 1);
  EXPECT_GT(down.z, before.z + 1);
  EXPECT_GT(up.strength_error, 0.02 * up.predicted) << "the error of the correction is in that of the strength";
  WorkingPoint spurious = before;
  spurious.correction = {.factor = 1.3, .error = 0.02, .spurious = 0.1};
  correct_resonant(search, finding, spurious);
  EXPECT_NEAR(spurious.strength_error, std::hypot(up.strength_error, 0.1 * up.predicted), 0.02 * up.predicted);
  EXPECT_EQ(spurious.predicted, up.predicted) << "a hump that may be there adds nothing on average";
}

}  // namespace
}  // namespace eddy::search
