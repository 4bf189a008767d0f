#pragma once
// Null experiments of CONRAD.

#include <eddy/search/validation/calibration_by_nulls.hpp>

namespace eddy::search {

/// Pseudo-data and pseudo-template at the tail variables of data (drawn again, as many in each region up to Poisson
/// fluctuations) and of the template (as they are, with their weights), with features of a flow that was trained on the
/// template: one of those of the search. Both have the same density, as CONRAD assumes of data and template.
[[nodiscard]] NullGenerator conrad_nulls(const Search& search, const Finding& finding);

}  // namespace eddy::search
