#pragma once

#include <eddy/base/monitor.hpp>
#include <eddy/runs/listener.hpp>

#include <nanobind/nanobind.h>

#include <atomic>
#include <functional>

namespace eddy::python {

/// What a long computation is given: who listens, and whether to stop.
using Work = std::function<void(runs::Listener& listener, const std::atomic<bool>& stop)>;

/// Runs `work` on a thread of its own, which is joined before this returns (as are those that share its work), without
/// the global interpreter lock. The calling thread looks for signals ten times a second (Ctrl-C is a KeyboardInterrupt
/// once the work has ended, at the next checkpoint) and calls, never more than one at a time,
///   tell("info" | "warning", message)          for messages, in their order
///   progress(task, done, total, note)          for the latest state of each task, where `progress` is not None
///   watch()                                    each time it looks, where `watch` is not None
/// What these raise stops the work and is raised here; so is what `work` throws.
void run_job(const nanobind::object& tell, const nanobind::object& progress, const nanobind::object& watch,
             const Work& work);
inline void run_job(const nanobind::object& tell, const nanobind::object& progress, const Work& work) {
  run_job(tell, progress, nanobind::none(), work);
}

/// The same for what only needs a monitor.
void run_monitored(const nanobind::object& tell, const nanobind::object& progress,
                   const std::function<void(const base::Monitor& monitor)>& work);

}  // namespace eddy::python
