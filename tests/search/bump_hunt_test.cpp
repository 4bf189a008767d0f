#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/bump_background.hpp>
#include <eddy/search/bump_hunt.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "bump_spectra.hpp"
#include "check_throws.hpp"

namespace eddy::search {
namespace {

using base::InputError;
using testing::Contains;

struct Experiments {
  std::vector<double> counting_z;
  std::vector<double> z;
  std::vector<double> pull;
  int n_bad_fits = 0;
};
Experiments experiments(std::size_t n_events, std::size_t n_signal, const BumpHuntSettings& settings) {
  Experiments results;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const BumpHunt hunt = hunt_bump(spectrum(seed, n_events, n_signal), kWindow, settings, {}, kStream);
    EXPECT_TRUE(hunt.prediction && hunt.signal) << seed << " " << hunt.failures.front();
    results.n_bad_fits += hunt.failures.empty() ? 0 : 1;
    results.counting_z.push_back(hunt.counting_z);
    results.z.push_back(hunt.signal->z);
    results.pull.push_back((hunt.signal->strength - static_cast<double>(n_signal)) / hunt.signal->strength_error);
  }
  return results;
}

// Of 200 standard normal numbers the mean is known to 1 / sqrt(200), the standard deviation to 1 / sqrt(400); four of
// these each.
constexpr double kMeanError = 4 * 0.071;
constexpr double kDeviationError = 4 * 0.05;

/// The events of the sidebands are those that a fit lacks: none here, and fifteen in the signal region.
TEST(HuntBump, counts_the_sidebands_alone_where_they_are_too_few) {
  BumpHuntSettings settings = quick_settings();
  settings.range = {kWindow.low - 0.5, kWindow.high + 0.5};
  const std::vector<float> masses(15, static_cast<float>(0.5 * (kWindow.low + kWindow.high)));
  const BumpHunt hunt = hunt_bump(masses, kWindow, settings, {}, kStream);
  EXPECT_THAT(hunt.failures, Contains(testing::HasSubstr("bins with 0 events, too few to fit")));
}

TEST(HuntBump, finds_nothing_where_nothing_is) {
  BumpHuntSettings settings = quick_settings();
  settings.range = {2.7, 8};
  settings.order = 3;  // the true shape
  const Experiments results = experiments(20000, 0, settings);
  for (const auto& z : {results.counting_z, results.z}) {
    const auto [mean, deviation] = moments(z);
    EXPECT_NEAR(mean, 0, kMeanError);
    EXPECT_NEAR(deviation, 1, kDeviationError);
  }
  EXPECT_LE(results.n_bad_fits, 8);  // 1 in 100 by the definition of a bad fit: 2 +- 1.4
}

TEST(HuntBump, finds_nothing_where_nothing_is_with_range_and_order_of_its_own_choice) {
  const Experiments results = experiments(3000, 0, quick_settings());
  const auto [mean, deviation] = moments(results.z);
  EXPECT_NEAR(mean, 0, kMeanError);
  // Where the F-test takes a parameter too many (5 % of spectra, more than one choice), Z scatters more.
  EXPECT_NEAR(deviation, 1, kDeviationError + 0.05);
}

TEST(HuntBump, finds_a_bump_of_known_size) {
  BumpHuntSettings settings = quick_settings();
  settings.range = {2.7, 8};
  settings.order = 3;
  const Experiments results = experiments(20000, 400, settings);
  const auto [mean, deviation] = moments(results.pull);
  EXPECT_NEAR(mean, 0, kMeanError);
  EXPECT_NEAR(deviation, 1, kDeviationError);
  EXPECT_GT(moments(results.z).mean, 4);  // 400 over some 1800 +- 42 in the window, and the error of the fit
  EXPECT_GT(moments(results.counting_z).mean, 3);
}

TEST(HuntBump, reports_the_spectrum_and_where_the_signal_is) {
  const std::vector<float> masses = spectrum(7, 20000, 400);
  BumpHuntSettings settings = quick_settings();
  settings.scan_points = 20;
  settings.toys = 100;
  const BumpHunt hunt = hunt_bump(masses, kWindow, settings, {}, kStream);
  EXPECT_EQ(sum(hunt.spectrum.counts) + hunt.n_outside_range, 20400);
  EXPECT_EQ(hunt.spectrum.edges[hunt.signal_bins.first], kWindow.low);
  EXPECT_EQ(hunt.spectrum.edges[hunt.signal_bins.last], kWindow.high);
  EXPECT_GE(std::ranges::min(hunt.spectrum.counts), 5);
  EXPECT_EQ(hunt.observed, std::ranges::count_if(masses, [](float m) { return m >= 3.3F && m < 3.7F; }));
  EXPECT_EQ(hunt.signal_shape.mean, 3.5);
  EXPECT_NEAR(hunt.signal_shape.width, 0.14, 1e-12);
  EXPECT_NEAR(sum(hunt.signal_template), 1, 1e-6);  // the range begins 4 and more standard deviations below
  ASSERT_TRUE(hunt.scan && hunt.scan_signal_region && hunt.prediction);
  EXPECT_EQ(hunt.scan->points.size(), 20U);
  for (const stats::ScanPoint& point : hunt.scan->points) {
    EXPECT_GE(point.signal.mean - 2 * point.signal.width, hunt.spectrum.edges.front() - 1e-9);
    EXPECT_LE(point.signal.mean + 2 * point.signal.width, hunt.spectrum.edges.back() + 1e-9);
  }
  EXPECT_EQ(hunt.scan_signal_region->points.front().signal.mean, kWindow.low);
  EXPECT_NEAR(hunt.scan_signal_region->points.back().signal.mean, kWindow.high, 1e-12);
  EXPECT_NEAR(hunt.scan_signal_region->points[hunt.scan_signal_region->best].signal.mean, 3.5, 0.1);
  EXPECT_GE(hunt.scan->global_p_value, hunt.scan_signal_region->global_p_value);
}

TEST(HuntBump, does_not_depend_on_the_number_of_threads) {
  const std::vector<float> masses = spectrum(8, 3000, 50);
  BumpHuntSettings settings = quick_settings();
  settings.scan_points = 10;
  settings.toys = 50;
  const BumpHunt two = hunt_bump(masses, kWindow, settings, {}, kStream);
  const base::ThreadLimit limit(1);
  const BumpHunt one = hunt_bump(masses, kWindow, settings, {}, kStream);
  EXPECT_EQ(one.signal->z, two.signal->z);
  EXPECT_EQ(one.counting_p_value, two.counting_p_value);
  EXPECT_EQ(one.scan->global_p_value, two.scan->global_p_value);
  EXPECT_EQ(one.scan_signal_region->global_p_value, two.scan_signal_region->global_p_value);
}

TEST(HuntBump, with_a_template_of_gaussian_events_agrees_with_the_gaussian) {
  const std::vector<float> masses = spectrum(9, 20000, 400);
  base::RandomStream stream({42}, "template");
  std::vector<float> signal(200000);
  for (float& mass : signal) {
    mass = static_cast<float>(3.5 + 0.14 * stream.normal());
  }
  const BumpHunt gaussian = hunt_bump(masses, kWindow, quick_settings(), {}, kStream);
  const BumpHunt templated = hunt_bump(masses, kWindow, quick_settings(), signal, kStream);
  // 200000 events know each bin of a few per cent to 1 %; so do Z and the strength.
  EXPECT_NEAR(templated.signal->z, gaussian.signal->z, 0.02 * gaussian.signal->z);
  EXPECT_NEAR(templated.signal->strength, gaussian.signal->strength, 0.02 * gaussian.signal->strength);
}

TEST(HuntBump, an_uncertain_yield_loosens_the_limit_and_leaves_the_significance) {
  const std::vector<float> masses = spectrum(10, 20000);
  BumpHuntSettings settings = quick_settings();
  const BumpHunt certain = hunt_bump(masses, kWindow, settings, {}, kStream);
  settings.signal_uncertainty = 0.3;
  const BumpHunt uncertain = hunt_bump(masses, kWindow, settings, {}, kStream);
  EXPECT_GT(uncertain.signal->limit.observed, certain.signal->limit.observed);
  EXPECT_NEAR(uncertain.signal->z, certain.signal->z, 1e-4);
}

TEST(HuntBump, copes_with_fifty_events) {
  std::size_t n_fits = 0;
  std::vector<double> z;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const BumpHunt hunt = hunt_bump(spectrum(seed, 50), kWindow, quick_settings(), {}, kStream);
    EXPECT_EQ(sum(hunt.spectrum.counts) + hunt.n_outside_range, 50) << seed;
    EXPECT_TRUE(hunt.signal.has_value() || !hunt.failures.empty()) << seed;
    n_fits += hunt.signal ? 1 : 0;
    if (hunt.signal) {
      z.push_back(hunt.signal->z);
    }
  }
  EXPECT_GE(n_fits, 70U);  // in the others fewer than 4 bins of 5 events are left beside the signal region
  // With 15 events in the window Z is skewed by some 1 / sqrt(15), and the F-test chooses: twice the error of 100.
  EXPECT_NEAR(moments(z).mean, 0, 8 / std::sqrt(100.0) / 2);
  EXPECT_NEAR(moments(z).deviation, 1, 0.35);
}

