#pragma once

#include <eddy/search/search.hpp>

namespace eddy::search {

/// An enhanced bump hunt with the configured method (LaCATHODE, 2210.14924, section I): a score learned in the signal
/// region of m, cuts on it everywhere, and a bump hunt in what passes.
[[nodiscard]] SearchRun run_resonant(const Search& search);

}  // namespace eddy::search
