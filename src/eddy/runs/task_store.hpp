#pragma once

#include <eddy/base/tasks.hpp>

#include <string>

namespace eddy::runs {

/// The finished tasks in `folder`, those of this machine's instruction set: kernels of another one give other bits.
[[nodiscard]] base::TaskStore open_store(const std::string& folder);

}  // namespace eddy::runs