TEST(HuntBump, says_that_too_few_bins_are_left) {
  for (const std::size_t n : {0U, 1U, 6U}) {
    const BumpHunt hunt = hunt_bump(spectrum(11, n), kWindow, quick_settings(), {}, kStream);
    EXPECT_EQ(hunt.failures.size(), 1U) << n;
    EXPECT_THAT(hunt.failures, Contains(testing::HasSubstr(n < 6 ? "no event passes" : "too few"))) << n;
    EXPECT_FALSE(hunt.prediction || hunt.signal || hunt.scan) << n;
    EXPECT_EQ(hunt.counting_p_value, 1) << n;
    EXPECT_TRUE(hunt.shape.empty()) << n;
  }
}

TEST(HuntBump, says_that_sidebands_are_empty) {
  BumpHuntSettings settings = quick_settings();
  settings.range = {2.7, 6};
  settings.range_is_covered = true;  // a cut keeps this one mass of all that were selected
  settings.min_bin_events = 0;       // no bins are merged
  const std::vector<float> one_bin(500, 3.45F);
  const BumpHunt hunt = hunt_bump(one_bin, kWindow, settings, {}, kStream);
  EXPECT_EQ(hunt.observed, 500);
  EXPECT_THAT(hunt.failures, Contains(testing::HasSubstr("no events")));
  EXPECT_FALSE(hunt.signal);
}

