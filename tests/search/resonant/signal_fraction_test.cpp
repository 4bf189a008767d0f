#include <eddy/base/error.hpp>
#include <eddy/search/resonant/signal_fraction.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>

namespace eddy::search {
namespace {

constexpr stats::MassWindow kWindow = {kWindowLow, kWindowHigh};

/// Densities that are those of the world, two folds of two retrainings of them, and events in the signal region.
struct Known {
  Known(std::size_t n_background, std::size_t n_signal) {
    const Sample background = in_window(resonance_background(200000, 3, 0));
    const Sample signal = in_window(resonance_signal(20000, 4, 0));
    detectors.resize(2);
    for (std::vector<Detector>& of_fold : detectors) {
      of_fold.resize(2);
      for (Detector& detector : of_fold) {
        detector.background = gaussian_flow(background);
        detector.data = gaussian_flow(signal);
      }
    }
    const SearchInputs inputs = resonance_inputs(n_background, n_signal, 5, 0);
    judged.data = inputs.data;
    for (std::size_t i = 0; i < judged.data.size(); ++i) {
      judged.data_fold.push_back(static_cast<std::uint8_t>(i % 2));
    }
  }
  static Sample in_window(const Sample& sample) { return take_events(sample, region_rows(sample, true)); }
  [[nodiscard]] double n_inside() const {
    return static_cast<double>(std::ranges::count(judged.data.in_signal_region, 1));
  }
  Detectors detectors;
  Judged judged;
};

TEST(SignalFraction, of_true_densities_is_the_labelled_one) {
  const Known known(40000, 200);
  const SignalFraction found = estimate_signal_fraction(known.detectors, known.judged, kWindow);
  EXPECT_EQ(static_cast<double>(found.signal_region.n_events), known.n_inside());
  ASSERT_TRUE(found.truth);
  EXPECT_NEAR(*found.truth, 0.95 * 200 / known.n_inside(), 0.005);
  // The two hardly overlap: 190 events are counted with an error of little more than their root.
  EXPECT_NEAR(found.signal_region.fraction, *found.truth, 3 * 15 / known.n_inside());
  // Beside it, within 0.2 TeV, there is what is left of a width of 0.1 TeV: 5 % of the signal, among 4,000 events.
  ASSERT_TRUE(found.beside);
  EXPECT_NEAR(static_cast<double>(found.beside->n_events), known.n_inside(), 0.15 * known.n_inside());
  EXPECT_LT(found.beside->fraction, 0.01);
  EXPECT_LT(found.signal_region.low, found.signal_region.fraction);
  EXPECT_GT(found.signal_region.high, found.signal_region.fraction);
  EXPECT_LT(found.signal_region.high - found.signal_region.low, 2 * 2 * 15 / known.n_inside());
}

TEST(SignalFraction, of_background_is_compatible_with_nothing) {
  Known known(40000, 0);
  const SignalFraction found = estimate_signal_fraction(known.detectors, known.judged, kWindow);
  EXPECT_LT(found.signal_region.fraction, 0.005);
  EXPECT_FALSE(found.truth) << "there are no labels";
}

// Each fold by its own detectors: with those of the other useless, only one fold has signal to be seen.
TEST(SignalFraction, judges_each_fold_by_its_own_densities) {
  Known known(40000, 200);
  for (Detector& detector : known.detectors[1]) {
    detector.data = detector.background;
  }
  const SignalFraction found = estimate_signal_fraction(known.detectors, known.judged, kWindow);
  const SignalFraction both = estimate_signal_fraction(Known(40000, 200).detectors, known.judged, kWindow);
  EXPECT_NEAR(found.signal_region.fraction, both.signal_region.fraction,
              0.02);  // of the fold that sees: the other one says nothing
  EXPECT_GT(found.signal_region.high - found.signal_region.low,
            1.2 * (both.signal_region.high - both.signal_region.low));
}

// What the background's density lacks is taken for signal, and is so beside the signal region.
TEST(SignalFraction, beside_the_signal_region_shows_what_the_background_lacks) {
  Known known(40000, 0);
  for (std::size_t i = 0; i < known.judged.data.size(); i += 50) {  // 2 % of all events, at all masses
    const Sample signal = resonance_signal(1, i, 0);
    std::ranges::copy(signal.x.row(0), known.judged.data.x.row(i).begin());
  }
  const SignalFraction found = estimate_signal_fraction(known.detectors, known.judged, kWindow);
  ASSERT_TRUE(found.beside);
  EXPECT_NEAR(found.signal_region.fraction, 0.02, 0.01);  // 80 events of 4,000: 0.0025
  EXPECT_NEAR(found.beside->fraction, 0.02, 0.01);
  known.judged.data.in_signal_region.assign(known.judged.data.size(), 1);
  EXPECT_FALSE(estimate_signal_fraction(known.detectors, known.judged, kWindow).beside) << "no sidebands";
}

TEST(SignalFraction, needs_events) {
  Known known(1000, 0);
  std::ranges::fill(known.judged.data.in_signal_region, std::uint8_t{0});
  test::expect_throws_with<base::NumericError>(
      [&] { static_cast<void>(estimate_signal_fraction(known.detectors, known.judged, kWindow)); }, "no event");
}

}  // namespace
}  // namespace eddy::search
