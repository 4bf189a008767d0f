#pragma once
// Whole searches where there is nothing to find, for every family: how often would this search claim as much without
// signal? (docs/validity.md)

#include <eddy/search/validation/null_calibration.hpp>
#include <eddy/search/validation/null_experiments.hpp>

namespace eddy::search {

/// What each of [calibration] experiments found, as tasks keep it: "points" with z, observed, predicted and signal
/// (passing_signal.hpp) of every cut, or "failure". Predictions are corrected as those of `finding` were.
[[nodiscard]] std::vector<base::Json> null_experiments(const Search& search, const NullGenerator& generator,
                                                       const Finding& finding);

/// Repeats `search` [calibration] experiments times with inputs of `generator`, everything trained anew and predictions
/// corrected as those of `finding` were, and calibrates the Z of each of its cuts with what was found. Experiments that
/// fail are counted, and said in a warning of the calibration.
[[nodiscard]] NullCalibration calibrate_by_nulls(const Search& search, const NullGenerator& generator,
                                                 const Finding& finding);

}  // namespace eddy::search
