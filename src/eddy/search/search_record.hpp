#pragma once
// What every search records of itself: its configuration, its inputs, and which of them its flows could not use as they
// are.

#include <eddy/base/monitor.hpp>
#include <eddy/events/scaler.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/output.hpp>

#include <string>

namespace eddy::search {

/// Everything of `output` that configuration and inputs alone decide.
void describe_search(const SearchConfig& config, const SearchInputs& inputs, SearchOutput& output);

/// Values of the data outside the range of `scaler` are clipped by the flow: counted per feature in the record of the
/// data, and said with `range` ("the template's range").
void count_clipped(const events::Scaler& scaler, const SearchInputs& inputs, const std::string& range,
                   const base::Monitor& monitor, SearchOutput& output);

}  // namespace eddy::search
