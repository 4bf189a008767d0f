#pragma once
// One of several processes that compute the tasks of a run together, on whatever machines (--tasks-only).

#include <eddy/base/task_leases.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/listener.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/search_run.hpp>
#include <eddy/runs/work_journal.hpp>

#include <atomic>
#include <functional>
#include <string>

namespace eddy::runs {

/// Computes tasks of the search that no other process is at, and writes nothing but them (and batch/, for those who
/// watch): any number of such processes may work at once, in a folder that none of them has for itself. The plain
/// command then finds the tasks done. A search itself is computed together to its end; of null experiments each process
/// takes what is free, and ends when others are at the rest. Throws InputError where the search would open a closed
/// signal region, or another instruction set than that of this machine has begun.
void work_in_folder(const RunOptions& options, const GoingOn& from, Listener& listener, const std::atomic<bool>& stop);

/// Where one of several processes works: the tasks that they share, and what it tells of them.
struct Workplace {
  base::TaskStore store;
  WorkJournal& journal;
  base::TaskLeases& leases;
};

/// Does `work` as one of several processes, with the tasks in `store` (empty: those of the folder) and a journal in
/// batch/ of the prepared folder, which says how it ended; `command` is what others are told.
void work_on_tasks(const RunFolder& folder, const std::string& store, const std::string& command,
                   const std::function<void(const Workplace&)>& work);

/// Throws InputError where the search would open the closed signal region of the folder, which one process alone does.
void require_open_or_blind(const RunFolder& folder, const std::string& resolved_config);

/// Makes the folder ready for such processes: with its configuration, and with the instruction set that all of them
/// must have. The first one does; nothing where that is done. Throws InputError for another instruction set.
void prepare_for_work(const RunFolder& folder, const std::string& resolved_config);

}  // namespace eddy::runs
