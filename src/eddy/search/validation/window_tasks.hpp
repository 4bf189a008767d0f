#pragma once
// The chain in places beside the signal region, as tasks of a search.

#include <eddy/base/json.hpp>
#include <eddy/base/task_key.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/validation.hpp>

#include <functional>
#include <vector>

namespace eddy::search {

/// How the chain is tried in one place.
struct WindowTask {
  base::TaskInputs content;  ///< the arrays that it sees: none of the signal region's data
  base::Json place;          ///< what tells it from the others, beside its number
  /// Each of the configured cuts (cuts_json); with the inputs of run_window_tasks, a seed of its
  /// own, fewer flows, and a store that keeps nothing.
  std::function<base::Json(const Search& trial)> run;
};

/// The cuts of a window for the store: what `cut_at` makes of each efficiency, null where that fails (no convergence,
/// too few events).
[[nodiscard]] base::Json cuts_json(const std::vector<double>& efficiencies,
                                   const std::function<base::Json(double efficiency)>& cut_at);

/// What each of `tasks` finds: from the store where it is there. A window that fails is {"failure": why}. `version` is
/// raised whenever a change of the code changes what one finds.
[[nodiscard]] std::vector<base::Json> run_window_tasks(const Search& search, int version,
                                                       const std::vector<WindowTask>& tasks);

/// The window from `low` to `high` with what its task found.
[[nodiscard]] ValidationWindow window_of(double low, double high, const std::vector<double>& efficiencies,
                                         const base::Json& found);

}  // namespace eddy::search
