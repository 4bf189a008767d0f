#pragma once
// One search, of whichever family: from samples to what was found.

#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/background_events.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/inputs.hpp>

namespace eddy::search {

/// What a search works with. Everything expensive is a task in `store`; a run that was stopped resumes there.
struct Search {
  const SearchInputs& inputs;
  const SearchConfig& config;
  const base::TaskStore& store;
  const base::Monitor& monitor;
};

/// A finished search, and what further events are scored with.
struct SearchRun {
  Finding finding;
  base::Json scorer;  ///< for FamilyRules::score; null where nothing can be scored: blind
  base::CpuSeconds cpu_of_validation = {};
  ShownBackground background = {};  ///< for Finding::anomaly, which takes it
};

/// Runs the configured method, corrects its predictions by what [validation] measures, and judges what it found; while
/// the signal region is closed, what can be done without it. Without null experiments. Throws InputError and
/// NumericError.
[[nodiscard]] SearchRun search_alone(const Search& search);

/// Adds the null experiments that [calibration] asks for to what search_alone found, and judges it again. What fails
/// there costs no result, and is a warning.
void add_null_experiments(const Search& search, Finding& finding);

/// Only these experiments, as tasks of the store: what one of several processes that share it does. Where the store
/// does not wait, TakenElsewhere says that others are at the rest.
void compute_null_experiments(const Search& search, const Finding& finding);

/// Both.
[[nodiscard]] SearchRun run_search(const Search& search);

}  // namespace eddy::search
