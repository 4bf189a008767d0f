#pragma once

#include <eddy/search/search.hpp>

namespace eddy::search {

/// An enhanced bump hunt with the configured method (LaCATHODE, 2210.14924, section I): a score learned in the signal
/// region of m, cuts on it everywhere, and a bump hunt in what passes.
[[nodiscard]] SearchRun run_resonant(const Search& search);
/// What needs no data of the signal region: the density of the sidebands with its latent gate, where the method has
/// one, and the background that the sidebands of the mass predict.
[[nodiscard]] SearchRun prepare_resonant(const Search& search);

}  // namespace eddy::search
