#include <eddy/base/error.hpp>
#include <eddy/search/limits/limits.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>

namespace eddy::search {
namespace {

LimitSignal tail_signal() {
  LimitSignal signal;
  signal.events = signal_sample(3000, 3);
  signal.in_region = 1;
  signal.record.file = "signal.h5";
  return signal;
}

TEST(HasLimits, NotWhereClassifiersAreToldTheTruthNorInSpacesOfLosses) {
  EXPECT_TRUE(has_limits(quick_config()));
  EXPECT_TRUE(has_limits(quick_resonant_config("lacathode")));
  SearchConfig supervised = quick_resonant_config("supervised");
  supervised.classifier.reference = "true_background";
  EXPECT_FALSE(has_limits(supervised));
  SearchConfig quak;
  quak.search.method = "quak";
  EXPECT_FALSE(has_limits(quak));
}

TEST(StrengthsFor, GrowByEqualFactorsFromTheBestLimitToWhatARandomCutNeeds) {
  WorkingPoint point{.efficiency = 0.01};
  point.expected_limit = {4, 6, 10, 14, 20};
  const std::vector<double> strengths = strengths_for({point}, 10000, 1e6, 3);
  EXPECT_EQ(strengths, (std::vector<double>{10, 100, 1000}));
  EXPECT_EQ(strengths_for({point}, 10000, 160, 3), (std::vector<double>{10, 40, 160}));
  EXPECT_EQ(strengths_for({{}}, 100, 1e6, 3), (std::vector<double>{1, 10, 100})) << "no limit to go by";
  EXPECT_EQ(strengths_for({point}, 10000, 1e6, 1), (std::vector<double>{1000}));
}

/// A tail with a signal that stands out: far fewer events are excluded than without classifiers, where the root of the
/// background in the region is 47 events.
TEST(FindLimits, OfATailWithASignalThatStandsOut) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = background_inputs(6000, 6000, 1);
  const SearchConfig config = quick_config();
  const base::TaskStore store(folder.path());
  const Search search{inputs, config, store, {}};
  const SearchRun run = search_alone(search);
  const LimitResult result = find_limits(search, run.finding, tail_signal(), {.n_strengths = 3, .n_repetitions = 2});
  ASSERT_EQ(result.cuts.size(), 2U);
  ASSERT_TRUE(result.best.has_value());
  const CutLimit& best = result.cuts[*result.best];
  ASSERT_TRUE(best.observed.has_value()) << to_string(best.why);
  EXPECT_GT(*best.observed, best.signal->upper_limit) << "not all of the signal passes";
  EXPECT_LT(*best.observed, 400);
  EXPECT_LT(best.expected[1].value(), best.expected[3].value());
  EXPECT_EQ(best.knots.front().strength, 0);
  EXPECT_LT(best.knots.front().efficiency, best.knots.back().efficiency);
  for (const CutLimit& cut : result.cuts) {
    EXPECT_GE(cut.expected[2].value_or(1e9), best.expected[2].value());
  }
}

TEST(FindLimits, SaysThatTheRangeEnds) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = background_inputs(4000, 4000, 1);
  const SearchConfig config = quick_config();
  const base::TaskStore store(folder.path());
  const Search search{inputs, config, store, {}};
  const SearchRun run = search_alone(search);
  const LimitResult result = find_limits(search, run.finding, tail_signal(), {.strengths = {2}, .n_repetitions = 2});
  EXPECT_FALSE(result.best.has_value());
  for (const CutLimit& cut : result.cuts) {
    EXPECT_EQ(cut.why, NoLimit::kNotExcluded);
  }
}

TEST(FindLimits, RefusesWhatCannotBeInjected) {
  const test::TemporaryFolder folder;
  const SearchInputs inputs = background_inputs(500, 500, 1);
  const SearchConfig config = quick_config();
  const base::TaskStore store(folder.path());
  const auto find = [&](const LimitSettings& settings) {
    (void)find_limits({inputs, config, store, {}}, {}, tail_signal(), settings);
  };
  test::expect_throws_with<base::InputError>([&] { find({.strengths = {20, 1201}}); }, "--injections 1201", "1200");
  test::expect_throws_with<base::InputError>([&] { find({.strengths = {0.5}}); }, "--injections 0.5");
  test::expect_throws_with<base::InputError>([&] { find({.n_repetitions = 1}); }, "--repetitions 2");
}

}  // namespace
}  // namespace eddy::search
