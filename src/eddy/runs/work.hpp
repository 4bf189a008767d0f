#pragma once
// One of several processes that compute the tasks of a run together, on whatever machines (--tasks-only).

#include <eddy/runs/commands.hpp>
#include <eddy/runs/listener.hpp>
#include <eddy/runs/search_run.hpp>

#include <atomic>

namespace eddy::runs {

/// Computes tasks of the search that no other process is at, and writes nothing but them (and batch/, for those who
/// watch): any number of such processes may work at once, in a folder that none of them has for itself. The plain
/// command then finds the tasks done. A search itself is computed together to its end; of null experiments each process
/// takes what is free, and ends when others are at the rest. Throws InputError where the search would open a closed
/// signal region, or another instruction set than that of this machine has begun.
void work_in_folder(const RunOptions& options, const GoingOn& from, Listener& listener, const std::atomic<bool>& stop);

/// Makes the folder ready for such processes: with its configuration, and with the instruction set that all of them
/// must have. The first one does; nothing where that is done. Throws InputError for another instruction set.
void prepare_for_work(const RunFolder& folder, const std::string& resolved_config);

}  // namespace eddy::runs