TEST(HuntBump, shows_that_a_sculpted_spectrum_is_not_described) {
  // A cut that keeps what is near 2.9 and 4.3: two peaks beside the signal region, no falling spectrum.
  base::RandomStream stream({43}, "sculpted");
  std::vector<float> masses;
  for (const float mass : spectrum(12, 200000)) {
    const double keep = std::exp(-8 * std::pow(mass - 2.9, 2)) + std::exp(-8 * std::pow(mass - 4.3, 2));
    if (stream.uniform() < keep) {
      masses.push_back(mass);
    }
  }
  BumpHuntSettings settings = quick_settings();
  settings.range = {2.7, 6};
  const BumpHunt hunt = hunt_bump(masses, kWindow, settings, {}, kStream);
  EXPECT_THAT(hunt.failures, Contains(testing::HasSubstr("does not describe the sidebands")));
}

TEST(HuntBump, fits_a_flat_spectrum_with_a_polynomial) {
  base::RandomStream stream({44}, "flat");
  std::vector<float> masses(5000);
  for (float& mass : masses) {
    mass = static_cast<float>(-10 + 20 * stream.uniform());
  }
  BumpHuntSettings settings = quick_settings();
  settings.shape = "bernstein";
  settings.bin_width = 0.5;
  settings.mass = 0.1;
  settings.width = 2;  // relative to 0.1
  const BumpHunt hunt = hunt_bump(masses, {-0.5, 0.5}, settings, {}, kStream);
  ASSERT_TRUE(hunt.failures.empty()) << hunt.failures.front();
  EXPECT_GT(hunt.prediction->fit.quality.goodness_of_fit, 1e-3);
  EXPECT_LT(std::abs(hunt.signal->z), 4);
  EXPECT_LT(hunt.spectrum.edges.front(), -8);
  EXPECT_GT(hunt.spectrum.edges.back(), 9);
}

