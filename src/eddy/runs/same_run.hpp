#pragma once
// Whether a search that is repeated in its folder is the one that is there: what commands that add to a run rest on.

#include <eddy/base/json_fwd.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/search/input_record.hpp>

#include <string>
#include <vector>

namespace eddy::runs {

/// result.json of a finished run, whole and of its configuration. Throws InputError and IoError otherwise.
[[nodiscard]] base::Json finished_result(const RunFolder& folder);

/// Throws InputError where the files do not hold what they held when `earlier` was found.
void require_same_inputs(const std::vector<search::InputRecord>& records, const base::Json& earlier,
                         const std::string& folder);

/// Throws InputError unless everything that was found is found again, but for what null experiments add.
void require_same_finding(const base::Json& result, const base::Json& earlier, const std::string& folder);

}  // namespace eddy::runs
