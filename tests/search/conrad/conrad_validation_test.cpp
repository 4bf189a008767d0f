#include <eddy/search/conrad/conrad_validation.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/validation.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_sample.hpp>

#include <cmath>

namespace eddy::search {
namespace {

/// Fresh background of the density of data and template: what passes in the signal region is predicted by what passes
/// beside it, within the counts and the few percent that the errors of small flows make. With every event of the signal
/// region twice, both are twice as many: N_A = N_B N_C / N_D.
TEST(CountFreshConrad, PredictsWhatPassesFromTheOtherThreeCounts) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = background_inputs(4000, 20000, 1);
  SearchConfig config = quick_config();
  config.efficiencies = {0.1};
  const Search search{inputs, config, base::TaskStore(folder.path()), {}};
  const Sample fresh = background_sample(40000, 99);
  const std::vector<FreshCount> once = count_fresh_conrad(search, fresh, {});
  ASSERT_EQ(once.size(), 1U);
  EXPECT_NEAR(once[0].predicted / (40000 * std::exp(-1) * 0.1), 1, 0.15);
  EXPECT_NEAR(once[0].observed / once[0].predicted, 1, 0.15);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    rows.insert(rows.end(), fresh.in_signal_region[i] != 0 ? 2 : 1, i);
  }
  const std::vector<FreshCount> twice = count_fresh_conrad(search, take_events(fresh, rows), {});
  EXPECT_DOUBLE_EQ(twice[0].observed, 2 * once[0].observed);
  EXPECT_NEAR(twice[0].predicted, 2 * once[0].predicted, 1e-9 * once[0].predicted);
}

/// Data and template of one density: each shell is predicted, within its counts and what small flows get wrong.
TEST(TryWindowsConrad, PredictWhatPassesInEachShell) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = background_inputs(8000, 20000, 1);
  SearchConfig config = quick_config();
  config.efficiencies = {0.1};
  config.validation.windows = 2;
  const TriedWindows tried = try_windows_conrad({inputs, config, base::TaskStore(folder.path()), {}}, {});
  EXPECT_EQ(tried.axis.name, "M");
  ASSERT_EQ(tried.windows.size(), 2U);
  EXPECT_LE(tried.windows[1].high, tried.windows[0].low);
  EXPECT_LE(tried.windows[0].high, tried.signal_region.low);
  const double n_shell = 8000 * (1 - std::exp(-1)) * 0.2;
  for (const ValidationWindow& window : tried.windows) {
    EXPECT_EQ(window.failure, "");
    ASSERT_EQ(window.cuts.size(), 1U);
    const WindowCut& cut = window.cuts[0];
    EXPECT_NEAR(cut.predicted / (n_shell * 0.1), 1, 0.4);
    EXPECT_GT(cut.predicted_error, 0);
    EXPECT_NEAR(cut.observed, cut.predicted,
                4 * std::hypot(cut.predicted_error, std::sqrt(cut.predicted), 0.15 * cut.predicted));
  }
}

TEST(CorrectConrad, MultipliesTheClosureFactor) {
  const SearchInputs inputs = background_inputs(4000, 20000, 1);
  SearchConfig config = quick_config();
  config.efficiencies = {0.1};
  const test::TemporaryFolder folder;
  const Search search{inputs, config, base::TaskStore(folder.path()), {}};
  Finding finding = run_search(search).finding;
  WorkingPoint point = finding.working_points[0];
  point.correction = {.factor = 1.5, .error = 0.2};
  correct_conrad(search, finding, point);
  const auto& after = std::get<Abcd>(point.evidence);
  EXPECT_EQ(after.counts.a, finding.working_points[0].observed);
  EXPECT_DOUBLE_EQ(after.model.closure, 1.5);
  EXPECT_NEAR(point.predicted, 1.5 * finding.working_points[0].predicted, 1e-9 * point.predicted);
  EXPECT_NEAR(point.predicted_error, std::hypot(1.5 * finding.working_points[0].predicted_error, 0.2 * point.predicted),
              1e-9 * point.predicted)
      << "the same parts as before, and that of the correction";
  EXPECT_GE(after.model.closure_error, 0.2);
  EXPECT_LT(point.z, finding.working_points[0].z);
}

}  // namespace
}  // namespace eddy::search
