#pragma once
// Where the signal region of the data is closed: where events are selected (event_selection.hpp), before anything else
// looks at them, and where others are injected.

#include <eddy/search/config.hpp>
#include <eddy/search/input_record.hpp>
#include <eddy/search/sample.hpp>

#include <string_view>

namespace eddy::search {

/// Whether the sample of a role ("data", "template", ...) has a closed signal region: the data where [search] blind
/// says so. Where no region is configured, all of them lie in it.
[[nodiscard]] bool is_closed(const SearchConfig& config, std::string_view role);

/// Takes the events of a closed signal region out of `data`, and out of `record` what was counted of them. Where it is
/// open nothing changes.
void close_signal_region(const SearchConfig& config, Sample& data, InputRecord& record);

}  // namespace eddy::search
