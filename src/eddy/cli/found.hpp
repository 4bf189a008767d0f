#pragma once

#include <eddy/base/artefact.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/events/events.hpp>
#include <eddy/search/inputs.hpp>

#include <string>
#include <vector>

namespace eddy::cli {

/// The masses that pass one cut, for other fit tools.
struct MassFile {
  std::string name;
  std::vector<float> masses;
  std::string unit;
};

/// What a search of any family leaves, in the form that it is written in.
struct Found {
  base::Json scorer;  ///< null where nothing may be scored yet: the signal region is closed
  events::Events scores;
  base::Json result;
  base::Json figures;
  std::vector<MassFile> masses;
  std::vector<std::string> lines;  ///< one per working point, for the terminal
  std::vector<std::string> warnings;
};

/// The search that `config` asks for: everything between the events and the files of a run folder.
[[nodiscard]] Found search_and_describe(const search::SearchInputs& inputs, const search::SearchConfig& config,
                                        const base::TaskStore& store, const base::Monitor& monitor);

}  // namespace eddy::cli
