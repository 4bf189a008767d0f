#pragma once

#include <cstddef>

namespace eddy::test {

/// Calls of operator new since the program started, on all threads.
[[nodiscard]] std::size_t n_allocations();

}  // namespace eddy::test
