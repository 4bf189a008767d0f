#pragma once
// Classifiers of constructed against true background: the test of every background model.

#include <eddy/base/tasks.hpp>
#include <eddy/search/extrapolation/background_model.hpp>
#include <eddy/search/finding_parts.hpp>

#include <functional>
#include <string>
#include <vector>

namespace eddy::search {

/// The events of one run of a closure test. `..._number` are event_numbers: copies stay in one half.
struct ClosureEvents {
  base::Matrix truth;         ///< (n_true, n_inputs)
  base::Matrix constructed;   ///< (n_constructed, n_inputs)
  std::vector<float> weight;  ///< of the constructed events
  std::vector<std::size_t> true_number;
  std::vector<std::size_t> constructed_number;
};

/// Rows in the random order of their events, those of one event side by side; and how many of them are in the first
/// half of the events.
struct ShuffledRows {
  std::vector<std::size_t> rows;
  std::size_t n_first_half = 0;
};
[[nodiscard]] ShuffledRows shuffle_events(const base::RandomStream& stream, const std::vector<std::size_t>& number);

struct ClosureRuns {
  std::string region;
  std::string name;
  std::size_t n_runs = 10;
  /// Events of run r; called once per run and half.
  std::function<ClosureEvents(std::size_t)> events;
};

/// Trains the classifiers of `config` on either half of the events of each run and evaluates them on the other; AUC and
/// SIC are those of both halves together.
[[nodiscard]] ClosureTest run_closure_test(const ClosureRuns& runs, const SearchConfig& config,
                                           const base::TaskStore& store, const base::Monitor& monitor);

}  // namespace eddy::search
