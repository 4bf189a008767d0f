#include <eddy/search/validation/control_shells.hpp>
#include <eddy/search/validation/window_tasks.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace eddy::search {
namespace {

/// Events at these contexts, row by row; those of the region are at `is_inside`.
Sample at_contexts(const base::Matrix& context, const std::function<bool(std::size_t)>& is_inside) {
  Sample sample{.name = "data", .x = base::Matrix(context.rows(), 1), .context = context};
  for (std::size_t i = 0; i < context.rows(); ++i) {
    sample.in_signal_region.push_back(is_inside(i) ? 1 : 0);
    sample.index.push_back(i);
  }
  return sample;
}

/// `n` contexts 0, 1, 2, ...; from `cut` on they are in the signal region.
Sample on_a_line(std::size_t n, std::size_t cut) {
  base::Matrix context(n, 1);
  for (std::size_t i = 0; i < n; ++i) {
    context(i, 0) = static_cast<float>(i);
  }
  return at_contexts(context, [cut](std::size_t i) { return i >= cut; });
}

TEST(DistancesTo, CountInterquartileRanges) {
  const Sample sample = on_a_line(100, 80);  // quartiles 25 and 75
  const base::Matrix region = base::take_rows(sample.context, region_rows(sample, true));
  const std::vector<float> distance = distances_to(sample.context, region, sample.context);
  EXPECT_NEAR(distance[30], 1, 1e-6);
  EXPECT_NEAR(distance[79], 0.02, 1e-6);
  EXPECT_EQ(distance[85], 0);
}

/// A tenth of the reference is in its signal region, so shells hold a tenth of the 9,000 control-region data.
TEST(ShellsBeside, LieSideBySideOutwardsFromTheSignalRegion) {
  const Sample data = on_a_line(10000, 9000);
  const ControlShells found = shells_beside(data, data, {"met", "GeV"}, 3);
  EXPECT_EQ(found.axis.name, "met");
  EXPECT_EQ(found.signal_region.low, 9000);
  EXPECT_EQ(found.signal_region.high, 9999);
  ASSERT_EQ(found.shells.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found.shells[i].high, 8999 - 900.0 * static_cast<double>(i));
    EXPECT_EQ(found.shells[i].low, 8100 - 900.0 * static_cast<double>(i));
  }
  EXPECT_EQ(shells_beside(data, data, {"met", "GeV"}, 100).shells.size(), 5U) << "half of the control region is left";
}

TEST(ShellsBeside, HaveEventsEnough) {
  EXPECT_TRUE(shells_beside(on_a_line(1600, 1450), on_a_line(1600, 1450), {}, 2).shells.empty())
      << "a fifth of 1450 is below 300";
  const ControlShells few = shells_beside(on_a_line(1700, 1600), on_a_line(1700, 1600), {}, 2);
  ASSERT_EQ(few.shells.size(), 2U);
  EXPECT_EQ(few.shells[0].low, 1300) << "300, although a seventeenth of 1600 is less";
}

/// Contexts that are whole numbers, 0 to 19, a twentieth of the events each: a shell never parts equal ones.
TEST(ShellsBeside, KeepEqualContextsTogether) {
  base::Matrix context(8000, 1);
  for (std::size_t i = 0; i < context.rows(); ++i) {
    context(i, 0) = static_cast<float>(i % 20);
  }
  const Sample data = at_contexts(context, [](std::size_t i) { return i % 20 == 19; });
  const ControlShells found = shells_beside(data, data, {"jets", ""}, 2);
  ASSERT_EQ(found.shells.size(), 2U);
  EXPECT_EQ(found.shells[0].low, 18) << "400 events are more than a twentieth of 7,600";
  EXPECT_EQ(found.shells[0].high, 18);
  EXPECT_EQ(found.shells[1].low, 17);
  EXPECT_EQ(found.shells[1].high, 17);
  EXPECT_GT(found.shells[0].outer, found.data_distance[18]);
  EXPECT_EQ(found.shells[0].outer, found.shells[1].inner);
}

/// The signal region is a corner of a square grid, the nearest shell the L around it.
TEST(ShellsBeside, FollowTheDistanceWhereThereAreSeveralContexts) {
  constexpr std::size_t kSide = 60;
  base::Matrix context(kSide * kSide, 2);
  for (std::size_t i = 0; i < context.rows(); ++i) {
    context(i, 0) = static_cast<float>(i % kSide);
    context(i, 1) = static_cast<float>(i / kSide);
  }
  const auto is_inside = [](std::size_t i) { return i % kSide >= 40 && i / kSide >= 40; };
  const Sample data = at_contexts(context, is_inside);
  const ControlShells found = shells_beside(data, data, {"ht", "GeV"}, 1);
  EXPECT_EQ(found.axis.name, "distance to the signal region");
  ASSERT_EQ(found.shells.size(), 1U);
  EXPECT_EQ(found.signal_region.high, 0);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const double beyond = std::hypot(std::max(0.0, 40 - static_cast<double>(i % kSide)),
                                     std::max(0.0, 40 - static_cast<double>(i / kSide)));
    const bool in_shell = !is_inside(i) && found.data_distance[i] < found.shells[0].outer;
    if (in_shell) {
      EXPECT_LT(beyond, 10);
    } else if (!is_inside(i)) {
      EXPECT_GT(beyond, 5);
    }
  }
}

