#pragma once
// What to expect before the data are looked at: significances of the Asimov data set, in which every count is its mean.

namespace eddy::stats {

/// Median significance of `signal` events on top of `background` events, whose mean is known to `error` (Gaussian, as
/// from an auxiliary count): Z_A of Cowan (2012, "Discovery sensitivity for a counting experiment with background
/// uncertainty", eq. 20), that of Cowan et al. (1007.1727, eq. 97) for error = 0. 0 without signal. Good to a few per
/// cent of Z from a few expected events on. Throws InputError for a background that is not above 0, and for a signal or
/// error that is negative or not finite.
[[nodiscard]] double asimov_significance(double signal, double background, double error);

/// The signal whose asimov_significance is `z`, to a relative accuracy of 1e-9. Throws InputError for z not above 0,
/// and as asimov_significance.
[[nodiscard]] double signal_for_significance(double z, double background, double error);

}  // namespace eddy::stats
