#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/dequantisation.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

/// `n` times one of `values`, in turn.
std::vector<float> repeated(const std::vector<float>& values, std::size_t n) {
  std::vector<float> all(n);
  for (std::size_t i = 0; i < n; ++i) {
    all[i] = values[i % values.size()];
  }
  return all;
}

float step_of_values(const std::vector<float>& values) { return lattice_of(values).step; }

/// The steps of each feature.
std::vector<float> steps(const Dequantisation& dequantisation) {
  std::vector<float> all;
  for (const Lattice& lattice : dequantisation.lattice) {
    all.push_back(lattice.step);
  }
  return all;
}

/// Event i has "n" = i % 7, a continuous "a" and a continuous context.
Sample sample_with_counts(std::size_t n_events, std::uint64_t seed) {
  base::RandomStream stream({seed}, "sample with counts");
  Sample sample{.name = "data"};
  sample.x = base::Matrix(n_events, 2);
  sample.context = base::Matrix(n_events, 1);
  for (std::size_t i = 0; i < n_events; ++i) {
    sample.x(i, 0) = static_cast<float>(i % 7);
    sample.x(i, 1) = static_cast<float>(stream.uniform());
    sample.context(i, 0) = static_cast<float>(stream.uniform());
  }
  return sample;
}

SearchConfig config_of_counts() {
  SearchConfig config;
  config.features.x = {"n", "a"};
  config.features.context = {"M"};
  return config;
}

TEST(LatticeOf, IsTheDivisorOfAllDifferences) {
  EXPECT_EQ(step_of_values(repeated({0, 1, 2, 3}, 1000)), 1.0F);
  EXPECT_EQ(step_of_values(repeated({2, 4, 8, 14}, 1000)), 2.0F);
  EXPECT_EQ(step_of_values(repeated({1, 3, 6}, 1000)), 1.0F);
  EXPECT_NEAR(step_of_values(repeated({0.1F, 0.2F, 0.3F, 0.7F}, 1000)), 0.1, 1e-6);
  EXPECT_NEAR(step_of_values(repeated({1000.01F, 1000.02F, 1000.05F}, 1000)), 0.01, 2e-4);
}

TEST(LatticeOf, TakesNumbersThatDifferByRoundingForOne) {
  std::vector<float> ratios(1000);
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    const auto a = static_cast<float>(7 + i);
    ratios[i] = (2 + static_cast<float>(i % 7) / 10) * a / a;  // seven numbers, each computed in many ways
  }
  EXPECT_NEAR(step_of_values(ratios), 0.1, 1e-5);
}

TEST(LatticeOf, OfValuesWithoutADivisorIsTheSmallestDifference) {
  EXPECT_NEAR(step_of_values(repeated({0, 1, 2.4142F, 5.7F}, 1000)), 1.0, 1e-6);
}

/// A long tail, or one value far away, makes nothing discrete; common values decide, whatever strays there are.
TEST(LatticeOf, DependsOnNeighboursAndNotOnTheLargestValue) {
  base::RandomStream stream({3}, "tail");
  std::vector<float> heavy(20000);
  std::vector<float> with_outlier(20000);
  std::vector<float> ratio(20000);
  for (std::size_t i = 0; i < heavy.size(); ++i) {
    heavy[i] = static_cast<float>(std::exp(5 * stream.normal()));
    with_outlier[i] = static_cast<float>(stream.uniform());
    ratio[i] = static_cast<float>(stream.normal() / stream.normal());
  }
  with_outlier[7] = 1e6F;
  EXPECT_EQ(step_of_values(heavy), 0.0F);
  EXPECT_EQ(step_of_values(with_outlier), 0.0F);
  EXPECT_EQ(step_of_values(ratio), 0.0F);
  std::vector<float> counts = repeated({0, 1, 2, 3, 4}, 20000);
  counts[5] = 3.001F;
  for (std::size_t i = 0; i < 200; ++i) {
    counts[100 + i] = 2.37F;  // imputed
  }
  EXPECT_EQ(step_of_values(counts), 1.0F);
}