/// Slices of simulation: most rows of the signal region count little, and some nothing.
TEST(ShellsBeside, GoByTheWeightOfTheReference) {
  const Sample data = on_a_line(10000, 9000);
  Sample reference = on_a_line(10000, 5000);
  reference.weight.assign(10000, 1);
  for (std::size_t i = 5000; i < 10000; ++i) {
    reference.in_signal_region[i] = i >= 9000 ? 1 : 0;
    reference.weight[i] = i >= 9000 ? 0.5 : 1;
  }
  reference.weight[9000] = 0;
  const ControlShells found = shells_beside(data, reference, {"met", "GeV"}, 1);
  ASSERT_EQ(found.shells.size(), 1U);
  EXPECT_EQ(found.signal_region.low, 9001) << "an event without weight is nowhere";
  EXPECT_NEAR(found.shells[0].high - found.shells[0].low, 9000 * 499.5 / 9499.5, 2);
}

/// A signal region in the middle has control-region events on both sides.
TEST(ShellsBeside, LieAlongTheDistanceAroundARegionInTheMiddle) {
  base::Matrix context(10000, 1);
  for (std::size_t i = 0; i < context.rows(); ++i) {
    context(i, 0) = static_cast<float>(i);
  }
  const Sample data = at_contexts(context, [](std::size_t i) { return i >= 5000 && i < 6000; });
  const ControlShells found = shells_beside(data, data, {"met", "GeV"}, 2);
  EXPECT_EQ(found.axis.name, "distance to the signal region");
  ASSERT_EQ(found.shells.size(), 2U);
  EXPECT_LE(found.signal_region.high, found.shells[0].low);
  EXPECT_LE(found.shells[0].high, found.shells[1].low);
}

class TryInShells : public testing::Test {
 protected:
  TryInShells() : inputs(background_inputs(4000, 8000, 1)), config(quick_config()) { config.validation.windows = 2; }
  [[nodiscard]] TriedWindows tried(const ShellTrial& run) const {
    return try_in_shells({inputs, config, base::TaskStore(folder.path()), {}}, &SearchInputs::template_sample, 1, run);
  }
  test::TemporaryFolder folder;
  SearchInputs inputs;
  SearchConfig config;
};

base::Json one_cut_each(const Search& trial) {
  base::Json cuts = base::Json::array();
  for (std::size_t c = 0; c < trial.config.efficiencies.size(); ++c) {
    cuts.push_back(c == 0 ? base::Json{{"observed", 3}, {"predicted", 2.5}, {"error", 0.5}} : base::Json(nullptr));
  }
  return cuts;
}

TEST_F(TryInShells, NoTrialSeesTheSignalRegion) {
  std::size_t n = 0;
  const TriedWindows found = tried([&](const Search& trial) {
    ++n;
    for (const Sample* sample : {&trial.inputs.data, &trial.inputs.template_sample}) {
      const std::vector<float> met = first_context(*sample);
      const std::vector<float> in_shell = take(met, region_rows(*sample, true));
      const std::vector<float> outside = take(met, region_rows(*sample, false));
      EXPECT_GT(std::ranges::min(in_shell), std::ranges::max(outside))
          << "the shell is the end of the tail that is left";
      EXPECT_LT(std::ranges::max(met), kTailCut);
    }
    return one_cut_each(trial);
  });
  EXPECT_EQ(n, 2U);
  ASSERT_EQ(found.windows.size(), 2U);
  ASSERT_EQ(found.windows[0].cuts.size(), 1U) << "a cut without a prediction is not there";
  EXPECT_EQ(found.windows[0].cuts[0].predicted, 2.5);
}

TEST_F(TryInShells, AreTakenFromTheStoreWhateverTheSignalRegionHolds) {
  (void)tried(one_cut_each);
  std::vector<std::size_t> rows = region_rows(inputs.data, false);
  rows.push_back(region_rows(inputs.data, true).front());
  std::ranges::sort(rows);
  inputs.data = take_events(inputs.data, rows);
  const TriedWindows found = tried([](const Search& trial) {
    ADD_FAILURE() << "is there already";
    return one_cut_each(trial);
  });
  EXPECT_EQ(found.windows.size(), 2U);
}

TEST_F(TryInShells, ATemplateWithoutEventsThereIsAFailureOfTheWindow) {
  const std::vector<float> met = first_context(inputs.template_sample);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < met.size(); ++i) {
    if (met[i] < 1.3F || met[i] >= kTailCut) {
      rows.push_back(i);
    }
  }
  inputs.template_sample = take_events(inputs.template_sample, rows);
  const TriedWindows found = tried(one_cut_each);
  ASSERT_FALSE(found.windows.empty());
  EXPECT_NE(found.windows[0].failure.find(" has 0 events of weight there"), std::string::npos)
      << found.windows[0].failure;
}

/// Copies of data events among the template keep pointing at them, or at none that is left.
TEST_F(TryInShells, KeepTwinsTogether) {
  inputs.template_sample.twin.assign(inputs.template_sample.size(), 0);
  std::vector<std::size_t> control = region_rows(inputs.data, false);
  for (std::size_t i = 0; i < 200; ++i) {
    inputs.template_sample.twin[i] = control[i] + 1;
  }
  (void)tried([&](const Search& trial) {
    std::set<std::size_t> seen;
    for (std::size_t i = 0; i < trial.inputs.template_sample.size(); ++i) {
      if (const std::size_t twin = trial.inputs.template_sample.twin[i]; twin > 0) {
        const std::uint64_t template_row = trial.inputs.template_sample.index[i];
        EXPECT_EQ(trial.inputs.data.index[twin - 1], inputs.data.index[control[template_row]]);
        seen.insert(twin);
      }
    }
    EXPECT_GT(seen.size(), 20U);
    return one_cut_each(trial);
  });
}

}  // namespace
}  // namespace eddy::search
