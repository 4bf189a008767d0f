#pragma once
// What the sidebands of a mass spectrum let one expect in a closed signal region.

#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/finding_parts.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <span>

namespace eddy::search {

/// The background in `window` that a fit to `masses`, those of the sidebands, predicts: range, bins and shape are those
/// that hunt_bump chooses without a cut, since it chooses them in the sidebands. Throws InputError and NumericError as
/// that, and InputError where the fit does not describe the sidebands or does not determine the background.
[[nodiscard]] Expectation expect_from_sidebands(std::span<const float> masses, stats::MassWindow window,
                                                BumpHuntSettings settings);

}  // namespace eddy::search