TEST(LatticeOf, IsNoneOfASpikeAmongContinuousValues) {
  base::RandomStream stream({4}, "spike");
  std::vector<float> values(20000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = i % 25 == 0 ? static_cast<float>(stream.uniform()) : 0.0F;  // 96 % zeros
  }
  EXPECT_EQ(step_of_values(values), 0.0F);
}

TEST(LatticeOf, IsNoneWhereFloatsDoNotResolveIt) {
  EXPECT_EQ(step_of_values(repeated({1e7F, 1e7F + 1, 1e7F + 2}, 1000)), 0.0F);
}

TEST(LatticeOf, IsZeroWhereFewEventsShareAValue) {
  std::vector<float> continuous(1000);
  for (std::size_t i = 0; i < continuous.size(); ++i) {
    continuous[i] = std::sqrt(static_cast<float>(i));
  }
  EXPECT_EQ(step_of_values(continuous), 0.0F);
  EXPECT_EQ(step_of_values(repeated({0, 1, 2, 3}, 79)), 0.0F);
  EXPECT_EQ(step_of_values(repeated({0, 1, 2, 3}, 80)), 1.0F);
  EXPECT_EQ(step_of_values(repeated({5}, 1000)), 0.0F) << "a constant has no steps";
  EXPECT_EQ(step_of_values({}), 0.0F);
}

TEST(Dequantised, IsUniformWithinAStepAndLeavesTheRest) {
  constexpr std::size_t kEvents = 70000;
  const Sample sample = sample_with_counts(kEvents, 1);
  const Dequantisation lattices = choose_dequantisation(config_of_counts(), sample.x);
  ASSERT_EQ(steps(lattices), (std::vector<float>{1, 0}));
  const base::Matrix spread = dequantised(lattices, sample.x, sample.context);
  const base::Matrix places = places_in_steps(lattices, sample.x, sample.context);
  double sum = 0;
  double squares = 0;
  double with_feature = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    const double noise = double{spread(i, 0)} - sample.x(i, 0);
    ASSERT_LE(std::abs(noise), 0.5);
    ASSERT_EQ(std::nearbyint(spread(i, 0)), sample.x(i, 0)) << "nothing is lost";
    ASSERT_EQ(spread(i, 1), sample.x(i, 1));
    ASSERT_EQ(spread(i, 0), sample.x(i, 0) + places(i, 0));
    ASSERT_EQ(places(i, 1), 0);
    sum += noise;
    squares += noise * noise;
    with_feature += noise * (sample.x(i, 1) - 0.5);
  }
  // Five standard deviations of the mean, of the mean square and of the product of two uniform numbers.
  EXPECT_NEAR(sum / kEvents, 0, 5 * std::sqrt(1.0 / 12 / kEvents));
  EXPECT_NEAR(squares / kEvents, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / kEvents));
  EXPECT_NEAR(with_feature / kEvents, 0, 5 / 12.0 / std::sqrt(double{kEvents}));
}

TEST(Dequantised, OfAnEventDependsOnItsValuesAlone) {
  const Sample sample = sample_with_counts(1000, 1);
  const Dequantisation lattices = choose_dequantisation(config_of_counts(), sample.x);
  const base::Matrix all = dequantised(lattices, sample.x, sample.context);
  const std::vector<std::size_t> rows = {7, 3, 999};
  const Sample few = take_events(sample, rows);
  const base::Matrix again = dequantised(lattices, few.x, few.context);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(again(i, 0), all(rows[i], 0));
  }
  const base::Matrix other = dequantised({.lattice = lattices.lattice, .seed = 2}, sample.x, sample.context);
  EXPECT_NE(other(0, 0), all(0, 0));
}

TEST(Dequantised, OfEqualEventsDiffer) {
  Sample sample = sample_with_counts(1000, 1);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    sample.x(i, 1) = 0;
    sample.context(i, 0) = 0;
  }
  const base::Matrix spread = dequantised({.lattice = {{1, 0}, {}}, .seed = 1}, sample.x, sample.context);
  std::vector<float> values;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    values.push_back(spread(i, 0));
  }
  EXPECT_EQ(step_of_values(values), 0.0F) << "events without any continuous value are spread too";
}

