#include <eddy/search/finding.hpp>
#include <eddy/search/resonant/resonant_windows.hpp>
#include <eddy/search/search.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>

#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

constexpr stats::MassWindow kSignalRegion{kWindowLow, kWindowHigh};

std::vector<float> masses_of(std::size_t n) { return first_context(resonance_background(n, 1, 0)); }

TEST(WindowsBeside, LieBelowAndAboveByTurns) {
  const std::vector<stats::MassWindow> windows = windows_beside(kSignalRegion, {2, 6}, masses_of(40000), 4);
  ASSERT_EQ(windows.size(), 4U);
  const std::vector<double> lows = {2.9, 3.7, 2.5, 4.1};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(windows[i].low, lows[i], 1e-12);
    EXPECT_NEAR(windows[i].high, lows[i] + 0.4, 1e-12);
  }
}

/// Half a width of sideband is needed beyond: 2.3 to 2.5 is enough for 2.5 to 2.9, 2.32 to 2.5 is not.
TEST(WindowsBeside, LeaveASidebandBeyond) {
  EXPECT_EQ(windows_beside(kSignalRegion, {2.29, 4.0}, masses_of(40000), 4).size(), 2U) << "both below";
  EXPECT_EQ(windows_beside(kSignalRegion, {2.32, 4.0}, masses_of(40000), 4).size(), 1U);
  EXPECT_TRUE(windows_beside(kSignalRegion, {3.0, 4.0}, masses_of(40000), 4).empty());
}

/// A third of the density of 1/m^2 between 2 and 6 lies behind each: 12.5 % in the first window, 7.9 % in the second.
TEST(WindowsBeside, HoldEnoughEvents) {
  const std::vector<stats::MassWindow> windows = windows_beside(kSignalRegion, {2, 6}, masses_of(5000), 2);
  ASSERT_EQ(windows.size(), 2U);
  EXPECT_NEAR(windows[0].low, 2.9, 1e-12);
  EXPECT_NEAR(windows[1].low, 2.5, 1e-12) << "some 400 lie from 3.7 to 4.1";
}

class ResonantWindows : public testing::Test {
 protected:
  ResonantWindows() : inputs(resonance_inputs(20000, 0, 1, 0)), config(quick_resonant_config("cwola")) {
    config.validation.windows = 2;
    finding.signal_window = kSignalRegion;
  }
  [[nodiscard]] std::vector<ValidationWindow> windows() const {
    return try_windows_resonant({inputs, config, base::TaskStore(folder.path()), {}}, finding).windows;
  }

  test::TemporaryFolder folder;
  SearchInputs inputs;
  SearchConfig config;
  Finding finding;
};

/// Features that know nothing of the mass: what passes is predicted, with the error of count and fit.
TEST_F(ResonantWindows, PredictWhatPassesWhereNothingIsWrong) {
  const std::vector<ValidationWindow> found = windows();
  ASSERT_EQ(found.size(), 2U);
  for (const ValidationWindow& window : found) {
    EXPECT_EQ(window.failure, "");
    ASSERT_EQ(window.cuts.size(), config.efficiencies.size());
    for (const WindowCut& cut : window.cuts) {
      const double n_inside = 20000 * (1 / window.low - 1 / window.high) / (1 / kMassLow - 1 / kMassHigh);
      EXPECT_NEAR(cut.predicted, n_inside * cut.efficiency,
                  5 * std::hypot(cut.predicted_error, std::sqrt(n_inside) / 5));
      EXPECT_NEAR(cut.observed, cut.predicted, 5 * std::hypot(cut.predicted_error, std::sqrt(cut.predicted)));
    }
  }
}

/// A correction of 50 % in all windows holds what the fits see there; without one they find it as a signal.
TEST_F(ResonantWindows, AreFittedAfterTheCorrection) {
  std::vector<ValidationWindow> found = windows();
  ValidatedCut cut{.efficiency = 0.1, .is_known = true};
  cut.correction = {.factor = 1, .error = 0.02};
  const auto as_it_is = spurious_in_windows(config, found, cut);
  ASSERT_TRUE(as_it_is.has_value());
  EXPECT_NEAR(as_it_is->mean, 0, 4 * as_it_is->mean_error);
  for (ValidationWindow& window : found) {  // half as many again, in every bin of the window
    stats::MassHistogram& spectrum = window.cuts.front().spectrum;
    for (std::size_t bin = 0; bin < spectrum.n_bins(); ++bin) {
      const double centre = (spectrum.edges[bin] + spectrum.edges[bin + 1]) / 2;
      spectrum.counts[bin] *= centre > window.low && centre < window.high ? 1.5 : 1;
    }
  }
  const auto uncorrected = spurious_in_windows(config, found, cut);
  EXPECT_GT(uncorrected->mean, as_it_is->mean + 3 * as_it_is->mean_error);
  cut.correction.factor = 1.5;
  EXPECT_NEAR(spurious_in_windows(config, found, cut)->mean, as_it_is->mean, 0.5 * as_it_is->mean_error + 0.1);
  EXPECT_FALSE(spurious_in_windows(config, {}, cut).has_value());
}

/// What is in the signal region changes no bit, so that windows may be looked at before it is.
TEST_F(ResonantWindows, KnowNothingOfTheSignalRegion) {
  const std::vector<ValidationWindow> before = windows();
  std::vector<std::size_t> kept;  // half of them, and these stand out
  for (std::size_t i = 0; i < inputs.data.size(); ++i) {
    if (inputs.data.in_signal_region[i] != 0) {
      inputs.data.x(i, 0) += 5;
    }
    if (inputs.data.in_signal_region[i] == 0 || i % 2 == 0) {
      kept.push_back(i);
    }
  }
  inputs.data = take_events(inputs.data, kept);
  const test::TemporaryFolder elsewhere;
  const std::vector<ValidationWindow> after =
      try_windows_resonant({inputs, config, base::TaskStore(elsewhere.path()), {}}, finding).windows;
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t w = 0; w < after.size(); ++w) {
    for (std::size_t c = 0; c < after[w].cuts.size(); ++c) {
      EXPECT_EQ(after[w].cuts[c].observed, before[w].cuts[c].observed);
      EXPECT_EQ(after[w].cuts[c].predicted, before[w].cuts[c].predicted);
    }
  }
}

/// Events of one window that stand out are found there, behind a cut that leaves sidebands to fit.
TEST_F(ResonantWindows, SeeWhatStandsOutInOneOfThem) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < inputs.data.size(); ++i) {
    const float mass = inputs.data.context(i, 0);
    if (mass >= 2.9F && mass < 3.3F && ++n % 10 == 0) {
      inputs.data.x(i, 0) += 3;
    }
  }
  const std::vector<ValidationWindow> found = windows();
  ASSERT_EQ(found.size(), 2U);
  ASSERT_FALSE(found[0].cuts.empty());
  ASSERT_FALSE(found[1].cuts.empty());
  const WindowCut& below = found[0].cuts.front();
  EXPECT_GT(below.observed, below.predicted + 5 * std::hypot(below.predicted_error, std::sqrt(below.predicted)));
  const WindowCut& above = found[1].cuts.front();
  EXPECT_NEAR(above.observed, above.predicted, 5 * std::hypot(above.predicted_error, std::sqrt(above.predicted)));
}

}  // namespace
}  // namespace eddy::search
