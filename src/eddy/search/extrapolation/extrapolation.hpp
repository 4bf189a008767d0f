#pragma once

#include <eddy/search/search.hpp>

namespace eddy::search {

/// A search whose background is extrapolated from the control region with the configured method, Reweight, Generate or
/// Morph (2311.12924), with k-fold use of all data.
[[nodiscard]] SearchRun run_extrapolation(const Search& search);
/// What needs no data of the signal region: the background models, their closure in the control region, and the
/// background that they predict in the signal region.
[[nodiscard]] SearchRun prepare_extrapolation(const Search& search);

}  // namespace eddy::search
