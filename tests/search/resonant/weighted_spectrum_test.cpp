#include <eddy/base/error.hpp>
#include <eddy/search/resonant/bump_points.hpp>
#include <eddy/search/resonant/weighted_spectrum.hpp>
#include <eddy/search/search.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_resonance.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

constexpr stats::MassWindow kWindow{kWindowLow, kWindowHigh};

SearchConfig config() {
  SearchConfig config = quick_resonant_config("lacathode");
  config.classifier.space = "z";
  config.bump_hunt.scan_points = 0;
  config.bump_hunt.range = {2.2, 5.8};
  config.bump_hunt.width = 0.1 / kResonanceMass;
  return config;
}

/// Events with the best score that there is, R / (1 + R) of a signal of 3 permille of the background: two features of
/// width 0.3, so that optimal_score, which leaves constants out, lacks a factor of 1 / 0.3^2.
ScoredSample scored(const SearchInputs& inputs) {
  ScoredSample data = to_be_scored("data", inputs.data);
  for (const float log_ratio : optimal_score(inputs.data, 0)) {
    const double r = 1 + 0.003 * (std::exp(double{log_ratio}) / 0.09 - 1);
    data.score.push_back(static_cast<float>(r / (1 + r)));
  }
  return data;
}

WeightedSpectrum fitted(const SearchInputs& inputs) {
  const SearchConfig settings = config();
  const test::TemporaryFolder folder;
  const Search search{inputs, settings, base::TaskStore(folder.path()), {}};
  const BumpHunt all = hunt_without_cut(search, first_context(inputs.data), kWindow);
  return fit_weighted_spectrum(settings, scored(inputs), all, kWindow);
}

TEST(LikelihoodRatios, invert_the_score) {
  const std::vector<double> ratios = likelihood_ratios({0.5F, 0.75F, 0.0F});
  EXPECT_THAT(ratios, testing::ElementsAre(1, 3, 0));
  EXPECT_THROW(static_cast<void>(likelihood_ratios({0.5F, 1.0F})), base::NumericError);
}

TEST(WeightedSpectrumFit, adds_the_weights_of_all_events_of_the_fit_range) {
  const SearchInputs inputs = resonance_inputs(20000, 0, 1, 0);
  const WeightedSpectrum spectrum = fitted(inputs);
  const std::vector<double> weights = likelihood_ratios(scored(inputs).score);
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double mass = inputs.data.context(i, 0);
    sum += mass >= spectrum.edges.front() && mass < spectrum.edges.back() ? weights[i] : 0;
  }
  EXPECT_NEAR(std::accumulate(spectrum.sums.begin(), spectrum.sums.end(), 0.0), sum, 1e-6 * sum);
  // A fit of background alone has the sum of the data.
  EXPECT_NEAR(std::accumulate(spectrum.background.begin(), spectrum.background.end(), 0.0), sum, 1e-4 * sum);
}

/// Features do not follow the mass, nor do weights: in 40 samples of background alone Z has mean 0 and width 1, known
/// to 1 / sqrt(40) = 0.16 and 1 / sqrt(80) = 0.11; four of these.
TEST(WeightedSpectrumFit, has_a_normal_z_where_weights_do_not_depend_on_the_mass) {
  constexpr int kSamples = 40;
  double sum = 0;
  double squares = 0;
  for (int seed = 1; seed <= kSamples; ++seed) {
    const double z = fitted(resonance_inputs(10000, 0, static_cast<std::uint64_t>(seed), 0)).z;
    sum += z;
    squares += z * z;
  }
  const double mean = sum / kSamples;
  EXPECT_NEAR(mean, 0, 4 * 0.16);
  EXPECT_NEAR(std::sqrt(squares / kSamples - mean * mean), 1, 4 * 0.11);
}

TEST(WeightedSpectrumFit, finds_a_signal_that_the_uncut_spectrum_hides) {
  const SearchInputs inputs = resonance_inputs(20000, 150, 3, 0);
  const SearchConfig settings = config();
  const test::TemporaryFolder folder;
  const Search search{inputs, settings, base::TaskStore(folder.path()), {}};
  const BumpHunt all = hunt_without_cut(search, first_context(inputs.data), kWindow);
  const WeightedSpectrum spectrum = fit_weighted_spectrum(settings, scored(inputs), all, kWindow);
  EXPECT_GT(spectrum.z, all.signal->z + 2);
  EXPECT_GT(spectrum.strength, 150);  // each counts its ratio, above 1
}

TEST(WeightedSpectrumFit, says_where_there_is_none) {
  const SearchInputs inputs = resonance_inputs(5000, 0, 1, 0);
  BumpHunt none;
  EXPECT_THROW(static_cast<void>(fit_weighted_spectrum(config(), scored(inputs), none, kWindow)), base::NumericError);
}

TEST(WeightedSpectrumFit, is_a_part_of_searches_but_not_for_numbers_alone) {
  const SearchInputs inputs = resonance_inputs(8000, 0, 1, 0.2);
  SearchConfig settings = quick_resonant_config("cwola");
  settings.efficiencies = {0.1};
  settings.sculpting.bins = 10;
  const test::TemporaryFolder folder;
  const base::TaskStore store(folder.path());
  EXPECT_TRUE(search_alone({inputs, settings, store, {}}).finding.weighted_spectrum);
  settings.numbers_only = true;
  EXPECT_FALSE(search_alone({inputs, settings, store, {}}).finding.weighted_spectrum);
}

}  // namespace
}  // namespace eddy::search
