#pragma once
// How much of the signal region the densities of R-ANODE say to be signal.

#include <eddy/search/finding_parts.hpp>
#include <eddy/search/resonant/judged.hpp>
#include <eddy/stats/mass_histogram.hpp>

namespace eddy::search {

/// From the judged events of the signal region, and of the sidebands within half its width of `window`, each with the
/// densities of signal and background that never saw it or any other event of its fold: of each, the mean over the
/// retrainings. `detectors` have both. Throws NumericError without events.
[[nodiscard]] SignalFraction estimate_signal_fraction(const Detectors& detectors, const Judged& judged,
                                                      stats::MassWindow window);

}  // namespace eddy::search
