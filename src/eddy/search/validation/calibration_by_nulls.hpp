#pragma once
// Whole searches where there is nothing to find, for every family: how often would this search claim as much without
// signal? (docs/validity.md)

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/null_calibration.hpp>

#include <functional>
#include <string>
#include <vector>

namespace eddy::search {

/// How a family makes inputs of background alone that look like those of a search.
struct NullGenerator {
  std::string source;                                                  ///< in words: where the events come from
  std::function<SearchInputs(const base::RandomStream& stream)> draw;  ///< without labels; a function of the stream
};

/// What each of [calibration] experiments found, as tasks keep it: "points" with z, observed, predicted and signal
/// (passing_signal.hpp) of every cut, or "failure".
[[nodiscard]] std::vector<base::Json> null_experiments(const Search& search, const NullGenerator& generator);

/// Repeats `search` [calibration] experiments times with inputs of `generator`, everything trained anew, and calibrates
/// the Z of each of `points` with what was found. An experiment is a task of the store of the search: one that was
/// stopped goes on, and more experiments go on from those that are there. Experiments that fail are counted, and said
/// in a warning of the calibration.
[[nodiscard]] NullCalibration calibrate_by_nulls(const Search& search, const NullGenerator& generator,
                                                 const std::vector<WorkingPoint>& points);

}  // namespace eddy::search
