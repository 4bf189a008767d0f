#pragma once
// The columns that scores.h5 and the files of `eddy score` share.

#include <eddy/events/events.hpp>
#include <eddy/search/sample.hpp>

#include <cstdint>
#include <vector>

namespace eddy::search {

/// Adds the rows of events in their file, and the columns of [data] identity, to `table`; all int64.
void add_event_names(const std::vector<std::uint64_t>& rows, const std::vector<IdentityColumn>& identity,
                     events::Events& table);

/// Adds the region, the score and the background efficiency of events to `table`.
void add_scores(const std::vector<std::uint8_t>& in_signal_region, const std::vector<float>& score,
                const std::vector<float>& background_efficiency, events::Events& table);

}  // namespace eddy::search
