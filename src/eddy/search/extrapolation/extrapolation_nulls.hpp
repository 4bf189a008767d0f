#pragma once
// Null experiments of searches with extrapolated background.

#include <eddy/search/validation/calibration_by_nulls.hpp>

namespace eddy::search {

/// Pseudo-data and pseudo-simulation with features of one flow, which was trained on the simulation: at the contexts of
/// the simulation (as they are, with their weights), of the data's control region (drawn again), and, in the signal
/// region, of simulated events in proportion to the weights that the search learned. Data and simulation then differ in
/// their contexts alone: what is repeated is the statistical error of weights, flows and classifiers.
[[nodiscard]] NullGenerator extrapolation_nulls(const Search& search, const Finding& finding);

}  // namespace eddy::search
