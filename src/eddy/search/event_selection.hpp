#pragma once
// Which events of a sample are selected, and which of them lie in the signal region.

#include <eddy/events/events.hpp>
#include <eddy/search/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

/// A sample of a configuration, for the selection and its messages.
struct SelectedSample {
  const SearchConfig& config;
  const SampleSection& section;
  const std::string& role;  ///< "data", "template", "prior NAME", ..., "events" of a file that is scored
};

/// What a selection keeps.
struct EventSelection {
  std::vector<std::size_t> rows;               ///< of the file
  std::vector<std::uint8_t> in_signal_region;  ///< of those; 1 for all where no region is configured
  std::size_t n_dropped = 0;                   ///< events with something undefined, under nonfinite = "drop"
};

/// Data of a blind search are those outside the signal region alone: nothing is said of the others, errors included.
/// The events inside [...] rows that pass [regions] selection and the sample's own, have a defined place inside or
/// outside of the signal region, and finite `quantities`. An event for which one of these is undefined (its outcome
/// depends on a value that is NaN; a quantity is NaN or infinite) is an InputError that names the expression or column,
/// the number of such events and the first; under nonfinite = "drop" it is left out and counted.
[[nodiscard]] EventSelection select_events(const SelectedSample& sample, const events::Events& events,
                                           const std::vector<std::string>& quantities);

}  // namespace eddy::search
