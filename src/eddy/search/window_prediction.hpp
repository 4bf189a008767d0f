#pragma once
// What a spectrum says of one window of it while another one stays closed.

#include <eddy/search/bump_hunt.hpp>

#include <span>

namespace eddy::search {

struct WindowPrediction {
  double observed = 0;
  double predicted = 0;
  double error = 0;  ///< of the fit; fluctuations of the count come on top
};

/// Fits the background shape to `masses` outside `window` and outside `closed`, in which none is looked at, and
/// integrates it in the window. `settings` have a range, and say nothing of holes in it. The windows must not overlap.
/// Throws InputError and NumericError where no fit is possible.
[[nodiscard]] WindowPrediction predict_window(std::span<const float> masses, stats::MassWindow window,
                                              stats::MassWindow closed, const BumpHuntSettings& settings);

}  // namespace eddy::search
