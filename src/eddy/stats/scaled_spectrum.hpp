#pragma once
// Spectra of weighted events for the fits of counted ones: G. Bohm and G. Zech, "Statistics of weighted Poisson events
// and its applications", Nucl. Instrum. Meth. A 748 (2014) 1 (1309.1287), section 3: the scaled Poisson distribution.

#include <eddy/stats/mass_histogram.hpp>

#include <span>
#include <vector>

namespace eddy::stats {

/// Sums of weights W, as numbers W / scale of events that fluctuate like counts: with scale = sum w^2 / sum w, mean and
/// variance of W / scale are equal. One scale for all bins, of the events outside the window: where weights do not
/// depend on the mass it is that of the background everywhere, and unlike a scale of each bin does not follow its
/// fluctuation. Third and higher moments are those of a sum of weights, not of counts: with few events per bin, or with
/// a few large weights, errors are approximate.
struct ScaledSpectrum {
  MassHistogram histogram;       ///< W / scale
  std::vector<double> variance;  ///< sum of squared weights of each bin, shape (n_bins)
  double scale = 1;              ///< weight of one equivalent event
};

/// The events with edges.front() <= mass < edges.back(). `weights`: >= 0, shape (n_events). Throws InputError for bad
/// edges, sizes that do not fit, masses that are not finite and weights that are negative or not finite; NumericError
/// where no weight is left outside the window.
[[nodiscard]] ScaledSpectrum scale_spectrum(std::vector<double> edges, std::span<const double> masses,
                                            std::span<const double> weights, MassWindow window);

}  // namespace eddy::stats
