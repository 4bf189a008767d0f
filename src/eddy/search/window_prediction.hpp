#pragma once
// What a spectrum says of one window of it while another one stays closed.

#include <eddy/search/bump_hunt.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace eddy::search {

struct WindowPrediction {
  double observed = 0;
  double predicted = 0;
  double error = 0;               ///< of the fit; fluctuations of the count come on top
  stats::MassHistogram spectrum;  ///< sparse bins merged, apart in the window and in the closed one
  std::vector<bool> closed;       ///< bins that touch the closed window, shape (n_bins)
  std::int64_t order = 0;         ///< of the shape, as in BumpHuntSettings
};

/// Fits the background shape to `masses` outside `window` and outside `closed`, in which none is looked at, and
/// integrates it in the window. `settings` have a range, and say nothing of holes in it. The windows must not overlap.
/// Throws InputError and NumericError where no fit is possible.
[[nodiscard]] WindowPrediction predict_window(std::span<const float> masses, stats::MassWindow window,
                                              stats::MassWindow closed, const BumpHuntSettings& settings);

/// A signal as a search would find it in the middle of the window, relative to what is predicted there.
struct WindowSignal {
  double strength = 0;
  double error = 0;
};

/// Fits signal and background to `spectrum` with the closure of `settings` (> 0 error) and its order in the window.
/// Closed bins hold what the fit to the others expects there. Throws as predict_window.
[[nodiscard]] WindowSignal fit_in_window(stats::MassHistogram spectrum, const std::vector<bool>& closed,
                                         stats::MassWindow window, const BumpHuntSettings& settings);

}  // namespace eddy::search
