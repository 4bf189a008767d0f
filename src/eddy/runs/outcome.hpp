#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/runs/run_folder.hpp>

#include <functional>

namespace eddy::runs {

/// Writes scorer, scores and result of a search, the result last: where it is, all that belongs to it is there. What an
/// earlier search left goes first, unless it found the same.
void write_result(const Found& found, const RunFolder& folder);

/// Writes what describes the result: masses, figures, run.json (from `facts`), report. None of it takes the result with
/// it when it fails: it is a warning on the terminal and in result.json. Throws IoError at the end, when everything
/// else is there, for what could not be written (a full disk); Interrupted between files.
void describe_result(const Found& found, const RunFolder& folder, const std::function<base::Json()>& facts,
                     const base::Monitor& monitor);

}  // namespace eddy::runs
