#pragma once
// The record that a signal region was opened: unblinding.json of a run folder. It is written before the first event is
// looked at, once, and nothing that eddy does removes it.

#include <eddy/base/json_fwd.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/search/input_record.hpp>

#include <string>
#include <vector>

namespace eddy::runs {

/// The record of the folder: {"time", "config_sha256", "eddy", "was_blind", "settings", "inputs"}; null where nothing
/// was opened. Throws IoError for one that is no such record.
[[nodiscard]] base::Json unblinding_of(const RunFolder& folder);

/// Whether a search with the configuration `now` opens what the one in the folder had closed: by its configuration, or
/// by its result where that was edited.
[[nodiscard]] bool opens(const RunFolder& folder, const std::string& now);

/// Writes the record for a search with this configuration and these inputs, unless there is one: the first time counts.
/// `was_blind`: false where the region was open from the start, and a blind search is about to take the place of that
/// one.
void record_opening(const RunFolder& folder, const std::string& resolved_config,
                    const std::vector<search::InputRecord>& inputs, bool was_blind);

/// Where the record is, for those who watch.
[[nodiscard]] std::string opening_sentence(const RunFolder& folder);

/// "blinding" of a result: its state, when the region was opened with which configuration, and which settings and
/// inputs that matter are others since.
void add_blinding(const base::Json& record, const std::string& resolved_config, base::Json& result);

}  // namespace eddy::runs
