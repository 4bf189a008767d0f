#pragma once
// A search in its folder: what `eddy run` and `eddy calibrate` do.

#include <eddy/base/json_fwd.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/listener.hpp>

#include <atomic>
#include <string>

namespace eddy::runs {

/// Searches, writes what was found, and then adds null experiments where [calibration] asks for some: what was found is
/// safe by then. `earlier` is the result that the folder has and that must be found again (nullptr: none): where the
/// inputs, or what is found, are not what they were, InputError names it and the folder keeps what it has. Returns the
/// folder.
std::string search_in_folder(const RunOptions& options, const base::Json* earlier, Listener& listener,
                             const std::atomic<bool>& stop);

}  // namespace eddy::runs
