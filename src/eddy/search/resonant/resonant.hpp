#pragma once

#include <eddy/search/search.hpp>

#include <vector>

namespace eddy::search {

/// An enhanced bump hunt with the configured method (LaCATHODE, 2210.14924, section I): a score learned in the signal
/// region of m, cuts on it everywhere, and a bump hunt in what passes.
[[nodiscard]] SearchRun run_resonant(const Search& search);
/// What needs no data of the signal region: the density of the sidebands with its latent gate, where the method has
/// one, and the background that the sidebands of the mass predict.
[[nodiscard]] SearchRun prepare_resonant(const Search& search);

/// Context of the events of `data` that pass the cut at `efficiency`.
[[nodiscard]] std::vector<float> selected_masses(const ScoredSample& data, double efficiency);

}  // namespace eddy::search
