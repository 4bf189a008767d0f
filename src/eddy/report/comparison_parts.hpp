#pragma once
// What a comparison works out from several runs (as compared_run gives them).

#include <eddy/base/json_fwd.hpp>

#include <string>
#include <vector>

namespace eddy::report {

using base::Json;

/// "monojet (CONRAD)": name and method of each run, and its folder where these are not enough.
[[nodiscard]] std::vector<std::string> run_labels(const std::vector<Json>& runs);

/// One sentence for each of data file, file of template, simulation and background (where all runs have one),
/// selection, signal region and injected signal that the runs do not share; where they share all of it, for the number
/// of data events.
[[nodiscard]] Json differences(const std::vector<Json>& runs, const std::vector<std::string>& labels);

/// The scores of all runs: first the methods, in the order of the runs, then the benchmarks. A benchmark that has the
/// same numbers in several runs, or those of a run's method, is there once.
[[nodiscard]] Json detectors_part(const std::vector<Json>& runs, const std::vector<std::string>& labels);

}  // namespace eddy::report
