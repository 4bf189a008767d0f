#pragma once
// The background shape of a bump hunt, and the bins it is fitted in.

#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/judgement.hpp>
#include <eddy/stats/background_shape.hpp>
#include <eddy/stats/bump_order.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <cstddef>
#include <cstdint>

namespace eddy::search {

/// Throws InputError, with the remedy, when the shape that `settings` name does not exist or is not defined from `low`
/// to `high`.
void require_background(const BumpHuntSettings& settings, double low, double high);

/// The shape that `settings` ask for; for order 0 the one that an F-test chooses in the sidebands of `window`, which
/// begins at 3 parameters of the dijet function or order 2 of the polynomial. A parameter that the F-test refuses is
/// taken all the same when the fit without it is bad (goodness of fit below kSmallestGoodness): with few bins the test
/// has no power. An order that was asked for is lowered where the sidebands have too few bins: a polynomial keeps one
/// bin more than parameters, a dijet function of 4 or 5 two bins for each. Bins that are `closed` (shape (n_bins);
/// empty: none) count as no sideband. Throws NumericError when a fit does not converge, or when not even the smallest
/// shape leaves a bin to judge it by.
[[nodiscard]] stats::OrderChoice choose_background(const stats::MassHistogram& histogram, stats::MassWindow window,
                                                   const BumpHuntSettings& settings,
                                                   const std::vector<bool>& closed = {});

/// The order of a shape as BumpHuntSettings::order says it.
[[nodiscard]] std::int64_t order_of(const stats::BackgroundShape& shape);

/// Of the fit with the shape that was chosen.
[[nodiscard]] const stats::FitQuality& chosen_quality(const stats::OrderChoice& choice);

/// Merges neighbouring bins until each holds `min_events`, apart in the lower sideband, the signal region and the upper
/// sideband, whose borders stay; one of these with fewer events in all becomes one bin. Merging begins at the end with
/// fewer events.
[[nodiscard]] stats::MassHistogram merge_sparse_bins(const stats::MassHistogram& histogram, stats::MassWindow window,
                                                     double min_events);
/// The same between neighbouring `borders`: ascending numbers of bins, from 0 to their number.
[[nodiscard]] stats::MassHistogram merge_between(const stats::MassHistogram& histogram,
                                                 const std::vector<std::size_t>& borders, double min_events);

/// merge_sparse_bins of the events between the edges. Throws InputError for a mass that is not finite.
[[nodiscard]] stats::MassHistogram hunt_spectrum(std::span<const float> masses, std::vector<double> edges,
                                                 stats::MassWindow window, const BumpHuntSettings& settings);

}  // namespace eddy::search
