#pragma once

#include <eddy/events/read.hpp>

namespace eddy::events {

/// numpy.savez archives: one array (named by location.group, or the only table there is), or equally long 1-D arrays
/// that are columns named as the arrays.
[[nodiscard]] Events read_npz(const Location& location, const ReadOptions& options);
[[nodiscard]] FileSummary summarise_npz(const Location& location, const ReadOptions& options);

}  // namespace eddy::events
