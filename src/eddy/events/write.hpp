#pragma once

#include <eddy/events/events.hpp>

#include <string>

namespace eddy::events {

/// Writes one compressed 1-D data set per column, of the column's type (attribute `units`), under `group` ("" = root),
/// atomically.
void write_hdf5(const std::string& path, const Events& events, const std::string& group = {});

/// Writes a header line and one line per event (shortest text that reads back to the same number), atomically.
void write_csv(const std::string& path, const Events& events);

}  // namespace eddy::events
