#pragma once
// Experiments where there is nothing to find, as tasks of a search.

#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>
#include <eddy/base/task_key.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/validation.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace eddy::search {

/// How a family makes inputs of background alone that look like those of a search.
struct NullGenerator {
  std::string source;                                                  ///< in words: where the events come from
  std::function<SearchInputs(const base::RandomStream& stream)> draw;  ///< without labels; a function of the stream
  /// Further events like the data of `draw`, so many times as many on average; likewise.
  std::function<Sample(const base::RandomStream& stream, const FreshFactors& factors)> fresh = {};
  /// What is done with the inputs of an experiment; empty: the search of the family.
  std::function<SearchRun(const Search& experiment)> search = {};
  /// Adds what experiments depend on beside the inputs of the search; empty: nothing.
  std::function<void(base::TaskInputs& content)> add_content = {};
};

/// Experiments of one kind.
struct NullExperiments {
  std::string name;                           ///< part of the names of the tasks: "null experiment"
  std::string progress;                       ///< what they are called while they run: "null experiments"
  std::int64_t n = 0;                         ///< how many
  int version = 0;                            ///< raised whenever a change of the code changes what one finds
  std::vector<std::string> without_sections;  ///< of the configuration that change nothing in them
  base::Json with = nullptr;                  ///< what else changes them
};

/// One experiment: a search with inputs of its own, which keeps nothing, and a stream for what it draws further.
using NullExperiment = std::function<base::Json(const Search& experiment, const base::RandomStream& stream)>;

/// What `run` returns for each of the experiments, with inputs of `generator` and the settings of `search` from another
/// seed. An experiment is a task of the store of the search: one that was stopped goes on, and more experiments go on
/// from those that are there. One that fails (no convergence, too few events) is {"failure": why}.
[[nodiscard]] std::vector<base::Json> run_null_experiments(const Search& search, const NullGenerator& generator,
                                                           const NullExperiments& experiments,
                                                           const NullExperiment& run);

/// How many of them failed.
[[nodiscard]] std::size_t count_failures(const std::vector<base::Json>& found);
/// A sentence with the reason of the first that failed; empty where none did.
[[nodiscard]] std::string warning_of_failures(const std::vector<base::Json>& found, const std::string& what);

}  // namespace eddy::search
