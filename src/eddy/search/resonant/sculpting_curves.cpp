#include <eddy/base/parallel.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/resonant/sculpting_curves.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {

std::vector<double> sculpting_efficiencies(std::size_t n_events, std::size_t n_bins) {
  constexpr double kPerDecade = 10;
  std::vector<double> efficiencies;
  for (int i = 3;; ++i) {
    const double efficiency = std::pow(10.0, -i / kPerDecade);
    if (efficiency * static_cast<double>(n_events) < static_cast<double>(n_bins)) {
      return efficiencies;
    }
    efficiencies.push_back(efficiency);
  }
}

std::vector<float> signal_region_efficiency(std::span<const float> scores, const SculptingEvents& events,
                                            std::size_t n_folds) {
  const std::vector<ScoreCalibration> calibrations =
      calibrate_by_fold(scores, events.in_signal_region, events.fold, n_folds);
  std::vector<float> efficiency(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    efficiency[i] = calibrations[events.fold[i]].efficiency(scores[i]);
  }
  return efficiency;
}

SculptingCurve sculpting_curve(const std::string& name, const stats::SculptingTest& test, const SculptingEvents& events,
                               const RetrainingScores& scores, std::size_t n_folds,
                               const std::vector<double>& efficiencies) {
  std::vector<std::vector<double>> chi2(scores.size());
  base::parallel_tasks(scores.size(), [&](std::size_t r) {
    const std::vector<float> event_efficiency = signal_region_efficiency(scores[r], events, n_folds);
    std::vector<std::uint8_t> passes(event_efficiency.size());
    for (const double efficiency : efficiencies) {
      std::ranges::transform(event_efficiency, passes.begin(),
                             [&](float e) { return e <= static_cast<float>(efficiency) ? 1 : 0; });
      chi2[r].push_back(test.chi2_per_dof(passes));
    }
  });
  return {name, median_bands(efficiencies, chi2)};
}

std::vector<MedianBand> random_subset_band(const stats::SculptingTest& test, std::size_t n_subsets,
                                           const std::vector<double>& efficiencies, base::Seed seed) {
  std::vector<std::vector<double>> chi2(n_subsets);
  for (std::size_t e = 0; e < efficiencies.size(); ++e) {
    const auto n = static_cast<std::size_t>(std::llround(efficiencies[e] * static_cast<double>(test.n_events())));
    const base::RandomStream stream(seed, fmt::format("random subsets/{}", efficiencies[e]));
    const std::vector<double> values = test.random_subsets(n, n_subsets, stream);
    for (std::size_t s = 0; s < n_subsets; ++s) {
      chi2[s].push_back(values[s]);
    }
  }
  return median_bands(efficiencies, chi2);
}

Spectrum spectrum_after_cut(const std::string& name, const std::vector<double>& edges, const SculptingEvents& events,
                            std::span<const float> event_efficiency, double efficiency) {
  std::vector<double> masses;
  for (std::size_t i = 0; i < events.mass.size(); ++i) {
    if (event_efficiency[i] <= static_cast<float>(efficiency)) {
      masses.push_back(events.mass[i]);
    }
  }
  return {name, efficiency, stats::fill_histogram(edges, masses)};
}

}  // namespace eddy::search
