#pragma once
// The bump hunt without a cut on the score: all events, each weighted by its likelihood ratio.

#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/finding_parts.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <vector>

namespace eddy::search {

/// R = s / (1 - s) of each score: of a classifier with balanced classes p_data / p_background, of R-ANODE signal over
/// background.
[[nodiscard]] std::vector<double> likelihood_ratios(const std::vector<float>& score);

/// Fits background, and background + signal, to the spectrum of `data` (scored) in which each event weighs by its
/// likelihood ratio, in the bins of `all`, the hunt without a cut, whose signal it seeks. Its background shape is that
/// of `all` where the score does not know the mass, else chosen again, as behind a cut. Throws NumericError where there
/// is no fit: one that does not converge, a score of 1, fewer than 10 effective events in the signal region.
[[nodiscard]] WeightedSpectrum fit_weighted_spectrum(const SearchConfig& config, const ScoredSample& data,
                                                     const BumpHunt& all, stats::MassWindow window);

}  // namespace eddy::search
