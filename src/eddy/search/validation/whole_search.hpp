#pragma once
// Whole searches as tasks of another one: what null experiments and injections have in common.

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/random.hpp>
#include <eddy/base/task_key.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/inputs.hpp>

#include <functional>
#include <string>
#include <vector>

namespace eddy::search {

/// Adds the arrays of `sample` that a search sees, each with `name` before it.
void add_content(base::TaskInputs& content, const std::string& name, const Sample& sample);
/// All arrays of the inputs that a search may depend on.
[[nodiscard]] base::TaskInputs content_of(const SearchInputs& inputs);

/// All settings that a search depends on, by section: not how many null experiments there are, nor what else
/// `without_sections` names.
[[nodiscard]] base::Json settings_of(SearchConfig config,
                                     const std::vector<std::string>& without_sections = {"calibration"});

/// The search of an experiment: trained from another seed, that `stream` says, without what only describes a search,
/// and with fits at the mass that is sought alone.
[[nodiscard]] SearchConfig config_of_experiment(const SearchConfig& config, const base::RandomStream& stream);

/// What `run` finds; where that fails (no convergence, too few events) {"failure": why}, which is a result of an
/// experiment too.
[[nodiscard]] base::Json found_or_failure(const std::function<base::Json()>& run);

}  // namespace eddy::search
