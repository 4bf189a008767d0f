#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/tasks.hpp>

#include <string>

namespace eddy::runs {

/// What the last bits of a result depend on beside configuration and files: kernels of another instruction set give
/// others.
[[nodiscard]] base::Json task_environment();

/// The finished tasks in `folder`, those of this task_environment.
[[nodiscard]] base::TaskStore open_store(const std::string& folder);

}  // namespace eddy::runs
