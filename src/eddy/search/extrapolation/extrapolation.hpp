#pragma once

#include <eddy/base/json.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/extrapolation/extrapolation_output.hpp>
#include <eddy/search/inputs.hpp>

namespace eddy::search {

/// A finished search: its result, and what is needed to score further events with it (null when blind).
struct ExtrapolationRun {
  ExtrapolationOutput output;
  base::Json scorer;  ///< see scorer.hpp
};

/// A search whose background is extrapolated from the control region with the configured method, Reweight, Generate or
/// Morph (2311.12924), with k-fold use of all data. In stage "cr" it ends with the tests in the control region;
/// `inputs` then hold no data of the signal region. Everything expensive is a task in `store`. Throws InputError and
/// NumericError.
[[nodiscard]] ExtrapolationRun run_extrapolation(const SearchInputs& inputs, const SearchConfig& config,
                                                 const base::TaskStore& store, const base::Monitor& monitor);

}  // namespace eddy::search
