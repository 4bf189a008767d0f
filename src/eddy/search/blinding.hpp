#pragma once
// Where the signal region of the data is closed: in one place, before any family looks at the events.

#include <eddy/search/config.hpp>
#include <eddy/search/input_record.hpp>
#include <eddy/search/sample.hpp>

namespace eddy::search {

/// Where [search] blind says so, takes the events of the signal region out of `data` (all of them where no region is
/// configured), and out of `record` what was counted of them. Else nothing changes.
void close_signal_region(const SearchConfig& config, Sample& data, InputRecord& record);

}  // namespace eddy::search
