#include <eddy/search/config.hpp>
#include <eddy/search/validation/window_correction.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <search/synthetic_resonance.hpp>

#include <cmath>
#include <numbers>
#include <vector>

namespace eddy::search {
namespace {

/// Experiments that see 25 % more than they predict, with an error of 5 %.
ValidatedCut validated_cut(double efficiency = 0.1) {
  ValidatedCut cut{.efficiency = efficiency, .is_known = true, .experiments = {.factor = 1.25, .error = 0.05}};
  cut.correction = cut.experiments;
  return cut;
}

/// Two windows that see `observed` where the rest of their spectra predicts 800 +- 40 and the experiments 1000.
std::vector<ValidationWindow> windows_that_see(double observed) {
  const WindowCut seen{.efficiency = 0.1, .observed = observed, .predicted = 800, .predicted_error = 40};
  return {{.low = 1, .high = 2, .cuts = {seen}}, {.low = 3, .high = 4, .cuts = {seen}}};
}

/// The variance of the mean of both: of the count, of the fit, and of one more training.
constexpr double kVariance = (1.0 / 1000 + 0.05 * 0.05 + 0.05 * 0.05) / 2;

TEST(CompareWindows, AddsWhatTheExperimentsDoNotKnow) {
  ValidatedCut cut = validated_cut();
  compare_windows(windows_that_see(1200), cut);
  ASSERT_TRUE(cut.windows.has_value());
  EXPECT_DOUBLE_EQ(cut.windows->mean, 0.2) << "1200 where 1000 are expected";
  EXPECT_DOUBLE_EQ(cut.windows->mean_error, std::sqrt(kVariance));
  const double kept = 1 - kVariance / 0.04;
  EXPECT_DOUBLE_EQ(cut.correction.factor, 1.25 * (1 + 0.2 * kept));
  EXPECT_DOUBLE_EQ(cut.correction.error, std::hypot(0.05, std::sqrt(kept * kVariance) / (1 + 0.2 * kept)));
}

/// Windows that see 20 % less do not lower the prediction: that much is charged.
TEST(CompareWindows, NeverLowerAPrediction) {
  ValidatedCut cut = validated_cut();
  compare_windows(windows_that_see(800), cut);
  ASSERT_TRUE(cut.windows.has_value());
  EXPECT_DOUBLE_EQ(cut.windows->mean, -0.2) << "800 where 1000 are expected";
  EXPECT_EQ(cut.windows->applied, 0);
  EXPECT_EQ(cut.correction.factor, 1.25);
  const double kept = 1 - kVariance / 0.04;
  EXPECT_DOUBLE_EQ(cut.correction.error, std::hypot(0.05, std::hypot(std::sqrt(kept * kVariance), 0.2 * kept)));
}

/// Without experiments, 1200 where 800 are predicted is half as much again, with the errors of count and fit alone.
TEST(DescribeWindows, SaysWhatTheySeeAndCorrectsNothing) {
  ValidatedCut cut{.efficiency = 0.1};
  compare_windows(windows_that_see(1200), cut);
  EXPECT_FALSE(cut.windows.has_value()) << "nothing is known to compare them with";
  describe_windows(windows_that_see(1200), cut);
  ASSERT_TRUE(cut.windows.has_value());
  EXPECT_DOUBLE_EQ(cut.windows->mean, 0.5);
  EXPECT_DOUBLE_EQ(cut.windows->mean_error, std::sqrt((1.0 / 800 + 0.05 * 0.05) / 2));
  EXPECT_EQ(cut.correction.factor, 1);
  EXPECT_EQ(cut.correction.error, 0);
  describe_windows(windows_that_see(400), cut);
  EXPECT_DOUBLE_EQ(cut.windows->mean, -0.5) << "downwards, too: it is what they see";
}

TEST(CompareWindows, LeavesACutAsItIsWithoutEvents) {
  ValidatedCut cut = validated_cut();
  compare_windows({{.low = 1, .high = 2, .cuts = {{.efficiency = 0.1, .observed = 12, .predicted = 9}}},
                   {.low = 3, .high = 4, .cuts = {}, .failure = "no fit"}},
                  cut);
  EXPECT_FALSE(cut.windows.has_value());
  EXPECT_EQ(cut.correction.factor, 1.25);
}

TEST(ChargeAsLooserCuts, NoCutIsChargedLessThanALooserOne) {
  std::vector<ValidatedCut> cuts = {validated_cut(0.01), validated_cut(0.1), validated_cut(0.03), validated_cut(0.001)};
  cuts[0].correction.spurious = 0.05;
  cuts[1].correction.spurious = 0.2;
  cuts[2].correction.spurious = 0.3;
  cuts[3].is_known = false;
  charge_as_looser_cuts(cuts);
  EXPECT_EQ(cuts[0].correction.spurious, 0.3) << "as behind 3 %";
  EXPECT_EQ(cuts[1].correction.spurious, 0.2) << "the loosest stays";
  EXPECT_EQ(cuts[2].correction.spurious, 0.3);
  EXPECT_EQ(cuts[3].correction.spurious, 0) << "not corrected at all";
}

/// 20,000 events of density 1/m^2 from 2.1 to 5.7, exactly, and `hump` events in the middle of each window.
ValidationWindow window_with_hump(double low, double hump) {
  constexpr double kWidth = 0.1;
  constexpr double kHumpWidth = 0.1;
  ValidationWindow window{.low = low, .high = low + 0.4, .cuts = {}, .failure = {}};
  WindowCut cut{.efficiency = 0.1, .predicted_error = 20, .order = 3};
  for (int i = 0; i <= 36; ++i) {
    cut.spectrum.edges.push_back(2.1 + kWidth * i);
  }
  for (std::size_t bin = 0; bin + 1 < cut.spectrum.edges.size(); ++bin) {
    const double from = cut.spectrum.edges[bin];
    const double to = cut.spectrum.edges[bin + 1];
    const double expected = 20000 * (1 / from - 1 / to) / (1 / 2.1 - 1 / 5.7);
    const double pull = ((from + to) / 2 - (low + 0.2)) / kHumpWidth;
    const double added = hump * kWidth / kHumpWidth / std::sqrt(2 * std::numbers::pi) * std::exp(-pull * pull / 2);
    cut.spectrum.counts.push_back(expected + added);
    cut.closed.push_back((from + to) / 2 > kWindowLow && (from + to) / 2 < kWindowHigh);
    if ((from + to) / 2 > low && (from + to) / 2 < low + 0.4) {
      cut.predicted += expected;
      cut.observed += expected + added;
    }
  }
  window.cuts.push_back(cut);
  return window;
}

Validation corrected(double hump) {
  SearchConfig config = quick_resonant_config("cwola");
  config.bump_hunt.sqrt_s = 13;
  config.bump_hunt.width = 0.03;
  Validation validation;
  validation.cuts = {validated_cut()};
  validation.cuts[0].experiments = validation.cuts[0].correction = {.factor = 1, .error = 0.01};
  validation.tried.windows = {window_with_hump(2.9, hump), window_with_hump(3.7, hump)};
  correct_by_windows(config, validation);
  return validation;
}

TEST(CorrectByWindows, ChargesTheSignalThatFitsFindInThem) {
  const Validation flat = corrected(0);
  EXPECT_NEAR(flat.cuts[0].correction.factor, 1, 1e-6);
  EXPECT_EQ(flat.cuts[0].correction.spurious, 0);
  EXPECT_TRUE(flat.warnings.empty());
  const Validation humped = corrected(500);
  EXPECT_GT(humped.cuts[0].correction.factor, 1.1);
  EXPECT_GT(humped.cuts[0].correction.spurious, 0.05) << "the step that corrects the count is no hump";
  ASSERT_EQ(humped.warnings.size(), 1U);
  EXPECT_THAT(humped.warnings[0], testing::HasSubstr("off by more than trainings without signal explain"));
}

TEST(CorrectByWindows, SaysThatThereAreNone) {
  Validation validation;
  validation.cuts = {validated_cut()};
  validation.tried.none = "there is no room";
  correct_by_windows(quick_resonant_config("cwola"), validation);
  EXPECT_THAT(validation.warnings, testing::ElementsAre("there is no room"));
  EXPECT_EQ(validation.cuts[0].correction.factor, 1.25);
}

}  // namespace
}  // namespace eddy::search
