#pragma once
// What a command may write onto.

#include <eddy/search/config.hpp>

#include <set>
#include <string>
#include <vector>

namespace eddy::runs {

/// The files that `text` ("path", "path:group", "images.gz:labels.gz") is read from; those behind virtual data sets
/// too.
[[nodiscard]] std::vector<std::string> files_of_events(const std::string& text);

/// The files of events that a configuration names; its relative paths start in `folder`.
[[nodiscard]] std::set<std::string> input_files(const search::SearchConfig& config, const std::string& folder);

/// Throws InputError when writing `output` would replace one of `inputs`, something that eddy wrote for a run or a
/// study, or a finished task, and where no file can be: in a folder that is not there, or onto a folder or a device.
/// Throws IoError when the folder is not writable. `option` is what the user would change: "-o".
void require_free_output(const std::string& output, const std::vector<std::string>& inputs, const std::string& option);

}  // namespace eddy::runs
