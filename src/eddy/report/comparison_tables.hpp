#pragma once
// The tables of a comparison, as HTML, from compare.json; empty where no run has the numbers.

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// What was searched, with what, and what each run says.
[[nodiscard]] std::string run_table(const Json& comparison);
/// Each working point of each run; equal cuts of all runs below each other.
[[nodiscard]] std::string significance_table(const Json& comparison);
/// The likelihoods of all categories of searches in spaces of losses; empty without any.
[[nodiscard]] std::string simultaneous_comparison(const Json& comparison);
/// AUC and SIC of runs and benchmarks, with the medians over retrainings.
[[nodiscard]] std::string sensitivity_table(const Json& comparison);
/// Closure of each run at the working points.
[[nodiscard]] std::string closure_table(const Json& comparison);
/// AUC of the closure tests of searches with extrapolated background.
[[nodiscard]] std::string closure_test_comparison_table(const Json& comparison);
/// Chi2/ndof of runs and benchmarks at the working points.
[[nodiscard]] std::string comparison_sculpting_table(const Json& comparison);

}  // namespace eddy::report
