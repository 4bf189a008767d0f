#pragma once
// Whether cuts on scores change the mass spectrum of the background (LaCATHODE section IV).

#include <eddy/search/finding_parts.hpp>
#include <eddy/search/retrainings.hpp>
#include <eddy/stats/sculpting.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {

/// Events whose spectrum is looked at: signal region and sidebands.
struct SculptingEvents {
  std::vector<float> mass;
  std::vector<std::uint8_t> in_signal_region;
  std::vector<std::uint8_t> fold;
};

/// Signal-region efficiencies that are tested: ten per decade from 0.5 down to where one event per bin is left.
[[nodiscard]] std::vector<double> sculpting_efficiencies(std::size_t n_events, std::size_t n_bins);

/// Fraction of the signal-region events of the same fold that score at least as high, per event.
[[nodiscard]] std::vector<float> signal_region_efficiency(std::span<const float> scores, const SculptingEvents& events,
                                                          std::size_t n_folds);

/// Median and 68 % of chi2/ndof over the retrainings of one method. `scores`: of `events`.
[[nodiscard]] SculptingCurve sculpting_curve(const std::string& name, const stats::SculptingTest& test,
                                             const SculptingEvents& events, const RetrainingScores& scores,
                                             std::size_t n_folds, const std::vector<double>& efficiencies);

/// The same of random subsets.
[[nodiscard]] std::vector<MedianBand> random_subset_band(const stats::SculptingTest& test, std::size_t n_subsets,
                                                         const std::vector<double>& efficiencies, base::Seed seed);

/// Masses of the events with signal-region efficiency <= `efficiency`, in `edges`.
[[nodiscard]] Spectrum spectrum_after_cut(const std::string& name, const std::vector<double>& edges,
                                          const SculptingEvents& events, std::span<const float> event_efficiency,
                                          double efficiency);

}  // namespace eddy::search
