#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/stats/bump_scan.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "check_throws.hpp"

namespace eddy::stats {
namespace {

const base::RandomStream kStream({14}, "scan");

std::vector<double> scan_edges() {
  std::vector<double> edges;
  for (int i = 0; i <= 40; ++i) {
    edges.push_back(2 + 0.1 * i);
  }
  return edges;
}

/// Means of a cubic background of 7500 events and `injected` signal events at 3.5.
BumpToys experiments(double injected) {
  const BumpData none{std::vector<double>(40), std::vector<bool>(40, true), {}};
  const std::vector<double> signal = signal_template({3.5, 0.12}, {scan_edges(), none.counts});
  const BumpModel model{BinnedShape(BernsteinShape{3}, scan_edges()), signal, {}};
  return {model, evaluate(model, none, {4000, 1500, 1500, 500, injected}), base::RandomStream({15}, "experiments")};
}

std::vector<GaussianSignal> grid(int n) {
  std::vector<GaussianSignal> signals;
  for (int i = 0; i < n; ++i) {
    const double mass = 2.5 + 3.0 * i / (n - 1);
    signals.push_back({mass, 0.035 * mass});
  }
  return signals;
}

TEST(MassScan, finds_an_injected_bump_and_its_mass) {
  const MassHistogram histogram{scan_edges(), experiments(200).draw(0).counts};
  const MassScan scan = scan_masses(histogram, BernsteinShape{3}, grid(31), kStream, {200, {}});
  // 200 events over a background of 60 a bin: the mass is known to 0.12 / sqrt(200) * 2 = 0.02, the grid to 0.05.
  EXPECT_NEAR(scan.points[scan.best].signal.mean, 3.5, 0.15);
  EXPECT_GT(scan.points[scan.best].z, 4);
  EXPECT_NEAR(scan.global_p_value, 1.0 / 201, 1e-12);  // no toy comes near
  EXPECT_EQ(scan.n_failed_toys, 0U);
}

/// Spectra of the fitted shape have a uniform p-value of the fit; one with a step in it, none.
TEST(MassScan, goodness_of_fit_is_uniform_where_the_shape_is_right) {
  constexpr int kSpectra = 60;
  std::vector<double> p_values;
  for (int i = 0; i < kSpectra; ++i) {
    const MassHistogram histogram{scan_edges(), experiments(0).draw(static_cast<std::size_t>(i)).counts};
    p_values.push_back(scan_masses(histogram, BernsteinShape{3}, grid(1 + 1), kStream, {100, {}}).goodness_p_value);
  }
  std::ranges::sort(p_values);
  double distance = 0;
  for (int i = 0; i < kSpectra; ++i) {
    distance = std::max(distance, std::abs(p_values[static_cast<std::size_t>(i)] - (i + 0.5) / kSpectra));
  }
  EXPECT_LT(distance, 1.63 / std::sqrt(double{kSpectra}) + 1.0 / 101) << "Kolmogorov-Smirnov, 1 %";
  MassHistogram stepped{scan_edges(), experiments(0).draw(0).counts};
  for (std::size_t bin = 20; bin < 40; bin += 2) {
    stepped.counts[bin] *= 1.5;
  }
  const MassScan scan = scan_masses(stepped, BernsteinShape{3}, grid(2), kStream, {100, {}});
  EXPECT_NEAR(scan.goodness_p_value, 1.0 / 101, 1e-12);
  EXPECT_NEAR(scan.goodness_p_error, std::sqrt(1.0 / 101 * (100.0 / 101) / 101), 1e-12);
}

TEST(MassScan, agrees_with_a_fit_at_each_mass) {
  const MassHistogram histogram{scan_edges(), experiments(50).draw(1).counts};
  const std::vector<GaussianSignal> signals = grid(7);
  const MassScan scan = scan_masses(histogram, BernsteinShape{3}, signals, kStream, {0, {}});
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const BumpSignal fit = fit_signal(histogram, BernsteinShape{3}, signal_template(signals[i], histogram));
    EXPECT_NEAR(scan.points[i].z, fit.z, 1e-6) << i;
    EXPECT_NEAR(scan.points[i].strength, fit.strength, 1e-3 * fit.strength_error) << i;
  }
  EXPECT_EQ(scan.n_toys, 0U);
  EXPECT_EQ(scan.global_p_value, 1);
}

TEST(MassScan, of_one_mass_has_a_global_p_value_equal_to_the_local_one) {
  const BumpToys data = experiments(40);
  for (std::size_t i = 0; i < 4; ++i) {
    const MassHistogram histogram{scan_edges(), data.draw(i).counts};
    const MassScan scan = scan_masses(histogram, BernsteinShape{3}, {{3.5, 0.12}}, kStream, {2000, {}});
    if (scan.points[0].z > 0) {  // the global one is 1 for a deficit everywhere
      EXPECT_NEAR(scan.global_p_value, scan.points[0].p_value, 4 * scan.global_p_error + 2.0 / 2000) << i;
    }
  }
}

TEST(MassScan, global_p_values_of_background_are_uniform) {
  const BumpToys data = experiments(0);
  const std::size_t n = 60;
  std::vector<double> p;
  for (std::size_t i = 0; i < n; ++i) {
    const MassHistogram histogram{scan_edges(), data.draw(i).counts};
    p.push_back(scan_masses(histogram, BernsteinShape{3}, grid(7), kStream, {200, {}}).global_p_value);
  }
  std::ranges::sort(p);
  double distance = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto k = static_cast<double>(i);
    distance = std::max({distance, (k + 1) / n - p[i], p[i] - k / n});
  }
  // Kolmogorov at 1 %, and the error of 200 toys; the few per cent of experiments without any excess have p = 1.
  EXPECT_LT(distance, 1.63 / std::sqrt(static_cast<double>(n)) + 0.5 / std::sqrt(200.0));
}

TEST(MassScan, does_not_depend_on_the_number_of_threads) {
  const MassHistogram histogram{scan_edges(), experiments(50).draw(2).counts};
  const ScanOptions options{100, {{"pattern", NuisanceTarget::kBackground, 0.05, std::vector<double>(40, 1)}}};
  const MassScan all = scan_masses(histogram, BernsteinShape{3}, grid(5), kStream, options);
  const base::ThreadLimit one(1);
  const MassScan single = scan_masses(histogram, BernsteinShape{3}, grid(5), kStream, options);
  EXPECT_EQ(all.global_p_value, single.global_p_value);
  EXPECT_EQ(all.points[all.best].z, single.points[single.best].z);
}

TEST(BumpToys, are_functions_of_their_index) {
  const BumpToys toys = experiments(0);
  EXPECT_EQ(toys.draw(7).counts, toys.draw(7).counts);
  EXPECT_NE(toys.draw(7).counts, toys.draw(8).counts);
}

TEST(MassScan, needs_a_mass) {
  const MassHistogram histogram{scan_edges(), std::vector<double>(40, 5)};
  test::expect_throws_with<base::InputError>(
      [&] { static_cast<void>(scan_masses(histogram, BernsteinShape{3}, {}, kStream)); }, "0 signals", "at least one");
}

}  // namespace
}  // namespace eddy::stats