TEST(HuntBump, refuses_settings_that_do_not_fit) {
  const std::vector<float> masses = spectrum(13, 1000);
  const auto hunt = [&](const BumpHuntSettings& settings) {
    return [&masses, settings] { static_cast<void>(hunt_bump(masses, kWindow, settings, {}, kStream)); };
  };
  BumpHuntSettings settings = quick_settings();
  settings.range = {3.4, 6};
  test::expect_throws_with<InputError>(hunt(settings), "range = [3.4, 6]", "no sideband", "widen");
  settings.range = {2.7, 3.7};
  test::expect_throws_with<InputError>(hunt(settings), "no sideband");
  settings.range = {6, 2.7};
  test::expect_throws_with<InputError>(hunt(settings), "no interval");
  settings.range = {2.7};
  test::expect_throws_with<InputError>(hunt(settings), "no interval");
  settings = quick_settings();
  settings.sqrt_s = 13000;
  test::expect_throws_with<InputError>(hunt(settings), "sqrt_s = 13000", "13 for TeV");
  settings = quick_settings();
  settings.shape = "exponential";
  test::expect_throws_with<InputError>(hunt(settings), "exponential", "bernstein");
  settings = quick_settings();
  settings.order = 6;
  test::expect_throws_with<InputError>(hunt(settings), "6", "3, 4 or 5");
  settings = quick_settings();
  settings.width = 0;
  test::expect_throws_with<InputError>(hunt(settings), "width is 0", "0.04");
  settings = quick_settings();
  settings.bin_width = 1e-9;
  test::expect_throws_with<InputError>(hunt(settings), "bin_width = 1e-09", "wider");
  settings = quick_settings();
  settings.mass = 50;
  test::expect_throws_with<InputError>(hunt(settings), "50");
}

TEST(HuntBump, refuses_masses_and_windows_that_are_none) {
  const std::vector<float> bad = {3, std::numeric_limits<float>::quiet_NaN()};
  test::expect_throws_with<InputError>(
      [&] { static_cast<void>(hunt_bump(bad, kWindow, quick_settings(), {}, kStream)); }, "event 1", "nan");
  const std::vector<float> masses = spectrum(14, 100);
  for (const stats::MassWindow window : {stats::MassWindow{3.3, std::numeric_limits<double>::infinity()}, {3.7, 3.3}}) {
    test::expect_throws_with<InputError>(
        [&] { static_cast<void>(hunt_bump(masses, window, quick_settings(), {}, kStream)); }, "3.3", "border");
  }
  const std::vector<float> far = {100, 200};
  test::expect_throws_with<InputError>(
      [&] { static_cast<void>(hunt_bump(masses, kWindow, quick_settings(), far, kStream)); }, "none of the 2 events");
}

