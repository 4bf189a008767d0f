#pragma once
// What every search records of itself: its configuration, its inputs, and which of them its flows could not use as they
// are.

#include <eddy/base/monitor.hpp>
#include <eddy/events/scaler.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/inputs.hpp>

#include <string>
#include <vector>

namespace eddy::search {

/// Everything of `output` that configuration and inputs alone decide.
void describe_search(const SearchConfig& config, const SearchInputs& inputs, Finding& output);

/// The fraction of events, clipped in one feature, from which on that is a warning.
inline constexpr double kMuchClipped = 0.01;
/// One sentence for each of `features` that at least kMuchClipped of `n_events` events have outside `range` ("the
/// template's range"); `n_clipped` has one entry per feature.
[[nodiscard]] std::vector<std::string> warnings_of_clipping(const std::vector<std::size_t>& n_clipped,
                                                            std::size_t n_events,
                                                            const std::vector<std::string>& features,
                                                            const std::string& range);

/// Values of the data outside the range of what was trained are clipped, `n_clipped` of each feature: kept in the
/// record of the data, said with `range` ("the template's range"), and a warning of `output` from kMuchClipped of the
/// events on.
void record_clipped(std::vector<std::size_t> n_clipped, const SearchInputs& inputs, const std::string& range,
                    const base::Monitor& monitor, Finding& output);

}  // namespace eddy::search
