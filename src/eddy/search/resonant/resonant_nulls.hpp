#pragma once
// Null experiments of resonant searches.

#include <eddy/search/validation/calibration_by_nulls.hpp>

namespace eddy::search {

/// Pseudo-data: masses from the background that was fitted to the sidebands of the spectrum without a cut (outside the
/// range of the fit: the data's own, drawn again), features at these masses from a flow that was trained on all data,
/// the signal region included. That flow knows the signal region, so that the flows of an experiment, which do not,
/// have a true error of interpolation (as in 2502.14036). Throws NumericError where the spectrum was not fitted.
[[nodiscard]] NullGenerator resonant_nulls(const Search& search, const Finding& finding);

}  // namespace eddy::search
