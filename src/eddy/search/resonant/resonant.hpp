#pragma once

#include <eddy/base/json.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/resonant/resonant_output.hpp>

#include <vector>

namespace eddy::search {

/// A finished search: its result, and what is needed to score further events with it.
struct ResonantRun {
  ResonantOutput output;
  base::Json scorer;  ///< see scorer.hpp
};

/// An enhanced bump hunt with the configured method (LaCATHODE, 2210.14924, section I): a score learned in the signal
/// region of m, cuts on it everywhere, and a bump hunt in what passes. Everything expensive is a task in `store`; a run
/// that was stopped resumes there. Throws InputError and NumericError.
[[nodiscard]] ResonantRun run_resonant(const SearchInputs& inputs, const SearchConfig& config,
                                       const base::TaskStore& store, const base::Monitor& monitor);

/// Context of the events of `data` that pass the cut at `efficiency`.
[[nodiscard]] std::vector<float> selected_masses(const ScoredSample& data, double efficiency);

}  // namespace eddy::search