TEST(SettingsForSubsets, keep_the_bins_and_the_order) {
  const std::vector<float> all = spectrum(15, 50000);
  const BumpHunt before = hunt_bump(all, kWindow, quick_settings(), {}, kStream);
  const BumpHuntSettings settings = settings_for_subsets(quick_settings(), before);
  EXPECT_GE(settings.order, 3);
  const std::vector<double> edges = bump_hunt_edges(all, kWindow, quick_settings());
  const std::vector<double> again = bump_hunt_edges(spectrum(16, 500), kWindow, settings);
  ASSERT_EQ(edges.size(), again.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    EXPECT_NEAR(edges[i], again[i], 1e-12);
  }
  const BumpHunt after = hunt_bump(spectrum(16, 2000), kWindow, settings, {}, kStream);
  EXPECT_EQ(after.shape, before.shape);
  for (const double edge : after.spectrum.edges) {  // bins are merged, never shifted
    EXPECT_THAT(edges, Contains(testing::DoubleNear(edge, 1e-12)));
  }
}
TEST(HuntBump, of_no_event_says_so) {
  BumpHuntSettings settings =
      settings_for_subsets(quick_settings(), hunt_bump(spectrum(23, 20000), kWindow, quick_settings(), {}, kStream));
  const BumpHunt hunt = hunt_bump({}, kWindow, settings, {}, kStream);
  EXPECT_THAT(hunt.failures, testing::ElementsAre(testing::HasSubstr("no event passes")));
  EXPECT_FALSE(hunt.prediction || hunt.signal || hunt.scan);
  EXPECT_EQ(hunt.observed, 0);
}

// The signal is negative where a deficit uses up the background of a bin; Z = 0 stood beside a counting Z of 9.
TEST(HuntBump, says_that_the_fit_stands_at_its_bound) {
  BumpHuntSettings settings = quick_settings();
  settings.range = {2.5, 5};
  settings.range_is_covered = true;
  std::vector<float> masses = spectrum(24, 20000);
  std::erase_if(masses, [](float mass) { return mass < 3.3F || (mass > 3.4F && mass < 3.5F); });
  const BumpHunt hunt = hunt_bump(masses, kWindow, settings, {}, kStream);
  if (hunt.signal && hunt.signal->at_bound) {
    const bool disagrees = hunt.signal->strength >= 0 || std::abs(hunt.counting_z - hunt.signal->z) > 2;
    EXPECT_EQ(disagrees, testing::Value(hunt.failures, Contains(testing::HasSubstr("stands at its bound"))));
  }
  EXPECT_FALSE(hunt.failures.empty());
}

TEST(MergeSparseBins, keeps_all_events_and_the_borders_of_the_window) {
  const stats::MassHistogram histogram{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 3, 9, 4, 2, 8, 4, 0, 3}};
  const stats::MassHistogram merged = merge_sparse_bins(histogram, {3, 5}, 5);
  EXPECT_EQ(merged.edges, (std::vector<double>{0, 3, 5, 6, 9}));
  EXPECT_EQ(merged.counts, (std::vector<double>{13, 6, 8, 7}));
  // From the sparse ends: 1 + 3 reach 4 and the 9 stay alone; so do 3 + 0 + 4 and the 8.
  EXPECT_EQ(merge_sparse_bins(histogram, {3, 5}, 4).edges, (std::vector<double>{0, 2, 3, 5, 6, 9}));
  EXPECT_EQ(merge_sparse_bins(histogram, {3, 5}, 0).edges, histogram.edges);
  EXPECT_EQ(merge_sparse_bins(histogram, {3, 5}, 1000).counts, (std::vector<double>{13, 6, 15}));
}

TEST(ChooseBackground, takes_a_refused_parameter_where_the_fit_is_bad) {
  // Exponential over six decades in few bins: order 2 is hopeless, but F(1, 3) has little power to say so.
  stats::MassHistogram histogram{{}, {}};
  for (int i = 0; i < 8; ++i) {
    histogram.edges.push_back(i);
    histogram.counts.push_back(std::round(1e5 * std::exp(-1.6 * i)));
  }
  histogram.edges.push_back(8);
  BumpHuntSettings settings = quick_settings();
  settings.shape = "bernstein";
  const stats::OrderChoice choice = choose_background(histogram, {3, 4}, settings);
  const bool good = chosen_quality(choice).goodness_of_fit >= 0.01;
  EXPECT_TRUE(good || n_parameters(choice.steps.back().shape) == n_parameters(choice.shape));
  EXPECT_GT(n_parameters(choice.shape), 3U);
}

