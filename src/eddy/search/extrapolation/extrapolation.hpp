#pragma once

#include <eddy/search/search.hpp>

namespace eddy::search {

/// A search whose background is extrapolated from the control region with the configured method, Reweight, Generate or
/// Morph (2311.12924), with k-fold use of all data. In stage "cr" it ends with the tests in the control region; the
/// inputs then hold no data of the signal region.
[[nodiscard]] SearchRun run_extrapolation(const Search& search);

}  // namespace eddy::search
