#pragma once
// Null experiments of searches in a space of losses.

#include <eddy/search/validation/null_experiments.hpp>

namespace eddy::search {

struct Finding;

/// Pseudo-data in the space of losses: masses from a smooth fit to the spectrum of all data, and at each of them the
/// losses of some data event, moved there along the quantiles of each loss (flow::MovingQuantiles), so that losses
/// follow the mass, but have no bumps in it. Both are made without the masses around the largest excess. Networks know
/// simulation alone, so they stay as they are; categories, spectra and fits are made anew. Z is that of the most
/// significant mass of each experiment, so that what it calibrates counts the whole scan. Throws NumericError where no
/// polynomial describes the spectrum, or too few data are there.
[[nodiscard]] NullGenerator quak_nulls(const Search& search, const Finding& finding);

}  // namespace eddy::search
