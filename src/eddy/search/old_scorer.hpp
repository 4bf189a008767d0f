#pragma once
// Scorers as earlier versions wrote them, in the form of this one.

#include <eddy/base/json_fwd.hpp>

namespace eddy::search {

/// `scorer` with a list of flows and folds of detectors that name them (scorer.hpp), whichever version wrote it: up to
/// 0.1.0, searches with one set of flows kept folds of classifiers, and others detectors with flows of their own.
[[nodiscard]] base::Json upgraded_scorer(base::Json scorer);

}  // namespace eddy::search
