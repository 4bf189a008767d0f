#pragma once
// What tells the events of scores.h5 and of `eddy score` apart.

#include <eddy/events/events.hpp>
#include <eddy/search/sample.hpp>

#include <cstdint>
#include <vector>

namespace eddy::runs {

/// Adds the rows of events in their file, and the columns of [data] identity, to `table`; all int64.
void add_event_names(const std::vector<std::uint64_t>& rows, const std::vector<search::IdentityColumn>& identity,
                     events::Events& table);

}  // namespace eddy::runs