TEST(ChooseDequantisation, FollowsTheConfigurationAndTheMethod) {
  const Sample sample = sample_with_counts(1000, 1);
  SearchConfig config = config_of_counts();
  config.features.dequantise = {};
  EXPECT_FALSE(choose_dequantisation(config, sample.x).is_needed());
  config.features.dequantise = {"n"};
  EXPECT_EQ(steps(choose_dequantisation(config, sample.x)), (std::vector<float>{1, 0}));
  config.features.dequantise = {"a"};
  test::expect_throws_with<base::InputError>([&] { (void)choose_dequantisation(config, sample.x); }, "names 'a'",
                                             "takes no steps");
  config.features.dequantise = {"auto"};
  config.search.method = "cwola";
  EXPECT_FALSE(choose_dequantisation(config, sample.x).is_needed()) << "trees may see whole numbers";
}

TEST(Dequantisation, SurvivesItsFile) {
  const Dequantisation written{.lattice = {{0.1F, 0.05F}, {}, {2, -1}}, .seed = 7};
  const Dequantisation again = dequantisation_from_json(to_json(written));
  EXPECT_EQ(steps(again), steps(written));
  EXPECT_EQ(again.lattice[2].origin, -1.0F);
  EXPECT_EQ(again.seed, written.seed);
}

TEST(RoundedToSteps, UndoesSpreading) {
  const Sample sample = sample_with_counts(1000, 1);
  const Dequantisation lattices = choose_dequantisation(config_of_counts(), sample.x);
  const base::Matrix again = rounded_to_steps(lattices, dequantised(lattices, sample.x, sample.context));
  EXPECT_TRUE(std::ranges::equal(again.values(), sample.x.values()));
}

TEST(WarningsOfSteps, NameAFeatureThatTwoSamplesFillInDifferentWays) {
  Sample other = sample_with_counts(1000, 2);
  other.name = "template";
  EXPECT_TRUE(warnings_of_steps({.lattice = {{1, 0}, {}}, .seed = 1}, other, config_of_counts().features).empty());
  const std::vector<std::string> warnings =
      warnings_of_steps({.lattice = {{}, {}}, .seed = 1}, other, config_of_counts().features);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings.front(),
            "'n' takes no steps in the data and steps of 1 in the template, which tells the samples apart and not "
            "events; fill it in the same way in both");
  const std::vector<std::string> turned =
      warnings_of_steps({.lattice = {{1, 0}, {0.5F, 0}}, .seed = 1}, other, config_of_counts().features);
  ASSERT_EQ(turned.size(), 1U);
  EXPECT_TRUE(turned.front().starts_with("'a' takes steps of 0.5 in the data and no steps in the template"));
  for (std::size_t i = 0; i < other.size(); ++i) {
    other.x(i, 0) = 2 * other.x(i, 0);
  }
  const std::vector<std::string> doubled =
      warnings_of_steps({.lattice = {{1, 0}, {}}, .seed = 1}, other, config_of_counts().features);
  ASSERT_EQ(doubled.size(), 1U);
  EXPECT_TRUE(doubled.front().starts_with("'n' takes steps of 1 in the data and other steps of 2 in the template"));
  const Sample few = take_events(other, {0, 1, 2, 3, 4});
  EXPECT_TRUE(warnings_of_steps({.lattice = {{1, 0}, {}}, .seed = 1}, few, config_of_counts().features).empty())
      << "a sample of few events may be on the same lattice";
}

TEST(WarningsOfSteps, NameASpikeAmongContinuousValues) {
  Sample sample = sample_with_counts(5000, 1);
  for (std::size_t i = 0; i < 200; ++i) {
    sample.x(i, 1) = -1;
  }
  const std::vector<std::string> warnings =
      warnings_of_steps({.lattice = {{1, 0}, {}}, .seed = 1}, sample, config_of_counts().features);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings.front().starts_with("4 % of the data have exactly a = -1, a spike")) << warnings.front();
}

}  // namespace
}  // namespace eddy::search
