#include <eddy/base/error.hpp>
#include <eddy/search/extrapolation/extrapolation_validation.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/validation.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>

#include <algorithm>
#include <cmath>

#include "search/synthetic_extrapolation.hpp"

namespace eddy::search {
namespace {

class ExtrapolationValidation : public testing::Test {
 protected:
  ExtrapolationValidation()
      : inputs(extrapolation_inputs(6000, 12000, 1)),
        config(extrapolation_config("reweight", "sr")),
        store(folder.path()) {
    config.efficiencies = {0.1};
    config.flow_members = 2;  // as many as validation trains
    config.classifier.members = 2;
  }

  test::TemporaryFolder folder;
  SearchInputs inputs;
  SearchConfig config;
  base::TaskStore store;
};

TEST_F(ExtrapolationValidation, ScalesThePredictionToTheFreshEvents) {
  const Search search{inputs, config, store, {}};
  const Finding finding = run_search(search).finding;
  const FreshCount once = count_fresh_extrapolation(search, inputs.data, {}).front();
  const FreshCount twice = count_fresh_extrapolation(search, inputs.data, {.beside = 1, .inside = 2}).front();
  EXPECT_EQ(once.observed, twice.observed);
  EXPECT_DOUBLE_EQ(2 * once.predicted, twice.predicted);
  // The models and classifiers are those of the search, and so is what they predict.
  EXPECT_DOUBLE_EQ(once.predicted, finding.working_points[0].predicted);
  EXPECT_GT(once.observed, 0);
}

/// What reweighting gets right in the signal region it gets right in the control region next to it.
TEST_F(ExtrapolationValidation, PredictsWhatPassesInShellsOfTheControlRegion) {
  config.validation.windows = 2;
  const TriedWindows tried = try_windows_extrapolation({inputs, config, store, {}}, {});
  ASSERT_EQ(tried.windows.size(), 2U);
  for (const ValidationWindow& window : tried.windows) {
    EXPECT_EQ(window.failure, "");
    ASSERT_EQ(window.cuts.size(), 1U);
    const WindowCut& cut = window.cuts[0];
    EXPECT_GT(cut.predicted, 10);
    EXPECT_GT(cut.predicted_error, 0);
    EXPECT_NEAR(cut.observed, cut.predicted, 4 * std::hypot(cut.predicted_error, std::sqrt(cut.predicted)));
  }
}

TEST_F(ExtrapolationValidation, CorrectsTheConstructedBackgroundAlone) {
  const Search search{inputs, config, store, {}};
  const Finding finding = run_search(search).finding;
  const WorkingPoint& before = finding.working_points[0];
  WorkingPoint point = before;
  point.correction = {.factor = 1.5, .error = 0.2};
  correct_extrapolation(search, finding, point);
  EXPECT_NEAR(point.predicted, 1.5 * before.predicted, 1e-9 * point.predicted);
  EXPECT_NEAR(point.predicted_error, std::hypot(1.5 * before.predicted_error, 0.2 * point.predicted),
              1e-9 * point.predicted);
  EXPECT_LT(point.z, before.z);
  EXPECT_EQ(std::get<TemplateCount>(point.evidence).abcd.fit.z, std::get<TemplateCount>(before.evidence).abcd.fit.z);
}

/// A correction that cannot be applied leaves no cut half corrected.
TEST_F(ExtrapolationValidation, AppliesAllCorrectionsOrNone) {
  config.efficiencies = {0.2, 0.1};
  const Search search{inputs, config, store, {}};
  Finding finding = run_search(search).finding;
  const double predicted = finding.working_points[0].predicted;
  const std::vector<Correction> second_is_none = {{.factor = 2, .error = 0.1}, {.factor = NAN, .error = 0.1}};
  EXPECT_THROW(apply_corrections(search, second_is_none, finding), base::InputError);
  EXPECT_EQ(finding.working_points[0].predicted, predicted);
  EXPECT_FALSE(finding.working_points[0].raw.has_value());
  EXPECT_FALSE(finding.working_points[1].raw.has_value());
}

}  // namespace
}  // namespace eddy::search
