#pragma once
// A search in its folder: what `eddy run`, `eddy calibrate` and `eddy unblind` do.

#include <eddy/base/json_fwd.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/listener.hpp>

#include <atomic>
#include <string>

namespace eddy::runs {

enum class Occasion { kRun, kCalibrate, kUnblind };

/// What a search goes on from: the result that the folder has, whose inputs must be the same, and which kCalibrate must
/// find again.
struct GoingOn {
  Occasion occasion = Occasion::kRun;
  const base::Json* earlier = nullptr;  ///< of the folder; of kRun: none
};

/// Searches, writes what was found, and then adds null experiments where [calibration] asks for some: what was found is
/// safe by then. Where a closed signal region is opened, that is recorded before the search begins. Where inputs, or
/// what must be found again, are not what they were, InputError names it and the folder keeps what it has. Returns the
/// folder.
std::string search_in_folder(const RunOptions& options, const GoingOn& from, Listener& listener,
                             const std::atomic<bool>& stop);

}  // namespace eddy::runs
