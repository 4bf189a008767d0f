#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/runs/run_folder.hpp>

#include <string>

namespace eddy::runs {

/// What the last bits of a result depend on beside configuration and files: kernels of another instruction set give
/// others.
[[nodiscard]] base::Json task_environment();

/// Throws InputError unless `store`, a folder of finished tasks that was asked for, can be written; nothing without
/// one. To be asked before the output folder is made.
void require_store(const std::string& store);

/// The finished tasks, those of this task_environment, in `store` or, where none was asked for, in `folder`. What
/// processes that are gone left half-written there is removed.
[[nodiscard]] base::TaskStore open_store(const std::string& store, const RunFolder& folder);

}  // namespace eddy::runs
