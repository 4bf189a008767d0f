#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/runs/run_folder.hpp>

namespace eddy::runs {

/// result.json of a finished run, whole and of its configuration. Throws InputError for a run that is not finished or
/// whose configuration was changed, IoError for files that are not those of one run.
[[nodiscard]] base::Json finished_result(const RunFolder& folder);

}  // namespace eddy::runs