TEST(ClosureError, widens_the_prediction_and_lowers_the_significance) {
  BumpHuntSettings settings = quick_settings();
  const std::vector<float> masses = spectrum(3, 20000, 400);
  const BumpHunt exact = hunt_bump(masses, kWindow, settings, {}, kStream);
  settings.closure_error = 0.1;
  const BumpHunt uncertain = hunt_bump(masses, kWindow, settings, {}, kStream);
  const double total = exact.prediction->total;
  EXPECT_EQ(uncertain.prediction->total, total);
  EXPECT_NEAR(uncertain.prediction->total_error, std::hypot(exact.prediction->total_error, 0.1 * total), 1e-9 * total);
  const std::vector<double>& covariance = uncertain.prediction->covariance.values;
  EXPECT_NEAR(sum(covariance), std::pow(uncertain.prediction->total_error, 2), 1e-6 * sum(covariance));
  EXPECT_LT(uncertain.counting_z, exact.counting_z);
  EXPECT_LT(uncertain.signal->z, exact.signal->z);
  EXPECT_GT(uncertain.signal->strength_error, exact.signal->strength_error);
}

TEST(HuntBump, a_weighted_template_has_the_shape_that_its_weights_give) {
  const std::vector<float> masses = spectrum(9, 5000);
  // Uniform events that are weighted to a Gaussian.
  base::RandomStream stream({43}, "weighted template");
  std::vector<float> signal(100000);
  std::vector<double> weight(signal.size());
  for (std::size_t i = 0; i < signal.size(); ++i) {
    signal[i] = static_cast<float>(2.8 + 1.4 * stream.uniform());
    const double pull = (signal[i] - 3.5) / 0.14;
    weight[i] = std::exp(-0.5 * pull * pull);
  }
  const BumpHunt gaussian = hunt_bump(masses, kWindow, quick_settings(), {}, kStream);
  const BumpHunt weighted = hunt_bump(masses, kWindow, quick_settings(), signal, kStream, weight);
  for (std::size_t bin = 0; bin < gaussian.signal_template.size(); ++bin) {
    EXPECT_NEAR(weighted.signal_template[bin], gaussian.signal_template[bin], 0.01) << "bin " << bin;
  }
  const std::vector<double> ones(signal.size(), 1.0);
  EXPECT_EQ(hunt_bump(masses, kWindow, quick_settings(), signal, kStream, ones).signal_template,
            hunt_bump(masses, kWindow, quick_settings(), signal, kStream).signal_template);
}

TEST(HuntBump, negative_weights_of_the_template_are_summed_and_bins_below_zero_are_said) {
  const std::vector<float> masses = spectrum(9, 5000);
  const std::vector<float> signal = {3.5F, 3.5F, 3.5F, 5.0F};
  const std::vector<double> inside = {2, -1, 1, 0};
  const BumpHunt summed = hunt_bump(masses, kWindow, quick_settings(), signal, kStream, inside);
  EXPECT_DOUBLE_EQ(sum(summed.signal_template), 1);
  EXPECT_THAT(summed.failures, testing::Not(Contains(testing::HasSubstr("negative weights"))));
  const std::vector<double> outside = {2, 1, 1, -1};
  const BumpHunt cut = hunt_bump(masses, kWindow, quick_settings(), signal, kStream, outside);
  EXPECT_THAT(cut.failures, Contains(testing::HasSubstr("negative weights prevail, 33 % of the yield")));
}

}  // namespace
}  // namespace eddy::search
