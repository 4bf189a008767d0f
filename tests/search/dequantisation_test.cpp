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

TEST(StepOf, IsTheDivisorOfAllDifferences) {
  EXPECT_EQ(step_of(repeated({0, 1, 2, 3}, 1000)), 1.0F);
  EXPECT_EQ(step_of(repeated({2, 4, 8, 14}, 1000)), 2.0F);
  EXPECT_EQ(step_of(repeated({1, 3, 6}, 1000)), 1.0F);
  EXPECT_NEAR(step_of(repeated({0.1F, 0.2F, 0.3F, 0.7F}, 1000)), 0.1, 1e-6);
  EXPECT_NEAR(step_of(repeated({1000.01F, 1000.02F, 1000.05F}, 1000)), 0.01, 2e-4);
}

TEST(StepOf, TakesNumbersThatDifferByRoundingForOne) {
  std::vector<float> ratios(1000);
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    const auto a = static_cast<float>(7 + i);
    ratios[i] = (2 + static_cast<float>(i % 7) / 10) * a / a;  // seven numbers, each computed in many ways
  }
  EXPECT_NEAR(step_of(ratios), 0.1, 1e-5);
}

TEST(StepOf, OfValuesWithoutADivisorIsTheSmallestDifference) {
  EXPECT_NEAR(step_of(repeated({0, 1, 2.4142F, 5.7F}, 1000)), 1.0, 1e-6);
}

TEST(StepOf, IsZeroWhereFewEventsShareAValue) {
  std::vector<float> continuous(1000);
  for (std::size_t i = 0; i < continuous.size(); ++i) {
    continuous[i] = std::sqrt(static_cast<float>(i));
  }
  EXPECT_EQ(step_of(continuous), 0.0F);
  EXPECT_EQ(step_of(repeated({0, 1, 2, 3}, 79)), 0.0F);
  EXPECT_EQ(step_of(repeated({0, 1, 2, 3}, 80)), 1.0F);
  EXPECT_EQ(step_of(repeated({5}, 1000)), 0.0F) << "a constant has no steps";
  EXPECT_EQ(step_of({}), 0.0F);
}

TEST(Dequantised, IsUniformWithinAStepAndLeavesTheRest) {
  constexpr std::size_t kEvents = 70000;
  const Sample sample = sample_with_counts(kEvents, 1);
  const Dequantisation steps = choose_dequantisation(config_of_counts(), sample);
  ASSERT_EQ(steps.step, (std::vector<float>{1, 0}));
  const base::Matrix spread = dequantised(steps, sample.x, sample.context);
  double sum = 0;
  double squares = 0;
  double with_feature = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    const double noise = double{spread(i, 0)} - sample.x(i, 0);
    ASSERT_LE(std::abs(noise), 0.5);
    ASSERT_EQ(std::nearbyint(spread(i, 0)), sample.x(i, 0)) << "nothing is lost";
    ASSERT_EQ(spread(i, 1), sample.x(i, 1));
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
  const Dequantisation steps = choose_dequantisation(config_of_counts(), sample);
  const base::Matrix all = dequantised(steps, sample.x, sample.context);
  const std::vector<std::size_t> rows = {7, 3, 999};
  const Sample few = take_events(sample, rows);
  const base::Matrix again = dequantised(steps, few.x, few.context);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(again(i, 0), all(rows[i], 0));
  }
  const base::Matrix other = dequantised({.step = steps.step, .seed = 2}, sample.x, sample.context);
  EXPECT_NE(other(0, 0), all(0, 0));
}

TEST(Dequantised, OfEqualEventsDiffer) {
  Sample sample = sample_with_counts(1000, 1);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    sample.x(i, 1) = 0;
    sample.context(i, 0) = 0;
  }
  const base::Matrix spread = dequantised({.step = {1, 0}, .seed = 1}, sample.x, sample.context);
  std::vector<float> values;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    values.push_back(spread(i, 0));
  }
  EXPECT_EQ(step_of(values), 0.0F) << "events without any continuous value are spread too";
}

TEST(ChooseDequantisation, FollowsTheConfigurationAndTheMethod) {
  const Sample sample = sample_with_counts(1000, 1);
  SearchConfig config = config_of_counts();
  config.features.dequantise = {};
  EXPECT_FALSE(choose_dequantisation(config, sample).is_needed());
  config.features.dequantise = {"n"};
  EXPECT_EQ(choose_dequantisation(config, sample).step, (std::vector<float>{1, 0}));
  config.features.dequantise = {"a"};
  test::expect_throws_with<base::InputError>([&] { (void)choose_dequantisation(config, sample); }, "names 'a'",
                                             "takes no steps");
  config.features.dequantise = {"auto"};
  config.search.method = "cwola";
  EXPECT_FALSE(choose_dequantisation(config, sample).is_needed()) << "trees may see whole numbers";
}

TEST(Dequantisation, SurvivesItsFile) {
  const Dequantisation steps{.step = {0.1F, 0, 2}, .seed = 7};
  const Dequantisation again = dequantisation_from_json(to_json(steps));
  EXPECT_EQ(again.step, steps.step);
  EXPECT_EQ(again.seed, steps.seed);
}

TEST(WarningsOfSteps, NameAFeatureThatTwoSamplesFillInDifferentWays) {
  Sample other = sample_with_counts(1000, 2);
  other.name = "template";
  EXPECT_TRUE(warnings_of_steps({.step = {1, 0}, .seed = 1}, other, {"n", "a"}).empty());
  const std::vector<std::string> warnings = warnings_of_steps({.step = {0, 0}, .seed = 1}, other, {"n", "a"});
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings.front(),
            "'n' takes steps of 1 in the template and none in the data, which tells the samples "
            "apart and not events; fill it in the same way in both");
  const std::vector<std::string> turned = warnings_of_steps({.step = {1, 0.5F}, .seed = 1}, other, {"n", "a"});
  ASSERT_EQ(turned.size(), 1U);
  EXPECT_TRUE(turned.front().starts_with("'a' takes steps of 0.5 in the data and none in the template"));
}

TEST(WarningsOfSteps, NameASpikeAmongContinuousValues) {
  Sample sample = sample_with_counts(5000, 1);
  for (std::size_t i = 0; i < 200; ++i) {
    sample.x(i, 1) = -1;
  }
  const std::vector<std::string> warnings = warnings_of_steps({.step = {1, 0}, .seed = 1}, sample, {"n", "a"});
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings.front().starts_with("4 % of the data have exactly a = -1, a spike")) << warnings.front();
}

}  // namespace
}  // namespace eddy::search
